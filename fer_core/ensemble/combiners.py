"""How weighted members become one decision: every rule by its name."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble.decision import Decision, Outputs, Pool, outputs_of
from fer_core.ensemble.fixed_combiners import (
    BELIEVED,
    borda,
    dempster_shafer,
    hard_vote,
    mean_log_probability,
    mean_probability,
    median,
    trimmed_mean,
)
from fer_core.ensemble.trained_combiners import NEIGHBOURS, calibrated_mean, knora, stacked
from fer_core.ensemble.weightings import Weights, normalised

Fitter = Callable[[Outputs, NDArray[np.int64]], Pool]
"""Outputs of M members on PublicTest and labels int64 [N] -> how these members are pooled."""


@dataclass(frozen=True)
class Combiner:
    """One way to combine members.

    title : what a person reads; formula : LaTeX; description : one sentence; source : who says so
    pool : how members are pooled, None where that is learned from PublicTest by `fit`
    weighs : whether weights make a difference
    heavy : whether learning takes many rounds of members x images x classes squared steps
    """

    title: str
    formula: str
    description: str
    source: str
    pool: Pool | None = None
    fit: Fitter | None = None
    weighs: bool = True
    heavy: bool = False

    def ready(self, outputs: Outputs, labels: NDArray[np.int64]) -> Pool:
        """Return how members are pooled that say `outputs` of PublicTest images with these labels, int64 [N]."""
        if self.fit is not None:
            return self.fit(outputs, labels)
        assert self.pool is not None
        return self.pool

    def combine(self, log_probabilities: NDArray[np.float64], weights: Weights) -> Decision:
        """Combine log-probabilities float64 [M,N,C] by weights float64 [M,C] of any scale.

        Raises ValueError for a combiner that has to be fitted, for log-probabilities that are not finite, and for
        weights that `normalised` refuses.
        """
        if self.pool is None:
            raise ValueError(f"combiner: expected one that is not fitted, got {self.title!r}")
        outputs = outputs_of(log_probabilities)
        if weights.shape != (len(log_probabilities), log_probabilities.shape[2]):
            expected = [len(log_probabilities), log_probabilities.shape[2]]
            raise ValueError(f"weights: expected shape {expected}, got {list(weights.shape)}")
        return self.pool(outputs, normalised(weights))


COMBINERS: dict[str, Combiner] = {
    "mean_probability": Combiner(
        "Mean probability",
        r"p(c \mid x) \propto \sum_m w_{m,c}\, p_m(c \mid x)",
        "Averages the members' probabilities.",
        "linear opinion pool, Stone 1961",
        mean_probability,
    ),
    "mean_log_probability": Combiner(
        "Mean log-probability",
        r"p(c \mid x) \propto \exp \sum_m w_{m,c} \log p_m(c \mid x)",
        "Averages the logarithms of the probabilities, so one member's firm no counts for more.",
        "logarithmic opinion pool, Genest & Zidek 1986",
        mean_log_probability,
    ),
    "hard_vote": Combiner(
        "Hard vote",
        r"s(c \mid x) \propto \sum_m w_{m,c}\, [\,c = \operatorname{argmax}_k p_m(k \mid x)\,]",
        "Each member votes for its first class; ties go by mean probability.",
        "weighted plurality, Kuncheva 2004",
        hard_vote,
    ),
    "borda": Combiner(
        "Borda count",
        r"s(c \mid x) \propto \sum_m w_{m,c}\, \#\{k : p_m(k \mid x) < p_m(c \mid x)\}",
        "Each member gives a class a point for every class that it ranks lower; ties go by mean probability.",
        "Ho, Hull & Srihari 1994",
        borda,
    ),
    "median": Combiner(
        "Median",
        r"p(c \mid x) \propto \operatorname{median}_{m;\,w_{m,c}}\; p_m(c \mid x)",
        "Takes the weighted median of the members' probabilities for each class.",
        "Kittler et al. 1998",
        median,
    ),
    "trimmed_mean": Combiner(
        "Trimmed mean",
        r"p(c \mid x) \propto \sum_{m \notin \{\min, \max\}} w_{m,c}\, p_m(c \mid x) \Big/ "
        r"\sum_{m \notin \{\min, \max\}} w_{m,c}",
        "Averages the probabilities for each class without the lowest and the highest.",
        "Kittler et al. 1998",
        trimmed_mean,
    ),
    "dempster_shafer": Combiner(
        "Dempster-Shafer",
        r"m(c \mid x) \propto \prod_m \bigl(r_m\, p_m(c \mid x) + 1 - r_m\bigr) - \prod_m (1 - r_m), "
        rf"\quad r_m = {BELIEVED:g}\, w_m / \max_k w_k",
        f"Multiplies the evidence; the member of most weight is believed to {100 * BELIEVED:.0f}%.",
        "Shafer 1976",
        dempster_shafer,
    ),
    "calibrated": Combiner(
        "Calibrated mean",
        r"p(c \mid x) \propto \sum_m w_{m,c}\, \operatorname{softmax}_c(z_m(x) / T_m)",
        "Calibrates each member on PublicTest with a temperature of its own, then averages.",
        "Guo et al. 2017, arXiv 1706.04599",
        fit=calibrated_mean,
    ),
    "stacking": Combiner(
        "Stacking",
        r"p(c \mid x) = \operatorname{softmax}_c\Bigl(b_c + \sum_{m,k} a_{c,m,k} \log p_m(k \mid x)\Bigr)",
        "Multinomial logistic regression learns on PublicTest how to combine all members.",
        "Wolpert 1992",
        fit=stacked,
        weighs=False,
        heavy=True,
    ),
    "knora": Combiner(
        "Nearest neighbours",
        r"p(c \mid x) \propto \sum_m \#\{i \in N(x) : m \text{ is right on } x_i\}\; p_m(c \mid x)",
        f"A member counts, image by image, by how many of {NEIGHBOURS} similar PublicTest images it gets right.",
        "KNORA-UNION, Ko et al. 2008",
        fit=knora,
        weighs=False,
    ),
}
"""Every combiner by the name that links and the command line use."""
