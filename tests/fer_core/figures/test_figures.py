"""Figures of an ensemble: for any number of classes, with titles that are true."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from fer_core import figures
from fer_core.emotions import COLOURS, EMOTIONS
from fer_core.ensemble import Explorer, Setting, confidence_order, log_softmax
from fer_core.figures import DARK, LIGHT
from fer_core.figures.classes import CELLS, WRITTEN
from fer_core.figures.reliability import reliability
from fer_core.metrics import reliability as sorted_by_confidence
from fer_core.terminology import FER, OTHER
from tests.covering import SCHEMES

SIZES = (7, 2, 10, 40, 150)


def explorer_of(classes: int, members: int = 3, *, equal: bool = False, seed: int = 0) -> Explorer:
    """Return an explorer of made-up members, all the same if they are equal; seven classes are the emotions."""
    rng = np.random.RandomState(seed)
    labels = {split: np.arange(4 * classes + 20) % classes for split in ("valid", "test")}
    logits = {}
    for split, codes in labels.items():
        own = rng.standard_normal((1 if equal else members, len(codes), classes))
        said = 1.2 * own + 2 * np.eye(classes)[codes]
        logits[split] = log_softmax(np.repeat(said, members, axis=0) if equal else said).astype(np.float32)
    names = EMOTIONS if classes == 7 else [f"c{c}" for c in range(classes)]
    return Explorer([f"m{i}" for i in range(members)], logits, labels, classes=names)


def drawn(explorer: Explorer, setting: Setting, ink: figures.Ink = LIGHT) -> dict[str, Any]:
    """Return every figure of a setting by name."""
    outcome, words = explorer.recompute(setting), FER if explorer.classes == EMOTIONS else OTHER
    valid, classes = explorer.part("valid"), explorer.classes
    order = confidence_order(valid.probabilities, valid.labels)[explorer.positions(setting.members)]
    sure = sorted_by_confidence(outcome.decision.shares.max(axis=1), outcome.right)
    return {
        "line": figures.line_of_members(outcome, outcome, ink=ink),
        "recall": figures.recall_change(outcome, classes, ink=ink, words=words),
        "confusion": figures.confusion(outcome, classes, ink=ink, words=words),
        "weights": figures.weights(outcome, classes, ink=ink, words=words),
        "order": figures.confidence_order(order, setting.members, classes, ink=ink, words=words),
        "reliability": reliability(sure, outcome.called, ink=ink, words=words),
    }


def title(figure: Any) -> str:
    return str(figure.layout.title.text)


def said_of(figure: Any) -> str:
    layout = figure.layout
    texts = [title(figure), layout.xaxis.title.text, layout.yaxis.title.text]
    return " ".join(filter(None, [*texts, *(trace.hovertemplate for trace in figure.data)]))


def numbers(text: str) -> list[float]:
    return [float(found.replace("−", "-")) for found in re.findall(r"[+−]?\d+\.?\d*(?=%| points)", text)]


@pytest.mark.parametrize(
    ("classes", "members", "ink"),
    [
        *((classes, (), (LIGHT, DARK)[i % 2]) for i, classes in enumerate(SIZES)),
        (7, ("m1",), DARK),
        (150, ("m1",), LIGHT),
        (2, ("m0", "m2"), DARK),
        (40, ("m0", "m2"), LIGHT),
    ],
)
def test_every_figure_is_drawn_for_any_number_of_classes(
    classes: int, members: tuple[str, ...], ink: figures.Ink
) -> None:
    explorer = explorer_of(classes)
    made = drawn(explorer, Setting(members or explorer.members, "categorical"), ink)
    for figure in made.values():
        assert title(figure)
        assert figure.to_json()
        if classes != 7:
            assert not re.search(r"\b(emotions?|faces?|images?|PrivateTest|PublicTest)\b", said_of(figure))


@pytest.mark.parametrize("classes", SIZES)
def test_members_that_say_the_same_change_nothing(classes: int) -> None:
    explorer = explorer_of(classes, equal=True)
    made = drawn(explorer, Setting(explorer.members))
    assert title(made["recall"]).startswith("No recall changes")
    assert title(made["weights"]).startswith("All members have equal weight")
    assert "above 0 of 3 members" in title(made["line"])


def test_one_member_is_called_by_its_name() -> None:
    made = drawn(explorer_of(10, members=1), Setting(("m0",)))
    assert title(made["line"]) == "m0 is the only member so far"
    assert title(made["weights"]) == "m0 has all the weight"
    assert title(made["reliability"]).startswith(("M0 is overconfident by", "M0 is underconfident by"))


@pytest.mark.parametrize("classes", SIZES)
def test_the_confusion_that_is_named_is_the_most_frequent(classes: int) -> None:
    explorer = explorer_of(classes)
    outcome = explorer.recompute(Setting(explorer.members))
    text = title(drawn(explorer, Setting(explorer.members))["confusion"])
    names = {name: c for c, name in enumerate(explorer.classes)}
    found = re.search(r"(\d+)% of (?:rows of )?(\S+) (?:faces )?are taken for ([^ (]+)", text)
    assert found
    counts = outcome.confusion
    shares = counts / counts.sum(axis=1, keepdims=True)
    share = shares[names[found[2]], names[found[3]]]
    assert share == max(shares[t, p] for t in range(classes) for p in range(classes) if t != p)
    assert found[1] == f"{100 * share:.0f}"


@pytest.mark.parametrize("classes", SIZES)
def test_the_class_that_changes_most_comes_first(classes: int) -> None:
    said = set()
    for seed in range(4):
        explorer = explorer_of(classes, seed=seed)
        worse = [name for name in explorer.members if name != explorer.best_member]
        for members in (explorer.members, *((name,) for name in worse)):
            setting = Setting(members)
            gain = explorer.recompute(setting).recall_gain
            text = title(drawn(explorer, setting)["recall"])
            if gain.max() <= 0:
                assert text.startswith("No ")
                continue
            kind, largest = ("loses", gain.argmin()) if -gain.min() > gain.max() else ("gains", gain.argmax())
            said.add(kind)
            assert text.startswith(f"{explorer.classes[int(largest)].capitalize()} {kind} most: ")
            told = [abs(number) for number in numbers(text)]
            assert told[0] == round(100 * float(abs(gain[largest])), 1)
    assert {"gains", "loses"} <= said, "both kinds of titles are tried"


@pytest.mark.parametrize("classes", SIZES)
def test_many_classes_are_drawn_in_part_and_the_title_says_so(classes: int) -> None:
    explorer = explorer_of(classes)
    made = drawn(explorer, Setting(explorer.members, "categorical"))
    for name in ("confusion", "weights"):
        cells = made[name].data[0]
        assert len(cells.x) == min(classes, CELLS)
        assert (cells.texttemplate is not None) == (classes <= WRITTEN)
        assert (f"of {classes} classes" in title(made[name])) == (classes > CELLS)
    assert set(made["recall"].data[0].y) <= set(explorer.classes)
    assert (len(made["recall"].data[0].y) < classes) == (f"of {classes} classes" in title(made["recall"]))


def test_the_classes_of_which_most_errors_are_made_are_shown() -> None:
    explorer = explorer_of(150)
    counts = explorer.recompute(Setting(explorer.members)).confusion
    wrong = counts.sum(axis=0) + counts.sum(axis=1) - 2 * np.diag(counts)
    shown = drawn(explorer, Setting(explorer.members))["confusion"].data[0].x
    at = [explorer.classes.index(name) for name in shown]
    left = np.delete(wrong, at)
    assert wrong[at].min() >= left.max()


def test_emotions_have_their_colours_and_others_the_accent() -> None:
    def bars(classes: int) -> Sequence[str]:
        explorer = explorer_of(classes)
        return list(drawn(explorer, Setting(explorer.members), DARK)["recall"].data[0].marker.color)

    assert bars(7) == list(COLOURS.values())
    assert set(bars(10)) == {DARK.accent}


def test_reliability_says_how_far_confidence_and_accuracy_differ() -> None:
    rng = np.random.RandomState(0)
    confidence = rng.uniform(0.5, 1, 400)
    for shift, word in ((0.2, "overconfident"), (-0.2, "underconfident")):
        right = rng.uniform(size=400) < np.clip(confidence - shift, 0, 1)
        found = sorted_by_confidence(confidence, right)
        text = title(reliability(found, "the ensemble", ink=LIGHT))
        assert f"{word} by {abs(100 * (confidence.mean() - right.mean())):.1f} points" in text
    even = sorted_by_confidence(np.full(4, 0.5), np.array([True, False, True, False]))
    assert "as confident as it is accurate" in title(reliability(even, "the ensemble", ink=LIGHT))


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_has_its_figures(weighting: str, combiner: str) -> None:
    explorer = explorer_of(4)
    manual = (1.0,) * len(explorer.members) if weighting == "manual" else ()
    for figure in drawn(explorer, Setting(explorer.members, weighting, combiner, manual)).values():
        assert figure.to_json()


def test_every_shape_is_one_that_plotly_knows() -> None:
    assert set(figures.GLYPHS) == set(figures.SYMBOLS)
    assert len(set(figures.SYMBOLS.values())) == len(figures.GLYPHS)
