"""What training wrote and the app reads: the artifact contract, its reader and its writer.  NumPy only."""

from fer_core.artifacts.card import Card, Epoch
from fer_core.artifacts.layers import Layer
from fer_core.artifacts.manifest import SCHEMA_VERSION, Manifest, Scoring
from fer_core.artifacts.reader import Artifacts, SplitLogits, default_root, open_artifacts
from fer_core.artifacts.swap import recover, replace

__all__ = [
    "SCHEMA_VERSION",
    "Artifacts",
    "Card",
    "Epoch",
    "Layer",
    "Manifest",
    "Scoring",
    "SplitLogits",
    "default_root",
    "open_artifacts",
    "recover",
    "replace",
]
