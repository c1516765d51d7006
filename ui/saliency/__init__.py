"""Saliency: what networks looked at."""
