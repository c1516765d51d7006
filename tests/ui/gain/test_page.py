"""The page Gain through Streamlit's own test runner: its numbers against plain recomputes, and all its states."""

import base64
import io
import json
import os
import re
import subprocess
import sys
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
from fer_core.ensemble.subsets.all_subsets import BySize, Cloud, Survival
from fer_core.ensemble.subsets.every import not_for_every_subset
from fer_core.ensemble.subsets.paths import Step, can_weigh, grown
from fer_core.format import points
from fer_core.reports.summary import explorer_of
from tests.covering import SCHEMES
from tests.pages import ROOT, choice_of, number, opened, press, ran, use_shared
from tests.synthetic import NINE, artifact_files, npz
from ui.gain import wording
from ui.gain.choice import GainChoice
from ui.gain.data import favourite, taken_over
from ui.session.choice import default

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
    assert f"{points(outcome.accuracy - alone, 2)} on {best}, the best of them" in words
    every = [found.recompute(Setting(names, **images)).accuracy for names in subsets(NAMES)]
    assert shown["place of all subsets"] == f"{1 + sum(value > outcome.accuracy for value in every)} of 7"


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
    assert facts(at)["place of all subsets"] == "1 of 1"
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
    assert facts(at)["place of all subsets"].endswith("of 511")
    assert len(dots(figures(at)["gain_subsets"])) == 511
    assert "vgg alone" in " ".join(element.proto.body for element in at.get("html"))


def test_nothing_chosen_is_said(root: Path) -> None:
    at = gain_page(members="none")
    assert number(at) == "–"
    assert not at.get("plotly_chart")


def test_the_page_never_imports_torch(root: Path) -> None:
    script = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from streamlit.testing.v1 import AppTest
at = AppTest.from_file({str(ROOT / "streamlit_app.py")!r}, default_timeout=60).run()
at.switch_page("pages/gain.py").run()
assert len(at.get("plotly_chart")) == 4, at.exception
print(json.dumps([m for m in ("torch", "torchvision", "captum", "safetensors", "sklearn") if m in sys.modules]))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=os.environ | {})
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []


def by_size(*mean: float) -> BySize:
    values = np.array(mean)
    return BySize(np.arange(1, len(mean) + 1), values, values, values)


@pytest.mark.parametrize(
    ("mean", "said"),
    [
        ((0.6,), "One size alone: 60.0%"),
        ((0.6, 0.6, 0.6), "Members that agree add nothing"),
        ((0.6, 0.65, 0.67), "Each further member helps less"),
        ((0.6, 0.65), "Each further member helps<"),
        ((0.6, 0.61, 0.67), "Each further member helps<"),
        ((0.7, 0.69, 0.6), "More members make the mean subset worse"),
        ((0.6, 0.67, 0.65), "The mean subset is best with 2 members"),
        ((0.7, 0.6, 0.65), "The mean subset is best with 1 member<"),
        ((0.65, 0.6, 0.7), "More members help, but not at every step"),
    ],
)
def test_the_title_of_the_sizes_is_true(mean: tuple[float, ...], said: str) -> None:
    assert wording.size_title(by_size(*mean)).startswith(said)


@pytest.mark.parametrize(
    ("accuracy", "on", "said"),
    [
        ([0.70, 0.6, 0.6], [0], "Nothing beats the cheapest"),
        ([0.60, 0.7, 0.6], [0, 1], "Nothing cheaper comes within half a point"),
        ([0.696, 0.6, 0.7], [0, 2], "The last 0.40 points cost 3 times as much"),
        ([0.695, 0.6, 0.7], [0, 2], "The last 0.50 points cost 3 times as much"),
    ],
)
def test_the_title_of_the_costs_is_true(accuracy: list[float], on: list[int], said: str) -> None:
    cloud = Cloud(("a", "b"), 1000, np.array([1, 2, 3]), np.array(accuracy))
    assert wording.cost_title(cloud, np.array([1e6, 2e6, 3e6]), on, "macs").startswith(said)


@pytest.mark.parametrize(
    ("slope", "said"),
    [(0.84, "84% of a lead"), (1.2, "A lead on PublicTest grows to 120%"), (-0.1, "A lead on PublicTest turns round")],
)
def test_the_title_of_the_survival_is_true(slope: float, said: str) -> None:
    assert wording.survival_title(Survival(slope, 0.5, None, 0, 0), 7).startswith(said)


def test_counts_become_weights_in_the_same_proportions() -> None:
    choice = default(NAMES)
    for counts in ((1, 14, 3), (20, 1, 1), (1, 1, 1), (2, 1, 0), (13, 5, 2)):
        inside = [(name, count) for name, count in zip(NAMES, counts, strict=True) if count]
        step = Step("deep", tuple(n for n, _ in inside), tuple(c for _, c in inside), 0.5, 0.5)
        taken = taken_over(choice, step)
        weights = [taken.manual[name] for name in NAMES]
        assert taken.weighting == "manual"
        assert 1 < max(weights) <= 2
        assert np.outer(weights, counts) == pytest.approx(np.outer(counts, weights))
        assert [20 * weight for weight in weights] == pytest.approx([round(20 * weight) for weight in weights])
    back = taken_over(replace(choice, gain=GainChoice(path="backward")), Step("deep", ("agrawal",), (1,), 0.5, 0.5))
    assert back == replace(choice, members=("agrawal",), gain=GainChoice(path="backward"))


def test_the_favourite_step_is_the_shortest_way_or_the_smallest_ensemble() -> None:
    steps = [Step("a", ("a",), (1,), value, 0.0) for value in (0.5, 0.7, 0.7, 0.6)]
    assert favourite(steps) == 2
    assert favourite([replace(steps[0], changed=None), *steps[1:]]) == 3
    assert favourite(steps[:1]) == 1


def test_a_choice_that_is_none_of_the_subsets_has_no_place(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fer_core.ensemble.subsets.all_subsets.Cloud.find", lambda self, names: None)
    at = opened("gain", members="deep,agrawal")
    assert facts(at)["place of all subsets"] == "–"
    (here,) = [trace for trace in figures(at)["gain_subsets"]["data"] if trace.get("marker", {}).get("size") == 16]
    assert here["x"] == [2.0], "it stands in the middle of its size"
