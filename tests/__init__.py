"""Tests, in folders named after the packages that they test, and what several of them need."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
"""The folder of the project."""
