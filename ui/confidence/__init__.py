"""How sure: how well confidence goes with being right."""
