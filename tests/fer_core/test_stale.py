"""Logits of one view and temperatures whose weights have changed, or that are not what the contract says."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fer_core import evaluate as evaluate_module
from fer_core.artifacts import CALIBRATION, Artifacts, open_artifacts
from fer_core.calibration import kept_one_view
from fer_core.collect import collect
from fer_core.dataset import Dataset
from fer_core.errors import ArtifactDamaged, ArtifactMissing
from fer_core.evaluate import one_view_logits
from fer_core.photo.calibrated import CalibratedEnsemble
from tests.command import command
from tests.one_view import DERIVED, ONE_VIEW, SPLITS, drop, one_view
from tests.spoiling import put
from tests.synthetic import npz
from tests.tiny import tiny_dataset

pytestmark = pytest.mark.usefixtures("one_thread")


def test_collecting_into_older_artifacts_works_without(collected: Path, trained: Path) -> None:
    """One view of the members that stay is not known, and the data set is not asked for."""
    drop(collected, DERIVED)
    collect(trained / "new", collected, lambda: pytest.fail("the data set is not needed"))
    artifacts = open_artifacts(collected)
    assert not any(artifacts.has(name) for name in DERIVED)
    assert artifacts.check() == []
    collect(trained / "all", collected, tiny_dataset)  # and all members together bring everything
    assert all(open_artifacts(collected).has(name) for name in DERIVED)


def test_other_weights_make_it_all_stale(collected: Path, trained: Path, packed: Path) -> None:
    weights = (trained / "new" / "deep" / "model.safetensors").read_bytes()
    changed = put(collected, "members/deep/model.safetensors", weights)
    assert changed.calibration() is None
    for split, name in zip(SPLITS, ONE_VIEW, strict=True):
        with pytest.raises(
            ArtifactMissing, match=r"comes from other weights .* python -m fer_core calibrate"
        ) as caught:
            changed.logits(split, view="one_view")
        assert str(collected / name) in str(caught.value)
        assert len(changed.logits(split).members) == 2
    assert set(kept_one_view(changed)) == {"shallow"}
    assert changed.check() == []  # it is no damage, and a command mends it
    with pytest.raises(ArtifactMissing, match="calibrate"):
        CalibratedEnsemble(changed)
    assert command("calibrate", "--data", packed, "--artifacts", collected).code == 0
    assert open_artifacts(collected).calibration() is not None
    assert len(one_view(collected)["test"]) == 2


def test_one_view_of_fewer_members_is_stale_and_not_damaged(collected: Path, packed: Path) -> None:
    """As when a version that knows nothing of one view has collected another member."""
    with np.load(collected / ONE_VIEW[1]) as file:
        arrays = dict(file)
    fewer = npz(
        logits=arrays["logits"][:1],
        labels=arrays["labels"],
        members=arrays["members"][:1],
        weights=arrays["weights"][:1],
    )
    changed = put(collected, ONE_VIEW[1], fewer)
    with pytest.raises(ArtifactMissing, match="comes from other weights"):
        changed.logits("test", view="one_view")
    assert command("calibrate", "--data", packed, "--artifacts", collected).code == 0
    assert len(one_view(collected)["test"]) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda found: found | {"weights": found["weights"][::-1]},
        lambda found: {key: value for key, value in found.items() if key != "weights"},
        lambda found: found | {"weights": np.array(["x" * 64, "y" * 64])},
    ],
)
def test_tampered_digests_are_refused_by_name(
    collected: Path, change: Callable[[dict[str, NDArray[np.generic]]], dict[str, NDArray[np.generic]]]
) -> None:
    with np.load(collected / ONE_VIEW[0]) as file:
        arrays = dict(file)
    found = put(collected, ONE_VIEW[0], npz(**change(arrays)))
    with pytest.raises(ArtifactMissing, match=r"valid_one_view\.npz comes from other weights"):
        found.logits("valid", view="one_view")
    assert kept_one_view(found) == {}


@pytest.mark.parametrize(
    "change",
    [
        {"logits": np.zeros((2, 20, 7), np.float32)},
        {"logits": np.zeros((2, 21, 7))},
        {"logits": np.zeros(3, np.float32)},
        {"members": np.array(["deep"])},
    ],
)
def test_one_view_against_the_contract_is_computed_anew(
    collected: Path, packed: Path, change: dict[str, NDArray[np.generic]]
) -> None:
    with np.load(collected / ONE_VIEW[0]) as file:
        arrays = dict(file)
    found = put(collected, ONE_VIEW[0], npz(**arrays | change))
    with pytest.raises(ArtifactDamaged, match=r"valid_one_view\.npz"):
        found.logits("valid", view="one_view")
    assert kept_one_view(found) == {}
    assert command("calibrate", "--data", packed, "--artifacts", collected).code == 0
    assert one_view(collected)["valid"].shape == (2, 21, 7)


def test_temperatures_of_other_weights_are_not_read(collected: Path) -> None:
    found = json.loads((collected / CALIBRATION).read_text())
    found["weights"]["deep"] = "0" * 64
    assert put(collected, CALIBRATION, json.dumps(found).encode()).calibration() is None
    del found["weights"]["deep"]
    assert put(collected, CALIBRATION, json.dumps(found).encode()).calibration() is None


def test_a_change_meanwhile_is_not_written_over(
    collected: Path, trained: Path, packed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def replaced(artifacts: Artifacts, dataset: Dataset, **more: object) -> object:
        found = one_view_logits(artifacts, dataset)
        collect(trained / "new", collected, tiny_dataset)
        return found

    monkeypatch.setattr(evaluate_module, "one_view_logits", replaced)
    done = command("calibrate", "--data", packed, "--artifacts", collected)
    assert done.one_sentence
    assert "was replaced while" in done.err
    assert open_artifacts(collected).check() == []
    assert open_artifacts(collected).calibration() is not None
