"""What each network looked at: attribution by Captum, safe between threads."""

from fer_core.saliency.arguments import BASELINES, Arguments, Surroundings
from fer_core.saliency.explainer import (
    ATTRIBUTIONS,
    ENSEMBLE,
    Explainer,
    Map,
    Subject,
    class_names,
    resolved,
    subjects_of,
)
from fer_core.saliency.method import Attribution
from fer_core.saliency.score import Target

__all__ = [
    "ATTRIBUTIONS",
    "BASELINES",
    "ENSEMBLE",
    "Arguments",
    "Attribution",
    "Explainer",
    "Map",
    "Subject",
    "Surroundings",
    "Target",
    "class_names",
    "resolved",
    "subjects_of",
]
