"""Labels and crowd: labels of FER-2013 beside the votes of FER+."""
