"""Predictions as other people have them: percent, other names and orders of classes, tables of pandas, chance."""

import io
import itertools
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting, log_softmax
from fer_core.ensemble.analysis.rescues import ballots
from fer_core.ensemble.predictions import predictions_csv
from fer_core.errors import BadExtra
from fer_core.reports.summary import explorer_alone
from fer_core.user_predictions import read_extra
from fer_core.user_predictions.order import by_chance
from tests.bad_extras import HEADER, KNOWN, npy
from tests.extra_files import (
    ROWS,
    joining_rows,
    other_data,
    probabilities,
    table,
    told,
)
from tests.synthetic import npz


@pytest.mark.parametrize("kind", ["all alike", "one class", "shuffled", "of use"])
@pytest.mark.parametrize("joins", [True, False])
def test_a_member_at_chance_is_remarked_on(kind: str, joins: bool) -> None:
    """Whatever its accuracy: one that always says the class of nine rows in ten is right that often."""
    rng = np.random.RandomState(0)
    labels = (
        dict(KNOWN.labels) if joins else {"valid": (np.arange(100) % 10 == 0) * 1, "test": np.arange(100) % 10 // 9}
    )
    classes = 7 if joins else 2
    forms = {
        "all alike": lambda own: np.zeros((len(own), classes)),
        "one class": lambda own: np.tile(-np.eye(classes)[1], (len(own), 1)),
        "shuffled": lambda own: -5 * np.eye(classes)[rng.permutation(own)],
        "of use": lambda own: 3 * np.eye(classes)[own] - rng.rand(len(own), classes),
    }
    said = {f"{split}_logits": forms[kind](own) for split, own in labels.items()}
    more = {} if joins else {f"{split}_labels": own for split, own in labels.items()}
    remarks = read_extra(npz(**said, **more), "a.npz", KNOWN).remarks
    assert any("no clear gain over chance" in remark for remark in remarks) == (kind != "of use")


def test_one_sentence_tells_of_many_members_at_chance() -> None:
    said = {split: np.zeros((9, len(labels), 7)) for split, labels in KNOWN.labels.items()}
    remarks = read_extra(npz(**said), "a.npz", KNOWN).remarks
    assert remarks[0].startswith("9 members are right on PublicTest no more often than chance (a 1, a 2, a 3, ...)")
    assert len(remarks) == 2


def test_classes_of_ones_own_that_changed_places_are_remarked_on() -> None:
    labels = np.arange(120) % 2
    remarks = read_extra(npz(logits=8.0 * np.eye(2)[1 - labels] - 1, labels=labels), "a.npz", KNOWN).remarks
    assert remarks[0] == "a would be right far more often if its classes were in the order 1, 0. Are they?"


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=2, max_size=6))
def test_chance_is_the_mean_over_all_orders(pairs: list[tuple[int, int]]) -> None:
    said, labels = (np.array(one) for one in zip(*pairs, strict=True))
    right = [int((np.array(order) == labels).sum()) for order in itertools.permutations(said.tolist())]
    assert by_chance(said, labels) == pytest.approx((np.mean(right), np.std(right)), abs=1e-6)


@pytest.mark.parametrize("kind", ["", "_probabilities"])
@pytest.mark.parametrize(("times", "digits"), [(100, 6), (100, 0), (100, 1), (1, 2), (1, 3)])
def test_percent_and_rounded_probabilities_are_probabilities(kind: str, times: int, digits: int) -> None:
    """What is read has the log loss of what was meant, but for rounding, not that of logits."""
    meant = {split: probabilities(logits.astype(float)) for split, logits in told(KNOWN, 1).items()}
    said = {f"{split}{kind}": np.round(times * shares, digits) for split, shares in meant.items()}
    extra = read_extra(npz(**said), "a.npz", KNOWN)
    for split, shares in meant.items():
        np.testing.assert_allclose(np.exp(extra.logits[split]), shares, atol=0.02)
    assert any("taken as percent" in remark for remark in extra.remarks) == (times == 100)
    assert any("Rounded" in remark for remark in extra.remarks) == ((times, digits) in ((100, 0), (1, 2)))


