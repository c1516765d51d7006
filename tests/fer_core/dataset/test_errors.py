"""Whatever is wrong with a source: one sentence with file and row, exit code 2, and nothing left behind."""

import gzip
import io
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from fer_core.dataset import pack
from tests.dataset_forms import csv_text, encoded, folder, picked, pictures, refused, small_dataset, tar_gz, zipped

DATA = small_dataset()
TEXT = csv_text(DATA)
ROWS = TEXT.decode().splitlines()
FILES = pictures(DATA)
FIRST = sorted(FILES)[0]


def _csv(rows: list[str]) -> Callable[[Path], Path]:
    return _file("fer2013.csv", "\n".join(rows).encode() + b"\n")


def _file(name: str, content: bytes) -> Callable[[Path], Path]:
    def write(at: Path) -> Path:
        (at / name).write_bytes(content)
        return at / name

    return write


def _row(number: int, column: int, value: str) -> Callable[[Path], Path]:
    """Change one cell: rows are counted as the messages count them, the header first."""
    cells = ROWS[number - 1].split(",")
    cells[column] = value
    return _csv([*ROWS[: number - 1], ",".join(cells), *ROWS[number:]])


def _pixels(change: Callable[[list[str]], list[str]]) -> str:
    return " ".join(change(ROWS[8].split(",")[1].split()))


def _without(keep: np.ndarray) -> Callable[[Path], Path]:
    return _file("fer2013.csv", csv_text(picked(DATA, np.flatnonzero(keep))))


def _folder(changed: dict[str, bytes | None]) -> Callable[[Path], Path]:
    files = {name: content for name, content in (FILES | changed).items() if content is not None}
    return lambda at: folder(at / "kaggle", files)


def _zip(changed: dict[str, bytes]) -> Callable[[Path], Path]:
    return lambda at: zipped(at / "archive.zip", FILES | changed)


def _large_png() -> bytes:
    content = io.BytesIO()
    Image.new("1", (12000, 12000)).save(content, "PNG")
    return content.getvalue()


def _deep_png() -> bytes:
    content = io.BytesIO()
    Image.fromarray(np.zeros((48, 48), np.uint16)).save(content, "PNG")
    return content.getvalue()


def _twice(at: Path) -> Path:
    path = zipped(at / "archive.zip", FILES)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(FIRST, FILES[FIRST])
    return path


def _broken_zip(at: Path) -> Path:
    """Damage the content of one picture, so that its checksum does not fit."""
    path = at / "archive.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in FILES.items():
            archive.writestr(name, content)
    content = path.read_bytes()
    path.write_bytes(content.replace(FILES[FIRST], FILES[FIRST][:-20] + bytes(20)))
    return path


def _tar_without_csv(at: Path) -> Path:
    return tar_gz(at / "fer2013.tar.gz", {"fer2013/README": b"x"})


