"""Commands find the data set by --data, FER2013_PATH and data/fer2013.npz, and pack a public form once."""

import importlib
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from fer_core.dataset import Dataset, find, load, load_any, pack
from fer_core.errors import DatasetError, DatasetMissing
from tests import ROOT
from tests.dataset_forms import csv_text, folder, gz, known_rows, picked, pictures, same, small_dataset, votes_text

MODULE = importlib.import_module("fer_core.dataset.find")  # its name is that of the function too
DATA = small_dataset()
OTHER = small_dataset(seed=5)


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stand in an empty folder, with a cache folder of its own and nothing in the environment."""
    monkeypatch.delenv("FER2013_PATH", raising=False)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    def path(name: str, *, ensure_exists: bool) -> Path:
        (tmp_path / "cache").mkdir(exist_ok=ensure_exists)
        return tmp_path / "cache"

    monkeypatch.setattr(MODULE, "user_cache_path", path)
    return tmp_path / "cache"


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the list of sources that are read, as they are."""
    done: list[Path] = []
    assemble = MODULE.assemble

    def counted(source: Path, **options: object) -> Dataset:
        done.append(source)
        return assemble(source, **options)  # type: ignore[no-any-return]

    monkeypatch.setattr(MODULE, "assemble", counted)
    return done


def written(path: Path, dataset: Dataset = DATA) -> Path:
    path.write_bytes(csv_text(dataset))
    return path


def test_the_order_of_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    third = small_dataset(seed=6)
    pack(written(tmp_path / "c.csv", third), Path("data/fer2013.npz"))
    assert same(find(), third)
    monkeypatch.setenv("FER2013_PATH", str(written(tmp_path / "b.csv", OTHER)))
    assert same(find(), OTHER)
    assert same(find(written(tmp_path / "a.csv")), DATA)
    monkeypatch.setenv("FER2013_PATH", "")
    assert same(find(), third)


def test_missing_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DatasetMissing, match=r"msambare/fer2013.*--data.*FER2013_PATH.*python -m fer_core data SOURCE"):
        find()
    with pytest.raises(DatasetMissing, match=r"nowhere\.csv does not exist"):
        find(Path("nowhere.csv"))
    with pytest.raises(DatasetMissing, match=r"nowhere\.npz does not exist"):
        find(Path("nowhere.npz"))
    monkeypatch.setenv("FER2013_PATH", "nowhere")
    with pytest.raises(DatasetMissing, match="FER2013_PATH names a data set, but nowhere does not exist"):
        find()


def test_home_in_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    written(tmp_path / "fer2013.csv")
    monkeypatch.setenv("FER2013_PATH", "~/fer2013.csv")
    assert same(find(), DATA)


def test_a_public_form_is_packed_once(tmp_path: Path, cache: Path, reads: list[Path]) -> None:
    source = gz(tmp_path / "fer2013.csv.gz", csv_text(DATA))
    assert same(find(source), DATA)
    assert same(find(source), DATA)
    assert reads == [source]
    assert len(list(cache.glob("*.npz"))) == 1


def _touch(source: Path) -> None:
    os.utime(source, ns=(1, 1))


def _votes(source: Path) -> None:
    (source.parent / "fer2013new.csv").write_bytes(votes_text(DATA))


def _damage(source: Path) -> None:
    packed = next((source.parent / "cache").glob("*.npz"))
    packed.write_bytes(packed.read_bytes()[:1000])


@pytest.mark.parametrize("change", [_touch, _votes, _damage])
def test_packed_anew_when_something_changed(
    change: Callable[[Path], None], tmp_path: Path, cache: Path, reads: list[Path]
) -> None:
    source = written(tmp_path / "fer2013.csv")
    find(source)
    change(source)
    found = find(source)
    assert len(reads) == 2
    assert (found.votes is not None) == (change is _votes)
    assert len(list(cache.glob("*.npz"))) == 1, "the old one is gone"
    find(source)
    assert len(reads) == 2


def test_a_change_deep_in_a_folder_is_seen(tmp_path: Path, reads: list[Path]) -> None:
    files = pictures(DATA)
    source = folder(tmp_path / "kaggle", files)
    assert len(find(source).labels) == len(DATA.labels)
    (source / sorted(files)[0]).unlink()
    assert len(find(source).labels) == len(DATA.labels) - 1
    assert len(reads) == 2


def test_known_rows_have_a_pack_of_their_own(tmp_path: Path, cache: Path, reads: list[Path]) -> None:
    source = folder(tmp_path / "kaggle", pictures(DATA))
    assert not find(source).ordered
    assert np.array_equal(find(source, known=known_rows(DATA)).rows, DATA.rows)
    assert not find(source).ordered
    assert find(source, known=known_rows(DATA)).ordered
    assert len(reads) == 2
    assert len(list(cache.glob("*.npz"))) == 2


def test_a_packed_set_is_put_in_order_once_the_rows_are_known(tmp_path: Path) -> None:
    pack(folder(tmp_path / "kaggle", pictures(DATA)), tmp_path / "a.npz")
    assert not load(tmp_path / "a.npz").ordered
    assert same(find(tmp_path / "a.npz", known=known_rows(DATA)), DATA)
    shuffled = picked(DATA, np.random.RandomState(0).permutation(len(DATA.labels)))
    pack(written(tmp_path / "b.csv", shuffled), tmp_path / "b.npz")
    assert same(find(tmp_path / "b.npz", known=known_rows(DATA)), DATA)
    with pytest.raises(DatasetError, match="is not FER-2013"):
        find(tmp_path / "b.npz", known=known_rows(OTHER))


def test_votes_beside_pictures_without_order_are_left_alone(tmp_path: Path) -> None:
    source = folder(tmp_path / "kaggle", pictures(DATA) | {"fer2013new.csv": votes_text(DATA)})
    assert find(source).votes is None
    assert find(source, known=known_rows(DATA)).votes is not None
    assert load_any(source, known=known_rows(DATA)).votes is not None


def test_wrong_source_leaves_nothing_in_the_cache(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "fer2013.csv").write_bytes(csv_text(DATA)[:9999])
    with pytest.raises(DatasetError, match="row 3"):
        find(tmp_path / "fer2013.csv")
    assert [path.name for path in cache.iterdir() if path.suffix != ".lock"] == []


def test_a_cache_that_cannot_be_written_costs_time_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = written(tmp_path / "fer2013.csv")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    assert same(find(source), DATA)

    def refused(*_: object, **__: object) -> Path:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(MODULE, "user_cache_path", refused)
    assert same(find(source), DATA)


@pytest.mark.skipif(sys.platform != "linux", reason="the cache folder is moved by XDG_CACHE_HOME")
def test_two_processes_at_once_pack_once(tmp_path: Path) -> None:
    source = written(tmp_path / "fer2013.csv")
    program = """
import importlib, sys, time
from pathlib import Path
module = importlib.import_module("fer_core.dataset.find")
read = module.assemble
def slow(*arguments, **options):
    print("read", flush=True)
    time.sleep(0.5)
    return read(*arguments, **options)
module.assemble = slow
print(len(module.find(Path(sys.argv[1])).labels))
"""
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "xdg"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program, str(source)]
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    printed = sorted(process.communicate(timeout=60)[0].split() for process in both)
    assert printed == [["84"], ["read", "84"]]
    assert len(list((tmp_path / "xdg").rglob("*.npz"))) == 1