def test_percent_that_is_called_logits_is_logits() -> None:
    said = {f"{split}_logits": 100 * probabilities(own.astype(float)) for split, own in told(KNOWN, 1).items()}
    extra = read_extra(npz(**said), "a.npz", KNOWN)
    np.testing.assert_allclose(extra.logits["test"], log_softmax(said["test_logits"]), atol=1e-4)
    rows = [["logits", *row] for row in joining_rows(KNOWN)]
    table_of = read_extra(table(["kind", *HEADER], rows), "a.csv", KNOWN)
    assert np.ptp(table_of.logits["test"]) < 1.01  # shares that are taken for logits say nearly nothing


NAMES = {
    "nouns": ("anger", "disgust", "fear", "happiness", "sadness", "surprise", "neutral"),
    "alphabetical": ("Angry", "Disgusted", "Fearful", "Happy", "Neutral", "Sad", "Surprised"),
    "FER+": ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt"),
    "AffectNet": ("Neutral", "Happiness", "Sadness", "Surprise", "Fear", "Disgust", "Anger", "Contempt"),
    "folded": ("Neutral", "Happiness", "Sadness", "Surprise", "Fear", "Disgust", "Anger", "Contempt=disgust"),
}


@pytest.mark.parametrize("order", NAMES)
@pytest.mark.parametrize("labels", [False, True])
def test_classes_may_have_the_names_and_order_of_other_data_sets(order: str, labels: bool) -> None:
    names = NAMES[order]
    stem = {name[:3].lower(): code for code, name in enumerate(EMOTIONS)} | {"ang": 0, "con": 7}
    meant = {split: probabilities(np.random.RandomState(0).standard_normal((1, len(own), 8)) + 4 * np.eye(8)[own])
             for split, own in KNOWN.labels.items()}  # fmt: skip
    at = [stem[name[:3].lower()] for name in names]
    said: dict[str, Any] = {split: np.log(shares[:, :, at]) for split, shares in meant.items()}
    if labels:
        place = [at.index(code) for code in range(7)]
        said |= {f"{split}_labels": np.array(place)[own] for split, own in KNOWN.labels.items()}
    extra = read_extra(npz(**said, classes=np.array(names)), "a.npz", KNOWN)
    assert (extra.joins, extra.classes) == (True, EMOTIONS)
    for split, shares in meant.items():
        expected = shares[:, :, :7].copy()
        if order == "folded":
            expected[:, :, 1] += shares[:, :, 7]
        expected /= expected.sum(axis=2, keepdims=True)
        np.testing.assert_allclose(np.exp(extra.logits[split]), expected, atol=1e-5)
    assert any("left out" in remark for remark in extra.remarks) == (order in ("FER+", "AffectNet"))


def test_an_order_of_classes_is_called_by_its_name() -> None:
    at = [EMOTIONS.index(name) for name in sorted(EMOTIONS)]
    said = {split: (6.0 * np.eye(7)[labels])[None, :, at] - 1 for split, labels in KNOWN.labels.items()}
    with pytest.raises(BadExtra, match=r"surprise \(the alphabetical order\); expected angry, disgust"):
        read_extra(npz(**said), "a.npz", KNOWN)


