"""The benchmark of maps and the mean maps in the artifacts: read back, refused when damaged, less what is stale."""

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.artifacts import (
    MEAN_SALIENCY,
    SALIENCY,
    Artifacts,
    Faithfulness,
    MeanSaliency,
    SaliencyTable,
    npz,
    open_artifacts,
)
from fer_core.errors import ArtifactDamaged
from tests.spoiling import put
from tests.synthetic import ROSTER, write_artifacts


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("whole") / "artifacts", n=20)


@pytest.fixture
def root(tmp_path: Path, whole: Path) -> Path:
    return Path(shutil.copytree(whole, tmp_path / "artifacts"))


def entry(member: str, method: str, gain: float = 0.125, **changes: Any) -> Faithfulness:
    known = Faithfulness(member, method, 0.5, 0.25, 0.6, 0.3, 0.4, 0.4, gain, gain - 0.0625, gain + 0.0625, 0.125, 12.5)
    return replace(known, **changes)


def digests(root: Path) -> dict[str, str]:
    found = open_artifacts(root)
    return dict(zip(found.manifest.members, found.weights(), strict=True))


def table(root: Path) -> SaliencyTable:
    entries = [
        entry(name, method, gain)
        for name in ROSTER
        for method, gain in (("saliency", 0.125), ("occlusion", 0.375), ("vargrad", -0.25))
    ]
    entries[1] = replace(entries[1], sensitivity=None, randomised=None)
    return SaliencyTable(200, tuple(entries), (), 0.5, digests(root))


def maps(root: Path) -> MeanSaliency:
    values = np.random.RandomState(0).rand(2, 3, 7, 48, 48).astype(np.float32)
    counts = np.array([200, 56, 200, 200, 200, 200, 200])
    return MeanSaliency(("saliency", "grad_cam"), ROSTER, counts, values, (), digests(root))


def put_table(root: Path, found: SaliencyTable) -> Artifacts:
    return put(root, SALIENCY, found.to_json().encode())


def put_maps(root: Path, found: MeanSaliency) -> Artifacts:
    return put(root, MEAN_SALIENCY, npz(found.arrays()))


def change_weights(root: Path, member: str) -> None:
    relative = f"members/{member}/model.safetensors"
    put(root, relative, (root / relative).read_bytes() + b" ")


def test_older_artifacts_have_none(root: Path) -> None:
    found = open_artifacts(root)
    assert found.saliency() is None
    assert found.mean_saliency() is None
    assert found.check() == []


def test_what_was_written_is_read(root: Path) -> None:
    put_table(root, table(root))
    found = put_maps(root, maps(root))
    assert found.check() == []
    assert found.saliency() == table(root)
    mean, expected = found.mean_saliency(), maps(root)
    assert mean is not None
    assert (mean.methods, mean.members, mean.stale) == (expected.methods, expected.members, ())
    np.testing.assert_array_equal(mean.maps, expected.maps)
    np.testing.assert_array_equal(mean.counts, expected.counts)


def test_entries_are_found_by_member_and_method_and_the_best_by_gain(root: Path) -> None:
    found = table(root)
    one = found.of("deep", "vargrad")
    assert one is not None
    assert (one.member, one.method, one.gain) == ("deep", "vargrad", -0.25)
    assert found.of("deep", "lime") is None
    best = found.best("agrawal")
    assert best is not None
    assert best.method == "occlusion"
    assert found.best("vgg") is None


def test_what_belongs_to_other_weights_is_left_out_and_named(root: Path) -> None:
    put_table(root, table(root))
    put_maps(root, maps(root))
    change_weights(root, "deep")
    found = open_artifacts(root)
    kept = found.saliency()
    assert kept is not None
    assert kept.stale == ("deep",)
    assert {one.member for one in kept.entries} == {"shallow", "agrawal"}
    assert kept.of("deep", "saliency") is None
    assert set(kept.weights) == {"shallow", "agrawal"}
    mean = found.mean_saliency()
    assert mean is not None
    assert (mean.members, mean.stale) == (("shallow", "agrawal"), ("deep",))
    np.testing.assert_array_equal(mean.maps, maps(root).maps[:, [0, 2]])
    assert found.check() == [], "stale is not damaged"


def test_a_member_that_is_gone_is_forgotten(root: Path) -> None:
    before = table(root)
    weights = {**before.weights, "vgg": "0" * 64}
    found = put_table(root, replace(before, entries=(*before.entries, entry("vgg", "saliency")), weights=weights))
    kept = found.saliency()
    assert kept is not None
    assert (kept.entries, kept.stale) == (before.entries, ())


def test_unknown_keys_are_ignored(root: Path) -> None:
    content = json.loads(table(root).to_json())
    content["new"] = 1
    content["entries"][0]["newer"] = [2]
    assert put(root, SALIENCY, json.dumps(content).encode()).saliency() == table(root)
    found = put(root, MEAN_SALIENCY, npz({**maps(root).arrays(), "new": np.zeros(3)})).mean_saliency()
    assert found is not None
    assert found.members == ROSTER


def edited(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], bytes]:
    def make(root: Path) -> bytes:
        content = json.loads(table(root).to_json())
        change(content)
        return json.dumps(content).encode()

    return make


@pytest.mark.parametrize(
    "make",
    [
        lambda root: b"",
        lambda root: b"words",
        lambda root: b"[]",
        edited(lambda found: found.pop("entries")),
        edited(lambda found: found.pop("weights")),
        edited(lambda found: found.update(images=0)),
        edited(lambda found: found.update(unchanged="high")),
        edited(lambda found: found["entries"][0].pop("gain")),
        edited(lambda found: found["entries"][0].update(gain=float("nan"))),
        edited(lambda found: found["entries"][0].update(gain=None)),
        edited(lambda found: found["entries"][0].update(infidelity=None)),
        edited(lambda found: found["entries"][0].update(milliseconds=True)),
        edited(lambda found: found["entries"].append("saliency")),
        edited(lambda found: found["weights"].pop("deep")),
    ],
)
def test_a_damaged_table_is_refused_in_one_sentence(root: Path, make: Callable[[Path], bytes]) -> None:
    found = put(root, SALIENCY, make(root))
    with pytest.raises(ArtifactDamaged) as refusal:
        found.saliency()
    assert str(refusal.value) == f"{root / SALIENCY} does not say how far maps can be believed."
    assert found.check() == [str(refusal.value)]


def with_nan(values: Any) -> Any:
    out = values.copy()
    out[1, 2, 3, 4, 5] = np.nan
    return out


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("maps", lambda values: None),
        ("maps", lambda values: values.astype(np.float64)),
        ("maps", lambda values: values[:, :2]),
        ("maps", lambda values: values[:1]),
        ("maps", with_nan),
        ("counts", lambda values: values[:6]),
        ("counts", lambda values: values - 100),
        ("counts", lambda values: values.astype(np.int32)),
        ("weights", lambda values: values[:2]),
        ("members", lambda values: values[:2]),
        ("methods", lambda values: None),
    ],
)
def test_damaged_mean_maps_are_refused_by_name(root: Path, key: str, change: Callable[[Any], Any]) -> None:
    arrays = maps(root).arrays()
    arrays[key] = change(arrays[key])
    found = put(root, MEAN_SALIENCY, npz({name: value for name, value in arrays.items() if value is not None}))
    with pytest.raises(ArtifactDamaged, match=r"saliency_mean\.npz") as refusal:
        found.mean_saliency()
    assert found.check() == [str(refusal.value)]


def test_what_is_not_a_number_is_not_written(root: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        replace(table(root), entries=(entry("deep", "saliency", float("nan")),)).to_json()
