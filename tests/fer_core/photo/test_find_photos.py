"""The photos that a command line names."""

import os
import re
from pathlib import Path

import pytest
from PIL import Image

from fer_core.errors import PhotoError
from fer_core.photo.copies import LONGEST_NAME, mark, shortened
from fer_core.photo.find_photos import SUFFIXES, find_photos


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
    return [path.as_posix() for path in find_photos(list(named)).paths]


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
        find_photos([name])
    others = find_photos(["photo10.jpg", name, "photo2.JPG"])
    assert [path.name for path in others.paths] == ["photo10.jpg", "photo2.JPG"]
    assert [given for given, _ in others.problems] == [name]
    assert re.search(sentence, others.problems[0][1])


def test_links_to_folders_are_no_way_round(folder: Path) -> None:
    """Two links to the folder that they are in double what `**` finds at each of forty levels."""
    for link in ("one", "two"):
        (folder / "below" / link).symlink_to(".")
    assert names("**/*.heic") == names("below/**/*.heic") == names("below/**") == ["below/deep/a.heic"]
    assert names("below") == ["below/deep/a.heic"]
    assert names(f"{folder}/**/*.JPG") == [f"{folder.as_posix()}/photo2.JPG"]


def test_a_pipe_that_nobody_fills_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "pipe.jpg")
    assert find_photos([".", "pipe.jpg", "/dev/null"]).problems == (
        ("pipe.jpg", "pipe.jpg is a pipe or a device; name a file."),
        ("/dev/null", "/dev/null is a pipe or a device; name a file."),
    )


def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By a made-up refusal, since an administrator may look into all."""
    scan = os.scandir

    def refusing(path: str) -> object:
        if Path(path).name == "deep":
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refusing)
    below = os.path.join("below", "deep")
    with pytest.raises(PhotoError, match=r"below.deep cannot be looked into: Permission denied\.$"):
        find_photos([below])
    found = find_photos(["."])
    assert len(found.paths) == 3
    assert [problem for _, problem in found.problems] == [f"./{below} cannot be looked into: Permission denied."]


def test_copies_that_were_drawn_here_are_no_photos(folder: Path) -> None:
    picture = Image.new("RGB", (30, 30))
    picture.save(folder / "mine.faces.png", pnginfo=mark("0" * 64))
    picture.save(folder / "other.faces.png")
    before = ["below/deep/a.heic", "other.faces.png", "photo2.JPG", "photo2²3.png", "photo10.jpg"]
    assert names(".") == before
    assert names("*.faces.png") == ["other.faces.png"]
    assert names("mine.faces.png") == ["mine.faces.png"]


def test_a_name_is_cut_to_what_disks_take() -> None:
    for letter in ("n", "ü", "\udcff", "😀"):
        name = shortened(letter * 245, ".faces-2.png")
        assert 190 < len(os.fsencode(name)) <= LONGEST_NAME
        assert name.endswith(f"{letter}.faces-2.png")
    assert shortened("a", ".png") == "a.png"
