"""Ensemble: switch members and weights, watch the number move."""
