"""The page Gain through Streamlit's own test runner: its numbers against plain recomputes, and all its states."""

import base64
import io
import json
import re
from dataclasses import replace
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

import ui.data.latency
from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Explorer, Setting
from fer_core.ensemble.subsets.every import not_for_every_subset
from fer_core.ensemble.subsets.selection import can_weigh, grown
from fer_core.format import points
from fer_core.reports.summary import explorer_of
from tests.covering import SCHEMES
from tests.pages import choice_of, number, opened, press, ran, use_shared
from tests.synthetic import NINE, artifact_files, npz
from ui.gain import wording
from ui.gain.data import favourite

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def gain_page(**query: str) -> AppTest:
    return opened("gain", **query)


def explorer(root: Path) -> Explorer:
    return explorer_of(open_artifacts(root))


def figures(at: AppTest) -> dict[str, dict[str, Any]]:
    """Return every figure by its key."""
    found = {}
    for element in at.get("plotly_chart"):
        key = next(name for name in KEYS if name in element.proto.id or name in str(element.key))
        found[key] = json.loads(element.proto.spec)
    return found


KEYS = ("gain_subsets", "gain_cost", "gain_path", "gain_both", "gain_few")


def plain(values: Any) -> list[float]:
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()  # type: ignore[no-any-return]
    return list(values)


def title(figure: dict[str, Any]) -> str:
    return str(figure["layout"]["title"]["text"])


def facts(at: AppTest) -> dict[str, str]:
    """Return every small figure by its name."""
    bodies = " ".join(element.proto.body for element in at.get("html"))
    return dict(re.findall(r"<div><em>([^<]*)</em><strong>([^<]*)</strong></div>", bodies))


def dots(figure: dict[str, Any], axis: str = "y") -> dict[str, float]:
    """Return a coordinate of every subset by its members."""
    traces = [trace for trace in figure["data"] if trace.get("mode") == "markers" and "customdata" in trace]
    return {
        known[1]: value
        for trace in traces
        for known, value in zip(trace["customdata"], plain(trace[axis]), strict=True)
    }


