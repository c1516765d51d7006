"""Members of a user's own: what is read of a file, and what is refused."""

import io
import pickle
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import log_softmax
from fer_core.errors import BadExtra
from fer_core.extra import Limits, read_extra, read_extra_file, template_csv, template_npz
from tests.extra_files import (
    ROWS,
    joining_npz,
    joining_rows,
    other_data,
    ours,
    probabilities,
    table,
    told,
)
from tests.synthetic import npz

HEADER = ["member", "split", "row", *EMOTIONS]
KNOWN = ours()


@pytest.mark.parametrize("suffix", ["", "_logits", "_probabilities"])
def test_members_join_by_the_rows_of_both_splits(suffix: str) -> None:
    said = told(KNOWN)
    form = probabilities if suffix == "_probabilities" else np.asarray
    content = npz(**{f"{split}{suffix}": form(logits) for split, logits in said.items()}, members=np.array(["a", "b"]))
    extra = read_extra(content, "mine.npz", KNOWN)
    assert (extra.members, extra.classes, extra.joins, extra.remarks) == (("a", "b"), EMOTIONS, True, ())
    for split, logits in said.items():
        np.testing.assert_allclose(extra.logits[split], log_softmax(logits), atol=1e-5)
        assert extra.logits[split].dtype == np.float32
        np.testing.assert_array_equal(extra.labels[split], KNOWN.labels[split])


def test_one_member_needs_no_axis_of_its_own_and_takes_the_name_of_the_file() -> None:
    said = {split: logits[0] for split, logits in told(KNOWN).items()}
    assert read_extra(npz(**said), "my net,v2.npz", KNOWN).members == ("my net_v2",)
    assert read_extra(npz(**told(KNOWN)), "net.npz", KNOWN).members == ("net 1", "net 2")


def test_classes_are_put_in_order_by_their_names() -> None:
    order = [3, 0, 6, 1, 5, 2, 4]
    said = told(KNOWN)
    shuffled = {split: logits[:, :, order] for split, logits in said.items()}
    extra = read_extra(npz(**shuffled, classes=np.array([EMOTIONS[c].upper() for c in order])), "a.npz", KNOWN)
    np.testing.assert_allclose(extra.logits["test"], log_softmax(said["test"]), atol=1e-5)


def test_classes_that_stand_in_another_order_are_found_out() -> None:
    order = [3, 0, 6, 1, 5, 2, 4]
    rng = np.random.RandomState(0)
    sure = {
        split: (8 * np.eye(7)[labels] + rng.standard_normal((len(labels), 7)))[None, :, order]
        for split, labels in KNOWN.labels.items()
    }
    with pytest.raises(BadExtra, match=r"the classes of a seem to stand in the order happy, angry, neutral"):
        read_extra(npz(**sure), "a.npz", KNOWN)


def test_splits_that_changed_places_are_found_out() -> None:
    known = ours()
    known.labels["test"] = np.roll(known.labels["valid"], 3)
    said = {split: 8.0 * np.eye(7)[labels] for split, labels in known.labels.items()}
    assert read_extra(npz(**said), "a.npz", known).joins
    with pytest.raises(BadExtra, match=r"a has the rows of PrivateTest where those of PublicTest belong"):
        read_extra(npz(valid=said["test"], test=said["valid"]), "a.npz", known)


def test_a_member_at_chance_is_remarked_on() -> None:
    said = {split: np.zeros((len(labels), 7)) for split, labels in KNOWN.labels.items()}
    assert "less than always saying one class" in read_extra(npz(**said), "a.npz", KNOWN).remarks[0]


@pytest.mark.parametrize("form", ["codes", "names", "bytes"])
def test_labels_that_are_those_of_the_splits_may_be_there(form: str) -> None:
    named = np.array(EMOTIONS)
    forms: dict[str, Any] = {"codes": np.asarray, "names": named.__getitem__, "bytes": named.astype("S9").__getitem__}
    more = {f"{split}_labels": forms[form](own) for split, own in KNOWN.labels.items()}
    assert read_extra(joining_npz(KNOWN, **more), "a.npz", KNOWN).joins


def test_a_csv_says_the_same_as_an_npz() -> None:
    rows = joining_rows(KNOWN)
    np.random.RandomState(0).shuffle(rows)  # type: ignore[arg-type]
    for delimiter in ",;\t":
        extra = read_extra(table(HEADER, rows, delimiter), "a.csv", KNOWN)
        assert (extra.members, extra.joins) == (("svm",), True)
        np.testing.assert_allclose(extra.logits["valid"], told(KNOWN, 1)["valid"], atol=1e-4)
    usages = [[m, {"valid": "PublicTest", "test": "privatetest"}[str(s)], *rest] for m, s, *rest in rows]
    assert read_extra(table([name.title() for name in HEADER], usages), "a.csv", KNOWN).joins


