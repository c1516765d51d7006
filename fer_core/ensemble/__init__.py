"""Ensembles of cached logits: weightings, combiners, and one recompute of everything shown.  NumPy alone."""

from fer_core.ensemble.answer import Answer, answers
from fer_core.ensemble.combiners import COMBINERS, Combiner
from fer_core.ensemble.decision import Comparison, Decision, Outcome, Setting, log_softmax
from fer_core.ensemble.explorer import Explorer
from fer_core.ensemble.folds import (
    out_of_fold,
    out_of_fold_accuracy,
    out_of_fold_of_all,
    stratified_folds,
    unseen_shares,
)
from fer_core.ensemble.predictions import predictions, predictions_csv
from fer_core.ensemble.schemes import in_text, planned, scheme_name, schemes
from fer_core.ensemble.subsets.search import (
    Ranked,
    best_subset,
    choose,
    out_of_fold_subsets,
    ranked_subsets,
    searchable,
)
from fer_core.ensemble.temperature import fit_temperature, temperature_scaled
from fer_core.ensemble.weightings import LARGEST_WEIGHT, WEIGHTINGS, Weighting, Weights, confidence_order, normalised

__all__ = [
    "COMBINERS",
    "LARGEST_WEIGHT",
    "WEIGHTINGS",
    "Answer",
    "Combiner",
    "Comparison",
    "Decision",
    "Explorer",
    "Outcome",
    "Ranked",
    "Setting",
    "Weighting",
    "Weights",
    "answers",
    "best_subset",
    "choose",
    "confidence_order",
    "fit_temperature",
    "in_text",
    "log_softmax",
    "normalised",
    "out_of_fold",
    "out_of_fold_accuracy",
    "out_of_fold_of_all",
    "out_of_fold_subsets",
    "planned",
    "predictions",
    "predictions_csv",
    "ranked_subsets",
    "scheme_name",
    "schemes",
    "searchable",
    "stratified_folds",
    "temperature_scaled",
    "unseen_shares",
]
