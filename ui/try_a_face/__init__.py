"""Try a face: what the ensemble says of a visitor's photos."""
