"""Whatever a user's members are like, every scheme and every analysis has an answer."""

import itertools
import json

import numpy as np
import pytest
from hypothesis import example, given

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Explorer, Setting, choose, schemes
from fer_core.ensemble.analysis.confidence import confidence_of
from fer_core.ensemble.analysis.decomposition import LOSSES, decompose
from fer_core.ensemble.analysis.diversity import MEASURES, independent, kappa, pair_error
from fer_core.ensemble.analysis.lessons import leakage, of_copies, shared_errors
from fer_core.ensemble.analysis.rescues import ballots
from fer_core.ensemble.folds import out_of_fold_of_all
from fer_core.ensemble.predictions import predictions_csv
from fer_core.ensemble.subsets.all_subsets import all_subsets, scorable, split_agreement
from fer_core.ensemble.subsets.contributions import interactions, shapley, synergy
from fer_core.ensemble.subsets.every import every_subset, not_for_every_subset
from fer_core.ensemble.subsets.search import out_of_fold_subsets
from fer_core.ensemble.subsets.selection import can_weigh, grown, shrunk
from fer_core.metrics import reliability
from fer_core.metrics.selective import risk_coverage
from fer_core.reports.many import report_many, told_of
from fer_core.user_predictions import Extra
from tests.degenerate import explorer_of, extra_of, extras
from tests.examples import examples
from tests.own_members import opened_with
from tests.pages import use_shared

FLIPPED = extra_of(["never right", "never right", "chance"], classes=2)
FEW_OF_EACH = extra_of(["chance", "one class"], classes=10, labels="two or so of each class")
NEVER = extra_of(["never right", "never right, without a doubt"], classes=10)
ODD = examples(8)


def settings_of(explorer: Explorer) -> list[Setting]:
    """Return every weighting with every combiner, over all members and over the first alone."""
    return [
        Setting(members, weighting, combiner, (1.0,) * len(members) if weighting == "manual" else ())
        for members in dict.fromkeys((explorer.members, explorer.members[:1]))
        for weighting, combiner in itertools.product(WEIGHTINGS, COMBINERS)
    ]


@ODD
@example(FLIPPED)
@example(FEW_OF_EACH)
@example(NEVER)
@given(extras())
def test_every_scheme_has_an_answer_and_one_out_of_fold(extra: Extra) -> None:
    explorer = explorer_of(extra)
    for setting in settings_of(explorer):
        outcome = explorer.recompute(setting)
        np.testing.assert_allclose(outcome.decision.shares.sum(axis=1), 1)
        np.testing.assert_allclose(outcome.weights.sum(axis=0), 1)
    fitted = [name for name, entry in WEIGHTINGS.items() if entry.fit is not None]
    for decision in out_of_fold_of_all(explorer, explorer.members, list(itertools.product(fitted, COMBINERS))).values():
        np.testing.assert_allclose(decision.shares.sum(axis=1), 1)
    chosen = choose(explorer)
    found = out_of_fold_subsets(explorer, "accuracy", "mean_probability")
    assert 0 <= chosen.valid_accuracy <= 1
    assert len(found) == 1 << len(explorer.members)


@ODD
@example(FLIPPED)
@example(FEW_OF_EACH)
@given(extras())
def test_every_analysis_of_the_pages_has_an_answer(extra: Extra) -> None:
    explorer = explorer_of(extra)
    members, part = explorer.members, explorer.part("test")
    for weighting, combiner in schemes():
        setting = Setting(members, weighting, combiner)
        sure = confidence_of(explorer, setting)
        for shown in (sure.shown(scaled=True), sure.before):
            assert np.isfinite(reliability(shown, sure.right).ece)
            assert 0 <= risk_coverage(shown, sure.right).aurc <= 1
        independent(explorer, setting, repeats=1)
        leakage(explorer, members, weighting, combiner=combiner)
        if combiner in LOSSES:
            decompose(explorer, setting)
        if scorable(setting):
            both = [
                all_subsets(explorer, Setting(members, weighting, combiner, split=split)) for split in ("valid", "test")
            ]
            split_agreement(*both)
            shrunk(*both)
        if not_for_every_subset(weighting, combiner) is None:
            scored = every_subset(explorer, setting, likelihood=True)
            assert scored.accuracy[-1] == explorer.recompute(setting).accuracy
            for of in (shapley, interactions, synergy):
                of(scored.accuracy)
        if can_weigh(combiner):
            grown(explorer, combiner, steps=2)
        predictions_csv(explorer, setting)
        ballots(explorer, setting).to_csv(np.arange(len(part.labels)))
    for measure in MEASURES.values():
        measure.of(part.right)
    kappa(part.predicted, len(explorer.classes))
    pair_error(part.right)
    of_copies(explorer, members[0], 2)
    shared_errors(explorer, members)


@ODD
@example(extra_of(["never right, without a doubt"] * 2, classes=3))
@example(NEVER)
@given(extras())
def test_very_many_members_have_figures_that_json_can_hold(extra: Extra) -> None:
    found = report_many(told_of(extra.members, extra.classes, [extra.logits], extra.labels))
    assert json.loads(json.dumps(found, allow_nan=False)) == found


def test_an_accuracy_of_zero_out_of_fold_is_an_accuracy() -> None:
    """Equal weights are right on some rows they are scored on; weights that are right on none do not win by that."""
    from fer_core.reports.many import _fair

    assert _fair({"valid_out_of_fold": 0.0, "valid_accuracy": 0.9}) == 0.0
    assert _fair({"valid_out_of_fold": None, "valid_accuracy": 0.9}) == 0.9


def test_members_that_are_never_right_count_the_same() -> None:
    explorer = explorer_of(FLIPPED)
    assert explorer.member_accuracy("valid")["own 1"] == 0
    two = explorer.weights(Setting(("own 1", "own 2"), "accuracy"))
    np.testing.assert_allclose(two, 0.5)
    three = explorer.weights(Setting(explorer.members, "accuracy"))
    np.testing.assert_allclose(three[2], 1, atol=1e-9)


@pytest.mark.parametrize("page", ["ensemble", "schemes", "gain", "diversity", "votes", "confidence"])
@pytest.mark.usefixtures("framed")
def test_every_page_shows_them(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch)
    at = opened_with(page, NEVER if page != "gain" else FLIPPED, weights="accuracy")
    assert not at.error
