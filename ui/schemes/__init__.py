"""All schemes: every way to weight and combine."""
