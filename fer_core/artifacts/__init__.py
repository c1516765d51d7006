"""What training wrote and the app reads: the artifact contract, its reader and its writer.  NumPy only."""

from fer_core.artifacts.add import add_files, checked_tree, npz, write_files
from fer_core.artifacts.calibration import CALIBRATION, VIEWS, Calibration, Fitted
from fer_core.artifacts.card import Card, Epoch, Layer
from fer_core.artifacts.frame import Frame
from fer_core.artifacts.manifest import SCHEMA_VERSION, Manifest, Scoring
from fer_core.artifacts.reader import Artifacts, SplitLogits, default_root, logits_file, open_artifacts
from fer_core.artifacts.robustness import ROBUSTNESS, Robustness, Withstood
from fer_core.artifacts.saliency import MEAN_SALIENCY, SALIENCY, Faithfulness, MeanSaliency, SaliencyTable
from fer_core.artifacts.swap import recover, replace

__all__ = [
    "CALIBRATION",
    "MEAN_SALIENCY",
    "ROBUSTNESS",
    "SALIENCY",
    "SCHEMA_VERSION",
    "VIEWS",
    "Artifacts",
    "Calibration",
    "Card",
    "Epoch",
    "Faithfulness",
    "Fitted",
    "Frame",
    "Layer",
    "Manifest",
    "MeanSaliency",
    "Robustness",
    "SaliencyTable",
    "Scoring",
    "SplitLogits",
    "Withstood",
    "add_files",
    "checked_tree",
    "default_root",
    "logits_file",
    "npz",
    "open_artifacts",
    "recover",
    "replace",
    "write_files",
]
