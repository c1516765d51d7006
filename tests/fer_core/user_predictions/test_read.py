"""Members of a user's own: what is read of a file, and what is refused."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import log_softmax
from fer_core.errors import BadExtra
from fer_core.user_predictions import Limits, read_extra, read_extra_file, template_csv, template_npz
from tests.bad_extras import BAD, HEADER, KNOWN, npy
from tests.examples import examples
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
    with pytest.raises(BadExtra, match=r"the classes of a seem to be in the order happy, angry, neutral"):
        read_extra(npz(**sure), "a.npz", KNOWN)


def test_splits_that_changed_places_are_found_out() -> None:
    known = ours()
    known.labels["test"] = np.roll(known.labels["valid"], 3)
    said = {split: 8.0 * np.eye(7)[labels] for split, labels in known.labels.items()}
    assert read_extra(npz(**{f"{split}_logits": own for split, own in said.items()}), "a.npz", known).joins
    with pytest.raises(BadExtra, match=r"a has the rows of PrivateTest where those of PublicTest belong"):
        read_extra(npz(valid_logits=said["test"], test_logits=said["valid"]), "a.npz", known)


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
    assert "Its 80 rows were divided at random: 40 choose weights and members, 40 score them." in extra.remarks
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


@examples(40)
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


@pytest.mark.parametrize("kind", ["npz", "csv", "npy"])
@pytest.mark.filterwarnings("ignore:Reading `.npy` or `.npz` file required additional header parsing:UserWarning")
def test_damage_of_any_kind_is_refused_or_does_no_harm(kind: str) -> None:
    whole = joining_npz(KNOWN) if kind == "npz" else table(HEADER, joining_rows(KNOWN))
    if kind == "npy":
        whole = npy(np.concatenate(list(told(KNOWN).values()), axis=1))
    rng = np.random.RandomState(0)
    refused = 0
    for _ in range(300):
        spoilt = bytearray(whole)
        at = rng.randint(len(spoilt) if rng.rand() < (0.1 if kind == "npy" else 0.5) else 400)
        length = rng.choice([1, 4, 200])
        spoilt[at : at + length] = rng.bytes(rng.choice([0, 1, length]))
        try:
            read_extra(bytes(spoilt), "mine", KNOWN)
        except BadExtra:
            refused += 1
    assert refused > 200
