"""The page Who adds what through Streamlit's own test runner: its numbers, computed here from the explorer."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.artifacts.card import seeds_file
from fer_core.ensemble import COMBINERS, Explorer, Setting
from fer_core.ensemble.analysis.decomposition import LOSSES
from fer_core.ensemble.analysis.diversity import MEASURES
from fer_core.ensemble.subsets.contributions import shapley
from fer_core.ensemble.subsets.every import every_subset, not_for_every_subset
from fer_core.ensemble.subsets.tally import ADDITIVE
from fer_core.reports.summary import explorer_of
from tests.covering import SCHEMES
from tests.pages import choice_of, number, opened, press, ran, use_shared
from tests.synthetic import NINE, ROSTER, artifact_files, npz, write_artifacts

pytestmark = pytest.mark.usefixtures("framed")
ALWAYS = {"compared", "kappa", "references"}
PLAYED, TAKEN_APART = {"adds", "places", "together"}, {"waterfall", "apart"}


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def page(**query: str) -> AppTest:
    return opened("diversity", **query)


def figures(at: AppTest) -> dict[str, Any]:
    """Return the figures that are drawn, by key."""
    found = at.get("plotly_chart")
    return {chart.proto.id.rsplit("-", 1)[-1]: json.loads(chart.proto.spec) for chart in found}


def title(figure: dict[str, Any]) -> str:
    return str(figure["layout"]["title"]["text"])


def texts(at: AppTest) -> str:
    return " ".join(each.value for each in [*at.caption, *at.markdown, *at.info])


def explorer(root: Path) -> Explorer:
    return explorer_of(open_artifacts(root))


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_is_shown_as_far_as_it_goes(root: Path, weighting: str, combiner: str) -> None:
    at = page(weights=weighting, combine=combiner, worth="likelihood", manual="1,0,0.5")
    drawn = figures(at)
    assert set(drawn) >= ALWAYS
    assert (set(drawn) >= PLAYED) == (not_for_every_subset(weighting, combiner) is None)
    if combiner not in LOSSES:
        assert not TAKEN_APART & set(drawn)
        assert any("not the mean that belongs to a loss" in info.value for info in at.info)
    if weighting == "categorical":
        assert not TAKEN_APART & set(drawn)
    if weighting in ("equal", "accuracy", "manual") and combiner in LOSSES:
        assert set(drawn) >= TAKEN_APART
    assert len(number(at)) > 1


def test_the_numbers_are_those_of_the_library(root: Path) -> None:
    at, known = page(twins="without", on="valid", weights="accuracy"), explorer(root)
    setting = Setting(ROSTER, "accuracy", split="valid", twins=False)
    outcome, drawn = known.recompute(setting), figures(at)
    right = known.part("valid", twins=False).right
    gain = 100 * (outcome.accuracy - right.mean())
    assert number(at) == f"{gain:+.1f}"
    shares = 100 * shapley(every_subset(known, setting).accuracy)
    assert sorted(drawn["adds"]["data"][0]["text"]) == sorted(f"{share:.2f}" for share in shares)
    assert f"{ROSTER[int(shares.argmax())]} adds most: {shares.max():.2f} of {shares.sum():.2f} points" in title(
        drawn["adds"]
    )
    assert f"add up to {shares.sum():.2f} points: {100 * outcome.accuracy:.2f}% of the whole less 14.29%" in texts(at)
    bars = drawn["waterfall"]["data"][0]["text"]
    assert bars[2] == f"{outcome.brier:.3f}"
    assert drawn["references"]["data"][2]["text"][5] == f"{100 * right.any(axis=0).mean():.1f}"
    assert "no family has five seeds" in texts(at).lower()
    assert "PublicTest chose" in texts(at)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_measure_is_chosen_by_link_and_by_click(root: Path, measure: str) -> None:
    at = page(measure=measure)
    found = MEASURES[measure].of(explorer(root).part("test").right)
    scale = 100 if MEASURES[measure].share else 1
    cell = figures(at)["compared"]["data"][1]["text"][1]
    assert float(cell.replace("−", "-")) == pytest.approx(scale * found[0, 1], abs=0.051)
    assert MEASURES[measure].description in texts(at)
    other = next(name for name in MEASURES if name != measure)
    next(each for each in at.segmented_control if each.key == "control_diversity_measure").set_value(other)
    ran(at)
    assert MEASURES[other].description in texts(at)
    assert choice_of(at).diversity.measure == other


def test_likelihood_is_in_nats_and_not_offered_for_votes(root: Path) -> None:
    assert "nats" in title(figures(page(worth="likelihood"))["adds"])
    votes = page(worth="likelihood", combine="hard_vote")
    assert "points" in title(figures(votes)["adds"])
    assert "so there is no likelihood" in texts(votes)


def test_a_button_leads_to_a_rule_that_can_be_taken_apart(root: Path) -> None:
    at = page(combine="hard_vote", weights="categorical")
    assert not TAKEN_APART & set(figures(at))
    press(at, "Use mean log-probability, equal weights")
    assert set(figures(at)) >= TAKEN_APART
    choice = choice_of(at)
    assert (choice.combiner, choice.weighting) == ("mean_log_probability", "equal")
    at = page(combine="mean_log_probability", weights="categorical")
    assert "weights members differently for each emotion" in texts(at)
    press(at, "Use mean log-probability, equal weights")
    assert set(figures(at)) >= TAKEN_APART


def test_rules_that_cannot_serve_say_so(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(ADDITIVE, "hard_vote")
    at = page(combine="hard_vote", weights="accuracy")
    assert not PLAYED & set(figures(at))
    assert "each of the 8 ensembles" in texts(at)
    press(at, "Use mean probability, overall accuracy weights")
    assert set(figures(at)) >= PLAYED


def test_one_member_and_none(root: Path) -> None:
    at = page(members="deep")
    assert number(at) == "–"
    assert not figures(at)
    assert any("One member alone has no diversity" in each.proto.body for each in at.get("html"))
    assert number(page(members="none")) == "–"


@pytest.mark.parametrize("members", ["shallow,deep", "deep,agrawal"])
def test_two_members(root: Path, members: str) -> None:
    drawn = figures(page(members=members))
    assert set(drawn) >= ALWAYS | PLAYED | TAKEN_APART
    assert title(drawn["together"]).startswith("The two ")


def twins_of(files: dict[str, bytes], decided: bool) -> dict[str, bytes]:
    """Return logits of three members that say the same; decided : always the same emotion."""
    more = {}
    for split in ("valid", "test"):
        with np.load(io.BytesIO(files[f"logits/{split}.npz"])) as found:
            logits, labels, names = found["logits"], found["labels"], found["members"]
        same = np.repeat(logits[:1], len(logits), axis=0)
        if decided:
            same[:] = np.arange(7)
        more[f"logits/{split}.npz"] = npz(logits=same, labels=labels, members=names)
    return more


@pytest.mark.parametrize(
    ("combiner", "decided"), [*((name, False) for name in COMBINERS), ("mean_probability", True), ("hard_vote", True)]
)
def test_members_that_say_the_same(monkeypatch: pytest.MonkeyPatch, combiner: str, decided: bool) -> None:
    use_shared(monkeypatch, instead=twins_of(artifact_files(), decided))
    at = page(combine=combiner, measure="yules_q", worth="likelihood")
    drawn = figures(at)
    assert title(drawn["compared"]) in ("All pairs are alike: 1.00", "Yule's Q is defined for no pair here")
    assert title(drawn["kappa"]) in ("All pairs agree alike", "Both always decide for one emotion: no kappa")
    if combiner in ADDITIVE:
        assert title(drawn["adds"]).startswith("All add the same: ")
        assert title(drawn["together"]).startswith("All pairs interact alike: ")
    if combiner in LOSSES:
        assert "No two members differ" in title(drawn["waterfall"])
        assert "All members have the ensemble's own" in title(drawn["apart"])


def test_nine_members_and_five_seeds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "artifacts"
    write_artifacts(root, members=NINE)
    cards = open_artifacts(root).cards
    first = cards["shallow"]
    seeds = {
        f"members/{name}/card.json": replace(
            cards[name], architecture="shallow", arguments=first.arguments, parameters=first.parameters, seed=seed
        )
        .to_json()
        .encode()
        for seed, name in enumerate(NINE[:5])
    }
    write_artifacts(root, members=NINE, instead=seeds)
    monkeypatch.setenv("FER_ARTIFACTS", str(root))
    at = page()
    drawn = figures(at)
    assert ALWAYS | PLAYED | TAKEN_APART | {"seeds_shallow"} <= set(drawn)
    assert "no family has five seeds" not in texts(at).lower()
    assert "shallow, 5 seeds" in texts(at)


def test_five_seeds_beside_the_roster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = tmp_path / "artifacts"
    write_artifacts(root)
    artifacts, rng = open_artifacts(root), np.random.RandomState(0)
    names = [f"deep_seed{seed}" for seed in range(5)]
    card = artifacts.cards[artifacts.manifest.members[0]]
    instead = {
        f"seeds/{name}/card.json": replace(card, name=name, seed=seed).to_json().encode()
        for seed, name in enumerate(names)
    }
    for split in ("valid", "test"):
        logits = rng.randn(5, len(artifacts.logits(split).labels), 7).astype(np.float32)
        instead[seeds_file(split)] = npz(logits=logits, members=np.array(names))
    write_artifacts(root, instead=instead)
    monkeypatch.setenv("FER_ARTIFACTS", str(root))
    at = page()
    assert "seeds_deep_seed0" in figures(at)
    assert f"{card.architecture}, 5 seeds" in texts(at)
    assert "deep_seed0" not in [checkbox.label for checkbox in at.checkbox]
