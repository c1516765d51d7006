"""Logits of one view and temperatures: written by collect and calibrate, and computed no more than needed."""

import json
from pathlib import Path

import numpy as np
import pytest

from fer_core import artifacts as store
from fer_core import evaluate as evaluate_module
from fer_core.artifacts import CALIBRATION, Artifacts, Calibration, Fitted, open_artifacts
from fer_core.calibration import temperature_of
from fer_core.collect import collect
from fer_core.dataset import Dataset
from fer_core.ensemble import COMBINERS, Setting, choose, fit_temperature, out_of_fold
from fer_core.errors import ArtifactDamaged, ArtifactMissing, DatasetError
from fer_core.evaluate import one_view_logits
from fer_core.inference import load, member_logits
from fer_core.reports.summary import explorer_of
from tests.command import command
from tests.one_view import DERIVED, SPLITS, drop, one_view, temperatures
from tests.spoiling import put
from tests.tiny import tiny_dataset

pytestmark = pytest.mark.usefixtures("one_thread")


def test_collect_writes_one_view_and_temperatures(collected: Path, trained: Path) -> None:
    artifacts = open_artifacts(collected)
    assert artifacts.check() == []
    for split in SPLITS:
        found, full = artifacts.logits(split, view="one_view"), artifacts.logits(split)
        assert found.members == full.members == ("shallow", "deep")
        assert (found.labels == full.labels).all()
        for name, logits in zip(found.members, found.logits, strict=True):
            with np.load(trained / "all" / name / "logits.npz") as file:
                np.testing.assert_array_equal(logits, file[f"{split}_one_view"])
            share = float((logits.argmax(1) == found.labels).mean())
            assert artifacts.card(name).accuracy(split, full=False) == share


def test_the_temperatures_are_those_of_a_new_fit(collected: Path) -> None:
    artifacts, written = open_artifacts(collected), temperatures(collected)
    explorers = {view: explorer_of(artifacts, view=view) for view in store.VIEWS}
    assert {key[0] for key in written} == set(store.VIEWS)
    for (view, members, weighting, combiner), temperature in written.items():
        explorer, labels = explorers[view], artifacts.logits("valid").labels
        shares = explorer.decide(Setting(members, weighting, combiner, split="valid")).shares  # type: ignore[arg-type]
        if COMBINERS[combiner].fit is not None:  # what it learned there makes it too sure there
            shares = out_of_fold(explorer, members, weighting, combiner).shares  # type: ignore[arg-type]
        assert temperature == pytest.approx(fit_temperature(shares, labels), abs=1e-4)
    named = {key[1:] for key in written}
    chosen = choose(explorers["full"]).setting
    assert named >= {((name,), "equal", "mean_probability") for name in ("shallow", "deep")}
    assert named >= {(("shallow", "deep"), w, "mean_probability") for w in ("equal", "accuracy", "categorical")}
    votes = {"hard_vote", "borda"}  # a share of zero has no temperature
    assert chosen.combiner in votes or (chosen.members, chosen.weighting, chosen.combiner) in named
    assert set(COMBINERS) - {combiner for *_, combiner in named} == votes


def test_the_command_writes_both_files_and_then_changes_nothing(collected: Path, packed: Path) -> None:
    """What it computes from the weights is what the runs brought."""
    before, were = one_view(collected), temperatures(collected)
    drop(collected, DERIVED)
    with pytest.raises(ArtifactMissing, match=r"valid_one_view\.npz is not among .* python -m fer_core calibrate"):
        open_artifacts(collected).logits("valid", view="one_view")
    assert open_artifacts(collected).calibration() is None
    others = dict(open_artifacts(collected).manifest.files)
    done = command("calibrate", "--data", packed, "--artifacts", collected)
    assert done.code == 0, done.err
    assert "one view: temperature of all members, equal weights: " in done.out
    artifacts = open_artifacts(collected)
    assert artifacts.check() == []
    assert {key: digest for key, digest in artifacts.manifest.files.items() if key not in DERIVED} == others
    for split in SPLITS:
        np.testing.assert_allclose(one_view(collected)[split], before[split], atol=1e-3)
    assert temperatures(collected) == pytest.approx(were, rel=0.01)
    again = command("calibrate", "--data", packed, "--artifacts", collected, "--json")
    assert again.code == 0, again.err
    assert again.out == (collected / CALIBRATION).read_text()
    assert json.loads(again.out)["split"] == "PublicTest"
    assert open_artifacts(collected).fingerprint == artifacts.fingerprint


