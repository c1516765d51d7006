"""Files that hold no predictions, or wrong ones, and what is said of each."""

import io
import pickle
import zipfile
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from tests.extra_files import joining_npz, joining_rows, other_data, ours, probabilities, table, told
from tests.synthetic import npz

HEADER = ["member", "split", "row", *EMOTIONS]
KNOWN = ours()


def bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("logits.npy", "w") as entry:
        np.lib.format.write_array(entry, np.zeros((3, 2000, 7000), np.float32))
    return content.getvalue()


def lying() -> bytes:
    """Return an NPZ whose array promises far more numbers than it has."""
    content, array = io.BytesIO(), io.BytesIO()
    header = {"descr": "<f8", "fortran_order": False, "shape": (10**6, 10**6, 10)}
    np.lib.format.write_array_header_1_0(array, header)
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("logits.npy", array.getvalue() + bytes(800))
    return content.getvalue()


def pickled() -> bytes:
    content = io.BytesIO()
    np.savez(content, logits=np.array([{"a": 1}], dtype=object))
    return content.getvalue()


def changed(**more: Any) -> bytes:
    return npz(**{key: value for key, value in (other_data() | more).items() if value is not None})


def off(at: int, column: int, value: object) -> bytes:
    rows = joining_rows(KNOWN)
    rows[at][column] = value
    return table(HEADER, rows)


def spoiled(split: str, row: int, value: float, suffix: str = "") -> bytes:
    said = told(KNOWN)
    if suffix:
        said = {name: probabilities(own).astype(np.float32) for name, own in said.items()}
    said[split][1, row, 2] = value
    return npz(**{f"{name}{suffix}": own for name, own in said.items()}, members=np.array(["a", "b"]))


def npy(array: NDArray[Any]) -> bytes:
    content = io.BytesIO()
    np.save(content, array)
    return content.getvalue()


