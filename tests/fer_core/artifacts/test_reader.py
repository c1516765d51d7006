"""The artifact contract: what a reader takes, and what it refuses by name."""

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core.artifacts import Manifest, default_root, open_artifacts, replace
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.errors import ArtifactDamaged, ArtifactError, ArtifactMissing, ArtifactTooNew, FerError
from tests import ROOT
from tests.spoiling import edit_manifest, put, use
from tests.synthetic import ROSTER, artifact_files, write_artifacts

FILES = sorted(artifact_files())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("made") / "artifacts")


@pytest.fixture
def root(made: Path, tmp_path: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(made, tmp_path / "artifacts"))


# What a whole tree gives


def test_everything_reads_back(made: Path) -> None:
    found = open_artifacts(made)
    assert found.manifest.members == ROSTER
    assert found.manifest.classes == EMOTIONS
    assert sorted(found.manifest.files) == FILES
    assert found.check() == []
    for split in ("valid", "test"):
        cached = found.logits(split)
        assert (cached.logits.shape, cached.logits.dtype) == ((3, 300, 7), np.float32)
        assert (cached.labels.shape, cached.labels.dtype) == ((300,), np.int64)
        assert cached.members == ROSTER
        assert set(cached.labels) == set(range(7))
        for m, name in enumerate(ROSTER):
            accuracy = float((cached.logits[m].argmax(axis=1) == cached.labels).mean())
            assert found.cards[name].accuracy(split) == accuracy
            assert 0.55 <= accuracy <= 0.70
        assert (found.twin_index(split).shape, found.twin_index(split).dtype) == ((300,), np.int64)
        assert 0 < (found.twin_index(split) >= 0).sum() < 100
        assert (found.ferplus(split).shape, found.ferplus(split).dtype) == ((300, 10), np.uint8)
    assert set(found.rows()) == {key for name in SPLITS for key in (name, f"{name}_labels")}
    assert (found.mean_faces().shape, found.mean_faces().dtype) == ((8, 48, 48), np.uint8)
    assert [row.epoch for row in found.history("deep")] == list(range(1, 9))
    assert found.path("members/deep/model.safetensors").is_file()


def test_the_same_content_has_the_same_fingerprint_and_other_content_another(made: Path, tmp_path: Path) -> None:
    same = open_artifacts(write_artifacts(tmp_path / "same"))
    other = open_artifacts(write_artifacts(tmp_path / "other", seed=1))
    assert same.fingerprint == open_artifacts(made).fingerprint != other.fingerprint


def test_json_is_sorted_indented_and_ends_with_a_newline(made: Path) -> None:
    for path in (made / "manifest.json", made / "members" / "deep" / "card.json"):
        text = path.read_bytes().decode()
        assert text == json.dumps(json.loads(text), indent=2, sort_keys=True) + "\n"


def test_the_environment_names_the_folder(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(made))
    assert open_artifacts().root == made
    monkeypatch.delenv("FER_ARTIFACTS")
    assert default_root() == ROOT / "artifacts"


def test_unknown_keys_and_files_are_ignored(root: Path) -> None:
    (root / "notes.txt").write_text("mine")
    known = json.loads((root / "members/deep/card.json").read_bytes())
    put(root, "members/deep/card.json", json.dumps(known | {"mood": "good"}).encode())
    edit_manifest(root, lambda found: found.update(colour="blue"))
    edit_manifest(root, lambda found: found["scorings"][0].update(weather="fine"))
    found = open_artifacts(root)
    assert found.check() == []
    assert found.card("deep").name == "deep"


