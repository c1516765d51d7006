"""Rescued and broken: faces on which the ensemble and its best member differ."""
