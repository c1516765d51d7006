"""The photos that a command line names."""

from pathlib import Path

import pytest

from fer_core.errors import PhotoError
from fer_core.faces.find_photos import SUFFIXES, find_photos


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    names = (
        "photo10.jpg",
        "photo2.JPG",
        "photo2²3.png",
        "notes.txt",
        "below/deep/a.heic",
        ".hidden.jpg",
        "._photo2.JPG",
    )
    for name in (*names, "below/.thumbnails/b.jpg", "no photos/notes.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def names(*named: str) -> list[str]:
    return [path.as_posix() for path in find_photos(list(named))]


def test_a_folder_gives_all_photos_below_it_as_people_count(folder: Path) -> None:
    assert names(".") == ["below/deep/a.heic", "photo2.JPG", "photo2²3.png", "photo10.jpg"]
    assert names(str(folder)) == [(folder / name).as_posix() for name in names(".")]
    assert names("below") == ["below/deep/a.heic"]


def test_every_format_is_looked_for(tmp_path: Path) -> None:
    for suffix in SUFFIXES:
        (tmp_path / f"a{suffix.upper()}").touch()
    assert len(names(str(tmp_path))) == len(SUFFIXES)


def test_a_named_file_is_taken_whatever_it_is_called(folder: Path) -> None:
    assert names("notes.txt", ".hidden.jpg") == ["notes.txt", ".hidden.jpg"]


def test_patterns_match_files_in_order(folder: Path) -> None:
    assert names("*.jpg", "p*.JPG") == ["photo10.jpg", "photo2.JPG"]
    assert names("**/*.heic") == ["below/deep/a.heic"]
    (folder / "a[1].jpg").touch()
    assert names("a[1].jpg") == ["a[1].jpg"]  # a file of that very name comes before the pattern


def test_each_photo_comes_once_where_it_is_named_first(folder: Path) -> None:
    assert names("photo10.jpg", "*.jpg", ".", "below/../photo10.jpg")[0] == "photo10.jpg"
    assert len(names("photo10.jpg", "*.jpg", ".", "below/../photo10.jpg", str(folder / "photo2.JPG"))) == 4


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.jpg", "none.jpg does not exist."),
        ("*.webp", r"\*.webp matches no file."),
        ("be*", r"be\* matches no file."),
        ("no photos", "no photos holds no photo."),
        ("a" * 300, "a does not exist."),
        ("", "does not exist"),
    ],
)
def test_a_name_that_leads_to_nothing_is_said(folder: Path, name: str, sentence: str) -> None:
    with pytest.raises(PhotoError, match=sentence):
        find_photos(["photo10.jpg", name])