@pytest.mark.parametrize("form", ["npy", "unnamed"])
def test_one_array_may_hold_both_splits_one_after_the_other(form: str) -> None:
    said = told(KNOWN)
    whole = np.concatenate([said["valid"], said["test"]], axis=1)
    content = npy(whole) if form == "npy" else npz(arr_0=whole)
    extra = read_extra(content, "a.npy", KNOWN)
    assert extra.joins
    np.testing.assert_allclose(extra.logits["test"], log_softmax(said["test"]), atol=1e-5)
    assert extra.remarks == (
        "Its rows were taken in the order of fer2013.csv: 60 as PublicTest and 50 as PrivateTest.",
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("index", [True, False])
def test_a_table_of_pandas_is_read_with_its_index(encoding: str, index: bool) -> None:
    frame = pd.DataFrame(joining_rows(KNOWN), columns=HEADER)
    extra = read_extra(frame.to_csv(index=index).encode(encoding), "a.csv", KNOWN)
    assert extra.joins
    assert any("taken for an index" in remark for remark in extra.remarks) == index
    np.testing.assert_allclose(extra.logits["valid"], told(KNOWN, 1)["valid"], atol=1e-4)


@pytest.mark.parametrize("sep", [";", "\t", ","])
def test_numbers_may_have_a_decimal_comma(sep: str) -> None:
    frame = pd.DataFrame(joining_rows(KNOWN), columns=HEADER)
    extra = read_extra(frame.to_csv(index=False, sep=sep, decimal=",").encode(), "a.csv", KNOWN)
    np.testing.assert_allclose(extra.logits["valid"], told(KNOWN, 1)["valid"], atol=1e-4)
    bad = re.sub(r"(\d),(\d)", r"\1,0,\2", frame.to_csv(index=False, sep=sep, decimal=","), count=1).encode()
    with pytest.raises(BadExtra, match=r"a\.csv, line 2: '\d,0,\d+' is no number"):
        read_extra(bad, "a.csv", KNOWN)


def test_classes_called_as_columns_are_written_and_read_back() -> None:
    classes = ("row", "label", "Predicted", "class row", "member")
    data = other_data(rows=200, classes=5)
    extra = read_extra(npz(**data, classes=np.array(classes)), "a.npz", KNOWN)
    explorer = explorer_alone(extra)
    text = predictions_csv(explorer, Setting(extra.members))
    found = pd.read_csv(io.StringIO(text))
    assert found.columns.tolist()[3:] == [
        "class row",
        "class label",
        "class Predicted",
        "class class row",
        "class member",
    ]
    assert found["row"].tolist() == list(range(100))
    assert (found["label"] == np.array(classes)[extra.labels["test"]]).all()
    again = read_extra(text.encode(), "again.csv", KNOWN)
    assert again.classes == classes
    votes = pd.read_csv(io.StringIO(ballots(explorer, Setting(extra.members)).to_csv(np.arange(5))))
    assert votes["row"].tolist() == list(range(5))


def test_a_member_called_as_a_column_has_a_column_of_its_own() -> None:
    data = other_data() | {"members": np.array(["row", "member row", "share"])}
    found = ballots(explorer_alone(read_extra(npz(**data), "a.npz", KNOWN)), Setting(("row", "member row", "share")))
    assert (
        found.to_csv(np.arange(2)).splitlines()[0].endswith("say_otherwise,member row,member member row,member share")
    )


@pytest.mark.parametrize(("rows", "classes"), [(20, 10), (20, 20), (41, 7)])
def test_halves_hold_as_many_rows_of_each_class(rows: int, classes: int) -> None:
    extra = read_extra(npz(**other_data(rows=rows, classes=classes)), "a.npz", KNOWN)
    counts = [np.bincount(extra.labels[split], minlength=classes) for split in ROWS]
    assert np.abs(counts[0] - counts[1]).max() <= 1
    assert abs(int(counts[0].sum() - counts[1].sum())) <= 1


@pytest.mark.parametrize("size", [1e5, 1e30, 1e300, 1.7e308])
def test_logits_of_any_size_are_read_and_explored(size: float) -> None:
    labels = np.arange(40) % 2
    values = size * np.where(np.eye(2)[labels] > 0, 1.0, -1.0)
    extra = read_extra(npz(logits=values, labels=labels), "a.npz", KNOWN)
    assert np.isfinite(extra.logits["test"]).all()
    assert explorer_alone(extra).recompute(Setting(extra.members, combiner="mean_log_probability")).accuracy == 1