def test_a_folder_reads_through_a_relative_path_and_a_link(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    assert open_artifacts(Path()).check() == []
    (root.parent / "link").symlink_to(root)
    assert open_artifacts(root.parent / "link").check() == []


# Damage


@pytest.mark.parametrize("relative", FILES)
@pytest.mark.parametrize("place", [0.0, 0.5, 1.0])
def test_a_flipped_byte_is_refused_by_name(root: Path, relative: str, place: float) -> None:
    content = bytearray((root / relative).read_bytes())
    content[int(place * (len(content) - 1))] ^= 1
    (root / relative).write_bytes(content)
    found = open_artifacts(root)
    with pytest.raises(ArtifactDamaged, match="SHA-256") as refusal:
        use(found, relative)
    assert str(root / relative) in str(refusal.value)
    assert [str(root / relative) in problem for problem in found.check()] == [True]


@pytest.mark.parametrize("relative", FILES)
def test_a_missing_file_is_named(root: Path, relative: str) -> None:
    (root / relative).unlink()
    found = open_artifacts(root)
    with pytest.raises(ArtifactMissing) as refusal:
        use(found, relative)
    assert str(root / relative) in str(refusal.value)
    assert [str(root / relative) in problem for problem in found.check()] == [True]


def test_a_truncated_and_an_unreadable_file_are_named(root: Path) -> None:
    (root / "twins.npz").write_bytes((root / "twins.npz").read_bytes()[:-10])
    (root / "rows.npz").unlink()
    (root / "rows.npz").mkdir()
    found = open_artifacts(root)
    with pytest.raises(ArtifactDamaged, match=r"twins\.npz"):
        found.twin_index("valid")
    with pytest.raises(ArtifactDamaged, match=r"rows\.npz cannot be read"):
        found.rows()
    assert len(found.check()) == 2


def test_a_flipped_byte_of_the_manifest_never_gives_other_figures(root: Path) -> None:
    """What still opens with all files right differs in words alone: the protocol's, the log's, or white space."""
    content = (root / "manifest.json").read_bytes()
    whole, rng = open_artifacts(root).manifest, np.random.RandomState(0)
    opened = 0
    for at in rng.choice(len(content), 120, replace=False):
        flipped = bytearray(content)
        flipped[at] ^= 1 << rng.randint(7)
        (root / "manifest.json").write_bytes(flipped)
        try:
            found = open_artifacts(root)
        except ArtifactError as error:
            assert "manifest.json" in str(error)  # noqa: PT017 - not every flip is refused
            continue
        if not found.check():
            opened += 1
            assert (found.manifest.members, found.manifest.files) == (whole.members, whole.files)
    assert opened < 60


def test_artifacts_replaced_after_they_were_opened_are_told_from_damaged_ones(root: Path) -> None:
    found = open_artifacts(root)
    write_artifacts(root, members=("deep",), seed=1)
    for relative in ("logits/test.npz", "members/shallow/card.json"):
        with pytest.raises(ArtifactError, match="was replaced while it was being read") as refusal:
            found.read(relative) if "logits" in relative else found.card("shallow")
        assert type(refusal.value) is ArtifactError


# The manifest


def test_a_newer_schema_is_refused_by_name(root: Path) -> None:
    edit_manifest(root, lambda found: found.update(schema=2, members={"of": "another kind"}))
    with pytest.raises(ArtifactTooNew, match=r"manifest\.json has schema 2, this program reads up to 1"):
        open_artifacts(root)


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "1"},
        {"schema": True},
        {"schema": None},
        {"members": "deep"},
        {"members": [1, 2, 3]},
        {"members": []},
        {"members": ["deep", "deep", "agrawal"]},
        {"members": ["../deep", "shallow", "agrawal"]},
        {"classes": list(EMOTIONS[::-1])},
        {"files": ["rows.npz"]},
        {"protocol": None},
        {"scorings": {}},
        {"scorings": [{"date": "2026-01-02"}]},
        {"scorings": ["2026-01-02"]},
    ],
)
def test_a_manifest_of_another_form_is_refused_by_name(root: Path, change: dict[str, Any]) -> None:
    edit_manifest(root, lambda found: found.update(change))
    with pytest.raises(ArtifactDamaged, match=r"manifest\.json"):
        open_artifacts(root)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"schema": 1}'])
def test_a_manifest_that_is_none_is_refused_by_name(root: Path, content: bytes) -> None:
    (root / "manifest.json").write_bytes(content)
    with pytest.raises(ArtifactDamaged, match=r"manifest\.json"):
        open_artifacts(root)


@pytest.mark.parametrize(
    "path",
    [
        "../secret",
        "/etc/passwd",
        "a/../../b",
        "..\\secret",
        "C:/secret",
        "C:secret",
        "",
        ".",
        "a//b",
        "./a",
        "a/",
        "a\0b",
    ],
)
def test_a_path_that_leads_outside_or_is_not_plain_is_refused(root: Path, path: str) -> None:
    edit_manifest(root, lambda found: found["files"].update({path: "0" * 64}))
    with pytest.raises(ArtifactDamaged, match="names a file outside artifacts"):
        open_artifacts(root)


def test_no_artifacts_says_how_to_get_them(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for root in (tmp_path / "none", tmp_path, tmp_path / "file", tmp_path / "file" / "below"):
        (tmp_path / "artifacts").mkdir(exist_ok=True)
        with pytest.raises(ArtifactMissing):
            open_artifacts(root)
    with pytest.raises(ArtifactMissing, match="python -m fer_core collect"):
        open_artifacts(tmp_path / "artifacts")


def test_a_missing_manifest_is_named(root: Path) -> None:
    (root / "manifest.json").unlink()
    with pytest.raises(ArtifactMissing, match=r"manifest\.json is missing; restore"):
        open_artifacts(root)


# The writer keeps the contract


def test_a_manifest_that_no_reader_would_take_is_not_put_in_place(root: Path) -> None:
    before = open_artifacts(root).fingerprint
    with pytest.raises(FerError):
        replace(root, lambda staging: Manifest(("../deep",), EMOTIONS))
    assert open_artifacts(root).fingerprint == before


def test_what_desktops_leave_behind_is_not_taken_into_the_manifest(root: Path) -> None:
    for name in (".DS_Store", "members/Thumbs.db"):
        (root / name).write_bytes(b"litter")
    whole = open_artifacts(root).manifest
    replace(root, lambda staging: whole)
    assert open_artifacts(root).manifest == whole


def test_how_many_images_there_are_is_known_without_reading_logits(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = open_artifacts(made)
    monkeypatch.setattr(type(found), "logits", lambda *asked, **more: pytest.fail("logits were read"))
    assert len(found.twin_index("valid")) == 300
    assert len(found.ferplus("test")) == 300
