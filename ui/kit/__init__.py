"""Widgets, figures and sentences that several pages share."""