def test_the_byte_order_mark_that_spreadsheets_write_is_no_part_of_a_name() -> None:
    assert read_extra(b"\xef\xbb\xbf" + table(HEADER, joining_rows(KNOWN)), "a.csv", KNOWN).members == ("svm",)


def test_templates_are_read_and_complete() -> None:
    for content in (template_csv(KNOWN).encode(), template_npz(KNOWN)):
        extra = read_extra(content, "template", KNOWN)
        assert (extra.members, extra.joins) == (("mine",), True)
        np.testing.assert_allclose(np.exp(extra.logits["test"]), 1 / 7, atol=1e-6)
    assert len(template_csv(KNOWN, rows=2).splitlines()) == 5


def test_rows_with_labels_of_their_own_stand_alone_in_two_halves() -> None:
    data = other_data()
    extra = read_extra(npz(**data), "digits.npz", KNOWN)
    assert (extra.joins, extra.classes, extra.members) == (False, ("0", "1", "2", "3"), ("m0", "m1", "m2"))
    assert {split: logits.shape for split, logits in extra.logits.items()} == {"valid": (3, 40, 4), "test": (3, 40, 4)}
    assert "Its 80 rows were divided by chance: 40 choose weights and members, 40 score them." in extra.remarks
    for split in ROWS:
        assert np.bincount(extra.labels[split]).tolist() == [10, 10, 10, 10]
    together = np.concatenate([extra.logits["valid"], extra.logits["test"]], axis=1)
    expected = log_softmax(data["logits"]).astype(np.float32)
    assert {row.tobytes() for row in together[0]} == {row.tobytes() for row in expected[0]}
    again = read_extra(npz(**data), "digits.npz", KNOWN)
    np.testing.assert_array_equal(again.logits["test"], extra.logits["test"])


def test_rows_of_their_own_may_say_which_choose_and_which_score() -> None:
    data = other_data()
    split = np.where(np.arange(80) < 50, "valid", "test")
    extra = read_extra(npz(**data, split=split), "digits.npz", KNOWN)
    np.testing.assert_array_equal(extra.labels["test"], data["labels"][50:])
    parts = {"valid": data["logits"][:, :50], "test": data["logits"][:, 50:]}
    named = {"valid_labels": data["labels"][:50], "test_labels": data["labels"][50:]}
    same = read_extra(npz(**parts, **named), "digits.npz", KNOWN)
    np.testing.assert_array_equal(same.logits["valid"], extra.logits["valid"])


@pytest.mark.parametrize("labels", ["floats", "numbers as names", "own numbers", "words"])
def test_labels_may_be_numbers_or_names(labels: str) -> None:
    data = other_data()
    classes = np.array(["ant", "bee", "cat", "dog"])
    given: dict[str, NDArray[Any]] = {
        "floats": data["labels"].astype(float),
        "numbers as names": data["labels"].astype(str),
        "own numbers": 10 * data["labels"] + 5,
        "words": classes[data["labels"]],
    }
    data["labels"] = given[labels]
    if labels == "own numbers":
        data["classes"] = np.array([5, 15, 25, 35])
    if labels == "words":
        data["classes"] = classes
    extra = read_extra(npz(**data), "d.npz", KNOWN)
    assert np.bincount(extra.labels["test"]).tolist() == [10, 10, 10, 10]


def test_zeros_are_raised_so_that_no_logarithm_is_infinite() -> None:
    said = {split: np.eye(7)[labels][None] for split, labels in KNOWN.labels.items()}
    extra = read_extra(npz(**said), "a.npz", KNOWN)
    assert np.isfinite(extra.logits["test"]).all()
    assert np.exp(extra.logits["test"]).min() == pytest.approx(1e-7, rel=0.01)
    with np.errstate(divide="ignore"):
        logs = {f"{split}_logits": np.log(own) for split, own in said.items()}
    same = read_extra(npz(**logs), "a.npz", KNOWN)
    np.testing.assert_allclose(same.logits["test"], extra.logits["test"], atol=1e-5)
    assert extra.remarks
    assert same.remarks