def subsets(names: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [some for size in range(1, len(names) + 1) for some in combinations(names, size)]


@pytest.mark.parametrize(("split", "twins"), [("test", "with"), ("valid", "without")])
def test_the_headline_is_the_gain_over_the_mean_member(root: Path, split: str, twins: str) -> None:
    at = gain_page(on=split, twins=twins, members="shallow,agrawal")
    found, images = explorer(root), {"split": split, "twins": twins == "with"}
    outcome = found.recompute(Setting(("shallow", "agrawal"), **images))
    own = [found.recompute(Setting((name,), **images)).accuracy for name in ("shallow", "agrawal")]
    assert number(at) == points(outcome.accuracy - sum(own) / 2)
    shown = facts(at)
    assert shown["accuracy, %"] == f"{100 * outcome.accuracy:.1f}"
    assert shown["mean member, %"] == f"{50 * sum(own):.1f}"
    best = max(("shallow", "agrawal"), key=lambda name: found.recompute(Setting((name,), split="valid")).accuracy)
    alone = found.recompute(Setting((best,), **images)).accuracy
    assert shown[f"{best}, %"] == f"{100 * alone:.1f}"
    words = " ".join(element.proto.body for element in at.get("html"))
    assert f"{points(outcome.accuracy - alone, 2)} over {best}, the best of them" in words
    every = [found.recompute(Setting(names, **images)).accuracy for names in subsets(NAMES)]
    assert shown["rank among all subsets"] == f"{1 + sum(value > outcome.accuracy for value in every)} of 7"


def test_every_subset_is_a_dot_in_every_figure(root: Path) -> None:
    drawn, found = figures(gain_page()), explorer(root)
    cards = open_artifacts(root).cards
    for names in subsets(NAMES):
        accuracy = {split: 100 * found.recompute(Setting(names, split=split)).accuracy for split in ("valid", "test")}
        words = " + ".join(names)
        assert dots(drawn["gain_subsets"])[words] == pytest.approx(accuracy["test"])
        assert round(dots(drawn["gain_subsets"], "x")[words]) == len(names)
        assert dots(drawn["gain_cost"])[words] == pytest.approx(accuracy["test"])
        assert dots(drawn["gain_cost"], "x")[words] == sum(cards[name].macs for name in names)
        assert dots(drawn["gain_both"], "x")[words] == pytest.approx(accuracy["valid"])
        assert dots(drawn["gain_both"])[words] == pytest.approx(accuracy["test"])
    places = dots(drawn["gain_subsets"], "x")
    assert len(set(places.values())) == len(places)


def test_the_cost_can_be_time_once_somebody_asks(photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    at = gain_page(cost="latency")
    assert "gain_cost" not in figures(at)
    drawn = figures(press(at, "Time the networks"))["gain_cost"]
    times = dots(drawn, "x")
    assert times["shallow + deep"] == pytest.approx(times["shallow"] + times["deep"])
    assert all(0 < value < 1000 for value in times.values())
    assert drawn["layout"]["xaxis"]["title"]["text"] == "time of one face, one view"
    assert " ms" in title(drawn)
    at.segmented_control(key="control_gain_cost").set_value("macs")
    ran(at).segmented_control(key="control_gain_cost").set_value("latency")
    assert dots(figures(ran(at))["gain_cost"], "x") == times  # measured once


def test_weights_that_cannot_be_timed_are_named(root: Path) -> None:
    at = press(gain_page(cost="latency"), "Time the networks")  # these weights are of no network
    assert any("weights" in info.value for info in at.info)
    assert "gain_both" in figures(at)


def test_without_torch_nothing_is_timed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.data.latency, "NEEDED", ("surely_not_installed",))
    at = gain_page(cost="latency")
    assert next(button for button in at.button if button.label == "Time the networks").disabled
    assert any("pip install -r requirements.txt" in caption.value for caption in at.caption)


def test_the_cost_can_be_parameters(root: Path) -> None:
    at, cards = gain_page(cost="parameters"), open_artifacts(root).cards
    assert (
        dots(figures(at)["gain_cost"], "x")["shallow + deep"] == cards["shallow"].parameters + cards["deep"].parameters
    )
    at.segmented_control(key="control_gain_cost").set_value("macs")
    assert dots(figures(ran(at))["gain_cost"], "x")["shallow"] == cards["shallow"].macs


def test_the_path_can_be_stepped_through_and_taken_over(root: Path) -> None:
    at, path = gain_page(), grown(explorer(root), "mean_probability")
    assert facts(at)["step"] == "1 of 20"
    at.button(key="gain_step").click()
    assert facts(ran(at))["step"] == "2 of 20"
    at.slider(key="control_gain_step").set_value(9)
    assert facts(ran(at))["PublicTest, %"] == f"{100 * path[8].valid:.2f}"
    assert facts(at)["PrivateTest, %"] == f"{100 * path[8].test:.2f}"
    at.button(key="gain_take").click()
    ran(at)
    choice = choice_of(at)
    assert (choice.members, choice.weighting) == (path[8].members, "manual")
    assert facts(at)["accuracy, %"] == f"{100 * path[8].test:.1f}"
    assert at.query_params["step"] == "9"
    at.button(key="gain_best").click()
    assert facts(ran(at))["step"] == f"{favourite(path)} of 20"
    assert at.button(key="gain_best").disabled


def test_members_can_be_left_out_one_by_one(root: Path) -> None:
    at, found = gain_page(path="backward", step="20", weights="categorical"), explorer(root)
    assert facts(at)["step"] == "3 of 3"
    assert at.button(key="gain_step").disabled
    at.button(key="gain_back").click()
    ran(at)
    setting = Setting(NAMES, "categorical", split="valid")
    best = max(combinations(NAMES, 2), key=lambda names: found.recompute(replace(setting, members=names)).accuracy)
    assert facts(at)["step"] == "2 of 3"
    at.button(key="gain_take").click()
    ran(at)
    assert choice_of(at).members == best
    assert choice_of(at).weighting == "categorical"
    at.segmented_control(key="control_gain_path").set_value("forward")
    assert facts(ran(at))["step"] == "2 of 20"


def test_the_gap_is_between_the_best_on_each_split(root: Path) -> None:
    words, found = " ".join(markdown.value for markdown in gain_page(twins="without").markdown), explorer(root)
    score = {
        split: {names: found.recompute(Setting(names, split=split, twins=False)).accuracy for names in subsets(NAMES)}
        for split in ("valid", "test")
    }
    chosen, best = (max(score[split], key=lambda names: score[split][names]) for split in ("valid", "test"))
    assert f"**Chosen on PublicTest:** {' + '.join(chosen)}" in words
    assert f"**{100 * score['test'][chosen]:.1f}%** on PrivateTest" in words
    assert f"is {100 * (score['test'][best] - score['test'][chosen]):.2f} points" in words
    assert "without images that have a twin" in words


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_has_a_sensible_view(root: Path, weighting: str, combiner: str) -> None:
    at = gain_page(weights=weighting, combine=combiner, manual="1,0,0.5")
    drawn, possible = figures(at), not_for_every_subset(weighting, combiner) is None
    expected = {"gain_subsets", "gain_cost", "gain_both"} if possible else {"gain_few"}
    assert set(drawn) == expected | ({"gain_path"} if can_weigh(combiner) else set())
    assert len(at.info) == 2 * (not possible) + (not can_weigh(combiner))
    assert any(markdown.value == (wording.COST if possible else wording.COST_ALONE) for markdown in at.markdown)
    every = 3 if weighting == "manual" else 7
    if possible:
        assert len(dots(drawn["gain_subsets"])) == every
        assert ("their weight is zero: deep." in " ".join(c.value for c in at.caption)) == (weighting == "manual")
    else:
        at.button(key="gain_use_size").click()
        assert {"gain_subsets", "gain_cost", "gain_both"} <= set(figures(ran(at)))


def test_one_member_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch, members=("deep",))
    at = gain_page()
    assert number(at) == "0.0"
    assert title(figures(at)["gain_subsets"]).startswith("One size alone")
    assert facts(at)["rank among all subsets"] == "1 of 1"
    at.segmented_control(key="control_gain_path").set_value("backward")
    assert facts(ran(at))["step"] == "1 of 1"


