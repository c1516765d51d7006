"""Limits: what the numbers cannot say."""