def _tar_with_link(at: Path) -> Path:
    with tarfile.open(at / "fer2013.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo("fer2013/fer2013.csv")
        entry.type, entry.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(entry)
    return at / "fer2013.tar.gz"


def _cut(make: Callable[[Path], Path], share: float) -> Callable[[Path], Path]:
    def write(at: Path) -> Path:
        path = make(at)
        content = path.read_bytes()
        path.write_bytes(content[: int(len(content) * share)])
        return path

    return write


GZ = _file("fer2013.csv.gz", gzip.compress(TEXT))
WRONG: dict[str, tuple[Callable[[Path], Path], str]] = {
    "not there": (lambda at: at / "fer2013.csv", "fer2013.csv does not exist."),
    "unknown form": (_file("faces.parquet", b"x"), "faces.parquet is no form of FER-2013"),
    "empty": (_file("fer2013.csv", b""), "no column 'emotion' in its first row, which reads: nothing"),
    "header alone": (_csv(ROWS[:1]), "fer2013.csv holds no images."),
    "wrong column": (
        _csv(["emotion,image,Usage", *ROWS[1:]]),
        "no column 'pixels' in its first row, which reads: emot",
    ),
    "no header": (_csv(ROWS[1:]), "no column 'emotion' in its first row"),
    "binary": (_file("fer2013.csv", bytes(range(256)) * 9), "no column 'emotion' in its first row"),
    "cut off CSV": (_file("fer2013.csv", TEXT[:99_999]), "found 2; is the file cut off?"),
    "cut off in the split": (_file("fer2013.csv", TEXT[:-6]), "row 85: the usage 'Privat' is none of Training,"),
    "cut off gzip": (_cut(GZ, 0.5), "fer2013.csv.gz is damaged or cut off after row "),
    "damaged gzip": (_file("fer2013.csv.gz", gzip.compress(TEXT)[:-8] + bytes(8)), "damaged or cut off after row 85."),
    "gzip with a tail": (_file("fer2013.csv.gz", gzip.compress(TEXT) + b"tail"), "damaged or cut off after row 85."),
    "few columns": (_csv([*ROWS[:4], "3,1 2 3"]), "row 5: expected 3 columns, found 2."),
    "emotion 7": (_row(5, 0, "7"), "row 5: the emotion '7' is not a code from 0 to 6."),
    "emotion by another name": (_row(5, 0, "bored"), "row 5: the emotion 'bored' is not a code from 0 to 6."),
    "emotion of many digits": (_row(5, 0, "1" * 5000), "row 5: the emotion '11111111111111111111' is not a code"),
    "emotion in control characters": (_row(5, 0, "\x1b[2J"), "row 5: the emotion '?[2J' is not a code"),
    "unknown split": (_row(5, 2, "Test"), "row 5: the usage 'Test' is none of Training, PublicTest, PrivateTest."),
    "few pixels": (_row(9, 1, _pixels(lambda p: p[:-1])), "row 9: expected 2304 pixels, found 2303."),
    "many pixels": (_row(9, 1, _pixels(lambda p: [*p, "1"])), "row 9: expected 2304 pixels, found 2305."),
    "no pixels": (_row(9, 1, ""), "row 9: expected 2304 pixels, found 0."),
    "pixel 256": (_row(9, 1, _pixels(lambda p: [*p[:-1], "256"])), "row 9: the pixel 256 is outside 0 to 255."),
    "pixel -1": (_row(9, 1, _pixels(lambda p: ["-1", *p[1:]])), "row 9: the pixel '-1' is outside 0 to 255."),
    "huge pixel": (
        _row(9, 1, _pixels(lambda p: ["9" * 30, *p[1:]])),
        "row 9: the pixel 99999999999999999999 is outside",
    ),
    "pixel wraps": (
        _row(9, 1, _pixels(lambda p: [str(2**64 + 1), *p[1:]])),
        "row 9: the pixel 18446744073709551617 is",
    ),
    "no number": (_row(9, 1, _pixels(lambda p: [*p[:7], "x1", *p[8:]])), "row 9: the pixel 'x1' is not a number."),
    "fraction": (_row(9, 1, _pixels(lambda p: [*p[:-1], "1.5"])), "row 9: the pixel '1.5' is not a number."),
    "number with a tail": (_row(9, 1, _pixels(lambda p: [*p[:-1], "12a"])), "row 9: the pixel '12a' is not a number."),
    "null byte": (_row(9, 1, _pixels(lambda p: [*p[:-1], "12\0"])), "row 9: the pixel '12?' is not a number."),
    "endless row": (_csv([*ROWS[:3], "1," + "0 " * 20_000]), "row 4: more than FER-2013 can hold"),
    "no PrivateTest": (_without(DATA.usage != "PrivateTest"), "no image of the split PrivateTest"),
    "no disgust": (_without(DATA.labels != 1), "no image of the class disgust in the split Training"),
    "no sad in PublicTest": (
        _without((DATA.labels != 4) | (DATA.usage != "PublicTest")),
        "no image of the class sad in the split PublicTest",
    ),
    "no tar": (_file("fer2013.tar.gz", gzip.compress(b"x" * 2000)), "fer2013.tar.gz is damaged or cut off"),
    "cut off tar": (
        _cut(lambda at: tar_gz(at / "f.tar.gz", {"fer2013.csv": TEXT}), 0.5),
        "f.tar.gz is damaged or cut off",
    ),
    "tar without a CSV": (_tar_without_csv, "fer2013.tar.gz holds no fer2013.csv or icml_face_data.csv."),
    "tar with a link": (_tar_with_link, "fer2013.tar.gz holds no fer2013.csv"),
    "no zip": (_file("archive.zip", b"PK\x03\x04 no"), "archive.zip is cut off or is not a zip file."),
    "cut off zip": (_cut(_zip({}), 0.5), "archive.zip is cut off or is not a zip file."),
    "damaged zip": (_broken_zip, f"archive.zip, {FIRST} is damaged or encrypted."),
    "damaged CSV in a zip": (
        lambda at: _flipped(zipped(at / "archive.zip", {"fer2013.csv": TEXT})),
        "archive.zip, fer2013.csv is damaged or cut off",
    ),
    "empty zip": (lambda at: zipped(at / "archive.zip", {}), "neither a CSV of FER-2013 nor pictures"),
    "empty folder": (
        lambda at: folder(at, {"kaggle/readme.txt": b""}) / "kaggle",
        "neither a CSV of FER-2013 nor pict",
    ),
    "climbing path": (_zip({"../../train/angry/Training_1.png": b"x"}), "Training_1.png leads out of the archive"),
    "climbing Windows path": (_zip({"a\\..\\..\\angry\\Training_1.png": b"x"}), "leads out of the archive"),
    "absolute path": (_zip({"/train/angry/Training_1.png": b"x"}), "Training_1.png leads out of the archive"),
    "one name twice": (_twice, "archive.zip holds one picture twice"),
    "nested copy": (_folder({f"copy/{FIRST}": FILES[FIRST]}), "kaggle holds one picture twice"),
    "no prefix": (
        _folder({"test/angry/im0.png": FILES[FIRST]}),
        "im0.png does not say whether it is of Training, Publ",
    ),
    "unknown class": (
        _folder({"train/bored/Training_1.png": FILES[FIRST]}),
        "is in the folder 'bored', which is none of",
    ),
    "no class": (_folder({"Training_1.png": FILES[FIRST]}), "is in the folder '', which is none of angry"),
    "corrupt PNG": (_folder({FIRST: FILES[FIRST][:300]}), f"{FIRST} is not a readable JPEG or PNG picture."),
    "corrupt JPEG": (
        _folder({"train/angry/Training_1.jpg": encoded(DATA.images[0], "JPEG")[:700]}),
        "train/angry/Training_1.jpg is not a readable JPEG or PNG picture.",
    ),
    "text as a picture": (_zip({FIRST: b"hello"}), f"{FIRST} is not a readable JPEG or PNG picture."),
    "empty picture": (_folder({FIRST: b""}), f"{FIRST} is not a readable JPEG or PNG picture."),
    "GIF as a picture": (_folder({FIRST: encoded(DATA.images[0], "GIF")}), f"{FIRST} is not a readable JPEG or PNG"),
    "wrong size": (_folder({FIRST: encoded(DATA.images[0][:40])}), f"{FIRST} has 48x40 pixels, not 48x48."),
    "pixel bomb": (_folder({FIRST: _large_png()}), f"{FIRST} has 12000x12000 pixels, not 48x48."),
    "16 bits": (_folder({FIRST: _deep_png()}), f"{FIRST} is not an 8-bit picture"),
    "large file": (_folder({FIRST: bytes(300_000)}), f"{FIRST}: more than FER-2013 can hold"),
    "zip bomb": (_zip({FIRST: bytes(50_000_000)}), f"{FIRST}: more than FER-2013 can hold"),
}


def _flipped(path: Path) -> Path:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    return path


@pytest.fixture(autouse=True)
def _no_artifacts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(tmp_path / "no-artifacts"))


@pytest.mark.parametrize("case", WRONG)
def test_wrong_sources_are_refused(
    case: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    make, sentence = WRONG[case]
    source, out = make(tmp_path), tmp_path / "out" / "fer2013.npz"
    said = refused(monkeypatch, capsys, source, "--out", out)
    assert sentence in said
    assert str(source) in said
    assert not out.parent.exists()


def test_the_source_that_all_this_breaks_is_right(tmp_path: Path) -> None:
    for make in (_csv(ROWS), GZ, _folder({}), _zip({})):
        assert len(pack(make(tmp_path), tmp_path / "out.npz").labels) == len(DATA.labels)
