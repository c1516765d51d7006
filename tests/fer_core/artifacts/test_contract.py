"""Files that are what the manifest says, but not what the contract says."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.artifacts import open_artifacts
from fer_core.errors import ArtifactDamaged, ArtifactMissing
from tests.spoiling import edit_manifest, put, use
from tests.synthetic import ROSTER, npz, write_artifacts


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_artifacts(tmp_path / "artifacts")


def logits_with(**changes: Any) -> bytes:
    rng = np.random.RandomState(0)
    arrays = {
        "logits": rng.standard_normal((3, 300, 7)).astype(np.float32),
        "labels": (np.arange(300) % 7).astype(np.int64),
        "members": np.array(ROSTER),
    }
    return npz(**{key: value for key, value in (arrays | changes).items() if value is not None})


def spoilt(value: float) -> Any:
    logits = np.zeros((3, 300, 7), np.float32)
    logits[1, 17, 3] = value
    return logits


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"members": np.array(("deep", "shallow", "agrawal"))}, "in another order"),
        ({"members": np.array(("deep", "shallow"))}, "other members"),
        ({"members": None}, "other members"),
        ({"logits": spoilt(np.nan)}, "not finite"),
        ({"logits": spoilt(-np.inf)}, "not finite"),
        ({"logits": np.zeros((3, 300, 7))}, "no float32 array 'logits'"),
        ({"logits": np.zeros((2, 300, 7), np.float32)}, r"'logits' has the shape \[2, 300, 7\]"),
        ({"logits": np.zeros((3, 299, 7), np.float32)}, "'logits' has the shape"),
        ({"logits": np.zeros((300, 7), np.float32)}, "'logits' has the shape"),
        ({"logits": None}, "no float32 array 'logits'"),
        ({"labels": np.zeros(300, np.int32)}, "no int64 array 'labels'"),
        ({"labels": np.full(300, 7)}, "label outside 0 to 6"),
        ({"labels": np.full(300, -1)}, "label outside 0 to 6"),
        ({"labels": np.zeros(0, np.int64), "logits": np.zeros((3, 0, 7), np.float32)}, "no image"),
    ],
)
def test_logits_against_the_contract_are_refused_by_name(root: Path, changes: dict[str, Any], words: str) -> None:
    found = put(root, "logits/test.npz", logits_with(**changes))
    with pytest.raises(ArtifactDamaged, match=words) as refusal:
        found.logits("test")
    assert str(root / "logits/test.npz") in str(refusal.value)
    assert str(refusal.value) in found.check()


def test_nothing_is_unpickled(root: Path) -> None:
    found = put(root, "logits/test.npz", logits_with(members=np.array(ROSTER, dtype=object)))
    with pytest.raises(ArtifactDamaged, match=r"test\.npz is not an npz file of plain arrays"):
        found.logits("test")


@pytest.mark.parametrize("content", [b"", b"words", b"PK\x03\x04", b"\x93NUMPY\x01\x00"])
def test_what_is_no_npz_is_refused_by_name(root: Path, content: bytes) -> None:
    found = put(root, "twins.npz", content)
    with pytest.raises(ArtifactDamaged, match=r"twins\.npz is not an npz file"):
        found.twin_index("test")


@pytest.mark.parametrize(
    ("relative", "arrays"),
    [
        ("twins.npz", {"valid_twin": np.zeros(300, np.int64), "test_twin": np.zeros(299, np.int64)}),
        ("twins.npz", {"valid_twin": np.zeros(300, np.int64)}),
        ("ferplus.npz", {"valid": np.zeros((300, 10), np.uint8), "test": np.zeros((300, 9), np.uint8)}),
        ("rows.npz", {"train": np.zeros((5, 64), np.float16), "train_labels": np.zeros(4, np.int64)}),
        ("mean_faces.npz", {"faces": np.zeros((7, 48, 48), np.uint8)}),
    ],
)
def test_derived_files_against_the_contract_are_refused(root: Path, relative: str, arrays: dict[str, Any]) -> None:
    found = put(root, relative, npz(**arrays))
    with pytest.raises(ArtifactDamaged, match=relative):
        use(found, relative)
    assert [relative in problem for problem in found.check()] == [True]


def test_a_file_that_the_manifest_does_not_name_is_not_read(root: Path) -> None:
    edit_manifest(root, lambda found: [found["files"].pop(name) for name in ("twins.npz", "members/deep/card.json")])
    found = open_artifacts(root)
    with pytest.raises(ArtifactMissing, match="is not among the artifacts"):
        found.twin_index("test")
    assert len(found.check()) == 2


def test_misuse_names_the_argument(root: Path) -> None:
    found = open_artifacts(root)
    with pytest.raises(ValueError, match="split: expected 'valid' or 'test', got 'train'"):
        found.logits("train")
    with pytest.raises(ValueError, match="member: expected one of shallow, deep, agrawal, got 'vgg'"):
        found.card("vgg")


def test_the_card_of_another_member_is_refused(root: Path) -> None:
    found = put(root, "members/deep/card.json", (root / "members/shallow/card.json").read_bytes())
    with pytest.raises(ArtifactDamaged, match=r"deep/card\.json is the card of another member, 'shallow'"):
        found.card("deep")
