"""Rules by which members are pooled, one family a file; `fer_core.ensemble.COMBINERS` names them."""