def archive(name: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(name, "text")
    return content.getvalue()


def percent_but(total: float) -> bytes:
    said = {split: 100 * probabilities(logits.astype(float)) for split, logits in told(KNOWN, 1).items()}
    said["valid"][0, 5] *= total / 100
    return npz(**said, members=np.array(["a"]))


def shares() -> NDArray[Any]:
    return probabilities(other_data()["logits"])


TRUNCATED = joining_npz(KNOWN)[:-200]
BAD: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "is empty"),
    "words": (b"hello", "needs a header"),
    "words in lines": (b"hello\nworld\n", "needs a header"),
    "binary": (bytes(range(256)) * 20, "neither NPZ nor CSV"),
    "nulls": (b"\0" * 5000, "needs a header"),
    "a pickle": (pickle.dumps({"logits": [1]}), "neither NPZ nor CSV"),
    "an array of objects": (pickled(), "'logits' holds Python objects, which are never unpickled"),
    "a zip of nothing": (b"PK\x05\x06" + bytes(18), "needs a header"),
    "a cut NPZ": (TRUNCATED, "is not an NPZ file, or it is damaged"),
    "a zip of text": (npz()[:0] + bomb()[:40], "is not an NPZ file"),
    "a bomb": (bomb(), "holds more than"),
    "an array that lies": (lying(), "not an NPZ file of plain arrays"),
    "other arrays": (npz(weights=np.ones(3), bias=np.ones(3)), "holds no predictions: expected 'valid' and 'test'"),
    "predictions twice": (changed(probabilities=np.ones((3, 80, 4)) / 4), "holds predictions twice"),
    "a split twice": (
        joining_npz(KNOWN, valid_logits=told(KNOWN)["valid"]),
        "twice: valid, valid_log",
    ),
    "one split alone": (npz(valid=told(KNOWN)["valid"]), "so it needs 60 rows of PublicTest"),
    "a row too few": (
        joining_npz(KNOWN, test=told(KNOWN)["test"][:, 1:]),
        "60 of PublicTest and 49 of Pri",
    ),
    "six classes": (
        npz(**{s: x[:, :, 1:] for s, x in told(KNOWN).items()}),
        "has predictions of 6 classes; expected 7: angry, ",
    ),
    "members that differ": (joining_npz(KNOWN, test=told(KNOWN)["test"][:1]), "both splits need the same members"),
    "a flat array": (npz(valid=np.zeros(60), test=np.zeros(50)), "'valid' needs the shape"),
    "four axes": (changed(logits=np.zeros((1, 2, 80, 4))), "'logits' needs the shape"),
    "no member": (changed(logits=np.zeros((0, 80, 4)), members=None), "0 members; expected 1 to"),
    "no row": (changed(logits=np.zeros((3, 0, 4)), labels=np.zeros(0, int)), "has 0 rows"),
    "few rows": (changed(logits=np.zeros((3, 9, 4)), labels=np.zeros(9, int)), "has 9 rows; at least 20"),
    "one class": (changed(logits=np.zeros((3, 80, 1))), "has 1 classes"),
    "many classes": (changed(logits=np.zeros((3, 80, 1001))), "1,001 classes; expected 2 to 1,000"),
    "names too few": (changed(members=np.array(["a", "b"])), "of 3 members and 2 names"),
    "names twice": (changed(members=np.array(["a", "b", "a"])), "two members called a"),
    "an empty name": (changed(members=np.array(["a", "", "b"])), "a member is called ''"),
    "a hostile name": (changed(members=np.array(["a", "<script>", "b"])), "a member is called '<script>'"),
    "a name with a comma": (changed(members=np.array(["a", "b,c", "d"])), "a member is called 'b,c'"),
    "a long name": (changed(members=np.array(["a", "b" * 41, "d"])), "a member is called 'bbb"),
    "a name that is taken": (changed(members=np.array(["a", "deep", "d"])), "called deep, which is taken"),
    "the name of nobody": (changed(members=np.array(["a", "none", "d"])), "called none, which is taken"),
    "names of numbers of floats": (changed(members=np.array([0.5, 1.5, 2.5])), "'members' needs to be a list of names"),
    "classes too few": (changed(classes=np.array(["a", "b"])), "of 4 classes and 2 names"),
    "classes twice": (changed(classes=np.array(["a", "b", "a", "c"])), "two classes called a"),
    "a class with a line break": (changed(classes=np.array(["a", "b\n", "c", "d"])), "a class is called 'b\\\\n'"),
    "no labels": (changed(labels=None), "has no labels, so it needs 60 rows of PublicTest"),
    "labels too few": (changed(labels=np.arange(40) % 4), "80 rows and labels of the shape"),
    "a label too large": (changed(labels=np.arange(80) % 5), "the label of row 4 is 4; expected 0 to 3"),
    "a negative label": (changed(labels=np.arange(80) % 4 - 1), "the label of row 0 is -1"),
    "half labels": (changed(labels=np.arange(80) / 2), "labels need to be whole numbers"),
    "labels of nothing": (changed(labels=np.full(80, np.nan)), "labels need to be whole numbers"),
    "strange labels": (changed(labels=np.array(["x"] * 80)), "the label of row 0 is 'x'; expected one of 0, 1, 2, 3"),
    "labels in a table": (changed(labels=np.zeros((80, 4))), "labels of the shape"),
    "split of another length": (changed(split=np.array(["valid"] * 79)), "'split' needs one of"),
    "strange split": (changed(split=np.array(["train"] * 80)), "'split' says 'train'"),
    "one split of its own": (changed(split=np.array(["valid"] * 80)), "has rows of valid alone; both"),
    "NaN": (spoiled("valid", 7, np.nan), "b gives NaN in row 7 of PublicTest"),
    "infinity": (spoiled("test", 3, np.inf), "b gives infinity in row 3 of PrivateTest"),
    "a negative probability": (
        spoiled("test", 3, -0.4, "_probabilities"),
        "b gives row 3 of PrivateTest a probability of -0.4, below 0",
    ),
    "numbers that sum to more": (changed(logits=None, probabilities=2 * shares() / 3), "sum to 0.6667, not to 1"),
    "sigmoids": (
        npz(**{s: 1 / (1 + np.exp(-x)) for s, x in told(KNOWN).items()}),
        "between 0 and 1 but does not sum",
    ),
    "complex numbers": (changed(logits=np.zeros((3, 80, 4), complex)), "predictions have to be numbers, got complex"),
    "members in no alphabet": (changed(members=np.array([b"a", b"\xff", b"c"])), "'members' needs to be text"),
    "labels in no alphabet": (changed(labels=np.array([b"\xff"] * 80)), "labels need to be text or numbers"),
    "splits in no alphabet": (changed(split=np.array([b"\xff"] * 80)), "'split' says"),
    "members in a record": (changed(members=np.zeros(3, [("a", int)])), "'members' needs to be a list of names"),
    "labels in a record": (changed(labels=np.zeros(80, [("a", int)])), "labels need to be one list"),
    "dates": (changed(logits=np.zeros((3, 80, 4), "M8[s]")), "predictions have to be numbers"),
    "text for numbers": (changed(logits=np.full((3, 80, 4), "x")), "predictions have to be numbers"),
    "rows in another order": (
        joining_npz(KNOWN, **{f"{s}_labels": own[::-1].copy() for s, own in KNOWN.labels.items()}),
        "other labels or another order",
    ),
    "a header alone": (table(HEADER, []), "a header and no line"),
    "a cell too few": (
        table(HEADER, [*joining_rows(KNOWN), ["svm", "test", 1]]),
        "line 112: there is no number for angry",
    ),
    "a word for a number": (off(4, 5, "high"), "line 6: 'high' is no number"),
    "a comma for one point": (
        table(HEADER, [["a", "test", 0, "0,5", "0.5", *"00000"]], ";"),
        "line 2: '0,5' is no number",
    ),
    "a strange split in a table": (off(4, 1, "train"), "line 6: split is 'train'"),
    "a row twice": (table(HEADER, [*joining_rows(KNOWN), joining_rows(KNOWN)[3]]), "has row 3 of svm twice"),
    "a row that one has not": (
        table(HEADER, [*joining_rows(KNOWN), *(["b", *row[1:]] for row in joining_rows(KNOWN)[1:])]),
        "not every member has row 0",
    ),
    "a member in one split": (
        table(HEADER, [*joining_rows(KNOWN), *(["b", *row[1:]] for row in joining_rows(KNOWN)[:60])]),
        "has no line of b for PrivateTest",
    ),
    "a cell too many": (table(HEADER, [*joining_rows(KNOWN), [*joining_rows(KNOWN)[0], 1]]), "112: expected 10 cells"),
    "cells too many": (table(HEADER, [[*joining_rows(KNOWN)[0], 1, 2, 3]]), "expected 10 cells, got more"),
    "a column twice": (table(["member", "a", "a"], [["m", 0, 1]]), "has two columns called a"),
    "a class called row": (table(["row", "row", "a", "b"], [[0] * 4]), "a class of that name is called 'class row'"),
    "a strange kind": (table(["kind", "a", "b"], [["odds", 1, 2]]), "line 2: kind is 'odds'; expected logits or prob"),
    "a column without a name": (table(["", "a", "b"], [["x", 1, 2]]), "column 1 has no name and is no index"),
    "objects for members": (
        npz(**told(KNOWN), members=np.array(["a", "b"], dtype=object)),
        "'members' holds Python objects, which are never unpickled; save it as text",
    ),
    "a spreadsheet": (archive("xl/workbook.xml"), "is a ZIP of 'xl/workbook.xml' and the like"),
    "Parquet": (b"PAR1" + bytes(50), "is Parquet; save predictions as NPZ or CSV"),
    "a packed table": (b"\x1f\x8b" + bytes(50), "is packed; save predictions as"),
    "an array of one split": (npy(told(KNOWN)["valid"]), "has no labels, so it needs 60 rows of PublicTest"),
    "an array of objects alone": (npy(np.array([{}])), "its array holds Python objects"),
    "half an array": (npy(told(KNOWN)["valid"])[:200], "is not an NPY file of a plain array, or it is damaged"),
    "another emotion": (
        joining_npz(KNOWN, classes=np.array(["calm", *EMOTIONS[1:]])),
        "a class called 'calm', which is none of FER-2013's: angry, disgust",
    ),
    "an emotion twice": (
        joining_npz(KNOWN, classes=np.array(["angry", "anger", *EMOTIONS[2:]])),
        "has two classes for angry: angry, anger",
    ),
    "eight classes without names": (
        npz(**{s: x[:, :, [*range(7), 0]] for s, x in told(KNOWN).items()}),
        "name them in",
    ),
    "percent but for one row": (percent_but(83.0), "a sums to 100 in most rows, but to 83 in row 5 of PublicTest"),
    "counts": (npz(**{s: np.eye(7)[y][None] * 10 for s, y in KNOWN.labels.items()}), "sums to 10 in every row; divide"),
    "negated logarithms": (
        npz(**{s: -np.log(probabilities(x)) for s, x in told(KNOWN).items()}),
        "net 1|mine 1 says negated logarithms of probabilities",
    ),
    "shares below zero": (
        npz(**{s: 1.4 * probabilities(x) - 0.4 / 7 for s, x in told(KNOWN).items()}),
        "sums to 1 in every row, but goes down to -0.0",
    ),
    "a NaN in a table": (off(4, 5, "nan"), "svm gives NaN in row 4"),
    "an endless line": (b"x" * 500_000, "needs a header"),
    "an open quote": (table(HEADER, joining_rows(KNOWN)) + b'"' + b"x" * 200_000, "is not a CSV"),
}