@settings(deadline=None, derandomize=True, max_examples=40)
@given(
    st.integers(1, 4),
    st.integers(2, 12),
    st.integers(20, 60),
    st.sampled_from(["f2", "f4", "f8", ">f4", "i4"]),
    st.booleans(),
)
def test_whatever_is_read_is_what_was_written(members: int, classes: int, rows: int, dtype: str, flip: bool) -> None:
    rng = np.random.RandomState(members * classes * rows)
    logits = np.round(4 * rng.standard_normal((members, rows, classes))).astype(dtype)
    labels = np.concatenate([np.arange(classes), rng.randint(classes, size=max(0, rows - classes))])[:rows]
    values = np.asfortranarray(logits) if flip else logits
    extra = read_extra(npz(logits=values, labels=labels), "x.npz", KNOWN)
    assert {split: own.shape[0] for split, own in extra.logits.items()} == {"valid": members, "test": members}
    assert sum(len(own) for own in extra.labels.values()) == rows
    for logs in extra.logits.values():
        np.testing.assert_allclose(np.exp(logs.astype(float)).sum(axis=2), 1, atol=1e-5)


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
    "an array of objects": (pickled(), "not an NPZ file of plain arrays"),
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
    "six classes": (npz(**{s: x[:, :, 1:] for s, x in told(KNOWN).items()}), "of 7 classes; got"),
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
    "NaN": (spoiled("valid", 7, np.nan), "b says NaN in row 7 of PublicTest"),
    "infinity": (spoiled("test", 3, np.inf), "b says infinity in row 3 of PrivateTest"),
    "a negative probability": (
        spoiled("test", 3, -0.4, "_probabilities"),
        "of b in row 3 of PrivateTest sum",
    ),
    "percents": (npz(**{f"{s}_probabilities": 100 * probabilities(x) for s, x in told(KNOWN).items()}), "sum to 100"),
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
    "a cell too few": (table(HEADER, [*joining_rows(KNOWN), ["svm", "test", 1]]), "line 112: expected 10 cells, got 3"),
    "a word for a number": (off(4, 5, "high"), "line 6: 'high' is no number"),
    "a comma for a point": (table(HEADER, [["a", "test", 0, "0,5", *"000000"]], ";"), "line 2: '0,5' is no number"),
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
    "a column twice": (table(["member", "a", "a"], [["m", 0, 1]]), "needs a header"),
    "a NaN in a table": (off(4, 5, "nan"), "svm says NaN in row 4"),
    "an endless line": (b"x" * 500_000, "needs a header"),
    "an open quote": (table(HEADER, joining_rows(KNOWN)) + b'"' + b"x" * 200_000, "is not a CSV"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_in_one_sentence(name: str) -> None:
    content, words = BAD[name]
    limits = Limits(members=1000, numbers=10**6)
    with pytest.raises(BadExtra, match=words) as caught:
        read_extra(content, "mine.npz", KNOWN, limits=limits)
    said = str(caught.value)
    assert said.startswith("mine.npz")
    assert "\n" not in said
    assert len(said) < 400


def test_a_csv_of_more_than_the_limit_is_refused_before_it_is_read() -> None:
    with pytest.raises(BadExtra, match="holds more than 100 numbers"):
        read_extra(table(HEADER, joining_rows(KNOWN)), "a.csv", KNOWN, limits=Limits(numbers=100))


def test_a_file_is_read_from_disk_as_from_memory(tmp_path: Path) -> None:
    path = tmp_path / "mine.npz"
    path.write_bytes(joining_npz(KNOWN))
    from_disk, from_memory = read_extra_file(path, KNOWN), read_extra(path.read_bytes(), "mine.npz", KNOWN)
    assert from_disk.sha256 == from_memory.sha256
    np.testing.assert_array_equal(from_disk.logits["test"], from_memory.logits["test"])
    for gone in (tmp_path / "gone.npz", tmp_path):
        with pytest.raises(BadExtra, match="cannot be read"):
            read_extra_file(gone, KNOWN)


@pytest.mark.parametrize("kind", ["npz", "csv"])
def test_damage_of_any_kind_is_refused_or_does_no_harm(kind: str) -> None:
    whole = joining_npz(KNOWN) if kind == "npz" else table(HEADER, joining_rows(KNOWN))
    rng = np.random.RandomState(0)
    refused = 0
    for _ in range(300):
        spoilt = bytearray(whole)
        at = rng.randint(len(spoilt) if rng.rand() < 0.5 else 400)
        length = rng.choice([1, 4, 200])
        spoilt[at : at + length] = rng.bytes(rng.choice([0, 1, length]))
        try:
            read_extra(bytes(spoilt), "mine", KNOWN)
        except BadExtra:
            refused += 1
    assert refused > 200