def test_members_that_say_the_same_gain_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    files = artifact_files()
    same = {}
    for split in ("valid", "test"):
        with np.load(io.BytesIO(files[f"logits/{split}.npz"])) as found:
            arrays = {name: found[name] for name in found.files}
        arrays["logits"] = np.repeat(arrays["logits"][:1], 3, axis=0)
        same[f"logits/{split}.npz"] = npz(**arrays)
    use_shared(monkeypatch, instead=same)
    at = gain_page()
    assert number(at) == "0.0"
    drawn = figures(at)
    assert title(drawn["gain_subsets"]).startswith("Members that agree add nothing")
    assert title(drawn["gain_cost"]).startswith("Nothing beats the cheapest")
    assert title(drawn["gain_both"]).startswith("All subsets tie")
    assert title(drawn["gain_path"]).startswith("On PublicTest no step beats the first")


def test_nine_members_have_511_subsets(monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch, members=NINE)
    at = gain_page(members="vgg")
    assert facts(at)["rank among all subsets"].endswith("of 511")
    assert len(dots(figures(at)["gain_subsets"])) == 511
    assert "vgg alone" in " ".join(element.proto.body for element in at.get("html"))


def test_nothing_chosen_is_said(root: Path) -> None:
    at = gain_page(members="none")
    assert number(at) == "–"
    assert not at.get("plotly_chart")


def test_a_choice_that_is_none_of_the_subsets_has_no_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fer_core.ensemble.subsets.all_subsets.AllSubsets.find", lambda self, names: None)
    at = opened("gain", members="deep,agrawal")
    assert facts(at)["rank among all subsets"] == "–"
    (here,) = [trace for trace in figures(at)["gain_subsets"]["data"] if trace.get("marker", {}).get("size") == 16]
    assert here["x"] == [2.0], "it stands in the middle of its size"