def test_only_what_changed_is_computed(collected: Path, trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    computed: list[str] = []

    def watched(artifacts: Artifacts, name: str) -> object:
        computed.append(name)
        return load(artifacts, name)

    monkeypatch.setattr(evaluate_module, "load", watched)
    steps: list[int] = []
    before = one_view_logits(open_artifacts(collected), tiny_dataset(), advance=steps.append)
    assert computed == []
    weights = (trained / "new" / "deep" / "model.safetensors").read_bytes()
    changed = put(collected, "members/deep/model.safetensors", weights)
    after = one_view_logits(changed, tiny_dataset(), advance=steps.append)
    assert computed == ["deep"]
    assert sum(steps) == 2 * 2 * 42
    for split in SPLITS:
        np.testing.assert_array_equal(after[split][0], before[split][0])
        assert np.abs(after[split][1] - before[split][1]).max() > 1e-3
        expected = member_logits(load(changed, "deep"), tiny_dataset().split(split).images, full=False)
        np.testing.assert_allclose(after[split][1], expected, atol=1e-6)


def test_a_copy_without_some_images_is_refused(collected: Path) -> None:
    dataset = tiny_dataset()
    keep = np.arange(len(dataset.labels)) != 75
    part = Dataset(*(getattr(dataset, key)[keep] for key in ("images", "labels", "usage", "rows", "votes")))
    with pytest.raises(DatasetError, match="lacks images that the members were scored on"):
        one_view_logits(open_artifacts(collected), part)


def test_collecting_a_new_member_calibrates_anew(collected: Path, trained: Path) -> None:
    before, were = one_view(collected), temperatures(collected)
    collect(trained / "new", collected, tiny_dataset)
    after = one_view(collected)
    for split in SPLITS:
        np.testing.assert_array_equal(after[split][0], before[split][0])
        with np.load(trained / "new" / "deep" / "logits.npz") as file:
            np.testing.assert_array_equal(after[split][1], file[f"{split}_one_view"])
    key = ("full", ("deep",), "equal", "mean_probability")
    assert temperatures(collected)[key] != were[key]
    assert temperatures(collected)[key] == pytest.approx(
        temperature_of(explorer_of(open_artifacts(collected)), Setting(("deep",))), abs=1e-4
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"weights": {}, "temperatures": [{}]}',
        '{"weights": [], "temperatures": []}',
        '{"weights": {}, "temperatures": [{"view": "full", "members": ["a"], "weighting": "equal", "combiner": "x", '
        '"temperature": 0}]}',
        '{"weights": {}, "temperatures": [{"view": "full", "members": ["a"], "weighting": "equal", "combiner": "x", '
        '"temperature": NaN}]}',
        '{"weights": {}, "temperatures": [{"view": "full", "members": 3, "weighting": "equal", "combiner": "x", '
        '"temperature": 1}]}',
    ],
)
def test_a_damaged_calibration_is_refused_by_name(collected: Path, text: str) -> None:
    found = put(collected, CALIBRATION, text.encode())
    with pytest.raises(ArtifactDamaged, match=r"calibration\.json does not hold temperatures"):
        found.calibration()
    assert len(found.check()) == 1


def test_a_calibration_goes_to_json_and_back() -> None:
    fitted = (Fitted("full", ("a", "b"), "equal", "mean_probability", 1.25), Fitted("one_view", ("a",), "x", "y", 0.5))
    known = Calibration({"a": "1" * 64, "b": "2" * 64}, fitted)
    found = Calibration.from_json(known.to_json().encode(), where="x")
    assert found == known
    assert found.temperature("full", ("a", "b"), "equal", "mean_probability") == 1.25
    for other in (("one_view", ("a", "b")), ("full", ("b", "a")), ("full", ("a",))):
        assert found.temperature(*other, "equal", "mean_probability") is None


def test_misuse_of_a_view_names_the_argument(collected: Path) -> None:
    with pytest.raises(ValueError, match="view: expected one of one_view, full, got 'nine'"):
        open_artifacts(collected).logits("test", view="nine")
