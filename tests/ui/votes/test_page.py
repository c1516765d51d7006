"""The page Rescued and broken through Streamlit's own test runner: its numbers, computed here from the files alone."""

import io
import re
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binomtest

from fer_core.emotions import COLOURS, EMOTIONS
from fer_core.format import p_value
from tests.covering import SCHEMES
from tests.pages import choice_of, number, press, ran
from tests.spoiling import edit_manifest, put
from tests.synthetic import COLUMN_OF, ROSTER, VOTES, artifact_files, npz
from tests.votes_page import (
    CARD,
    GLYPHS,
    Truth,
    arrays,
    counts,
    figure,
    first_page,
    page_range,
    said,
    shown,
    table,
    use,
    use_shared,
    votes_page,
)
from ui.votes.choice import SHOWN
from ui.votes.wording import NO_CROWD

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def test_the_headline_is_rescued_minus_broken(root: Path) -> None:
    at, truth = votes_page(), Truth(root)
    rescued, broken = len(truth.rescued), len(truth.broken)
    assert rescued > SHOWN
    assert broken > 0
    assert number(at) == f"{rescued - broken:+}".replace("-", "−")
    p = p_value(float(binomtest(rescued, rescued + broken).pvalue))
    assert f"{rescued} rescued, {broken} broken, exact McNemar p {p}</span>" in said(at)
    assert "fixed without looking at PrivateTest" in said(at)
    everyone = (truth.votes == truth.labels).all(axis=0).sum()
    assert f"<em>every member right</em><strong>{everyone}</strong>" in said(at)
    nobody = (truth.votes != truth.labels).all(axis=0).sum()
    assert f"<em>no member right</em><strong>{nobody}</strong>" in said(at)


def test_what_was_picked_with_the_test_set_in_view_is_exploratory(root: Path) -> None:
    assert ", exploratory</span>" in said(votes_page(members="shallow,agrawal", weights="accuracy"))
    assert "its figures are optimistic" in said(votes_page(on="valid"))


@pytest.mark.parametrize(("kind", "word"), [("rescued", "rescued"), ("broke", "broken")])
def test_the_images_of_a_kind_are_shown_in_order(root: Path, kind: str, word: str) -> None:
    at, truth = votes_page(kind=kind), Truth(root)
    rows = getattr(truth, word)
    assert list(shown(at)) == first_page(rows)
    assert page_range(at) == f"1 to {min(SHOWN, len(rows))} of {len(rows)}"
    for row, body in shown(at).items():
        assert CARD.findall(body) == [(str(row), word)]
        assert f"FER-2013's label</dt><dd>{EMOTIONS[truth.labels[row]]}</dd>" in body
        share = f"{100 * truth.mean[row].max():.0f}"
        assert f"the ensemble says</dt><dd>{EMOTIONS[truth.decided[row]]} {share}%</dd>" in body


def test_a_card_shows_every_vote_and_tells_wrong_ones_by_words_and_frames(root: Path) -> None:
    at, truth = votes_page(kind="all"), Truth(root)
    for row, body in shown(at).items():
        lines = re.findall(r'<li class="(\w+)" style="--c:(#\w+);--t:#\w+"><span>(\w+)</span>(.*?)</li>', body)
        found = {
            emotion: (kind, re.findall(r'title="(\w+) says (\w+), (\w+)"', marks)) for kind, _, emotion, marks in lines
        }
        assert {emotion: colour for _, colour, emotion, _ in lines} == {e: COLOURS[e] for e in found}
        label = EMOTIONS[truth.labels[row]]
        assert found[label][0] == "label"
        cast = {name: emotion for _, marks in found.values() for name, emotion, _ in marks}
        assert cast == {name: EMOTIONS[vote] for name, vote in zip(ROSTER, truth.votes[:, row], strict=True)}
        for emotion, (kind, marks) in found.items():
            assert kind == ("label" if emotion == label else "other")
            assert all(verdict == ("right" if emotion == label else "wrong") for _, _, verdict in marks)
        assert all(f'aria-hidden="true">{glyph}</i>' in body for glyph in GLYPHS.values())
        most = [len(marks) for _, marks in found.values()]
        assert most == sorted(most, reverse=True)


def test_the_crowd_is_told_in_words(root: Path) -> None:
    at, cast = votes_page(kind="all"), arrays(root, "ferplus.npz")["test"]
    names = {COLUMN_OF[code]: EMOTIONS[code] for code in range(7)} | {7: "contempt", 8: "unknown", 9: "not a face"}
    assert [VOTES[column] for column in (7, 8, 9)] == ["contempt", "unknown", "NF"]
    for row, body in shown(at).items():
        words = re.findall(r"<p>The crowd: (.*?)</p>", body)[0]
        told = {name: int(votes) for votes, name in (part.split(" ", 1) for part in words.split(", "))}
        assert told == {names[column]: int(votes) for column, votes in enumerate(cast[row]) if votes}
        assert list(told.values()) == sorted(told.values(), reverse=True)


def test_twins_are_named_and_can_be_left_out(root: Path) -> None:
    at, twin = votes_page(kind="all"), arrays(root, "twins.npz")["test_twin"]
    labels = arrays(root, "rows.npz")["train_labels"]
    seen = 0
    for start in range(0, 48, SHOWN):
        at = votes_page(kind="all", start=str(start))
        for row, body in shown(at).items():
            seen += twin[row] >= 0
            sentence = f"is in Training: row {twin[row]}, labelled {EMOTIONS[labels[twin[row]]]}."
            assert (sentence in body) == (twin[row] >= 0)
    assert seen > 0
    at = votes_page(kind="all", twins="without")
    assert list(shown(at)) == first_page(np.flatnonzero(twin < 0))
    assert "is in Training" not in said(at)


def test_the_matrix_counts_what_fits_and_a_link_opens_a_cell(root: Path) -> None:
    truth = Truth(root)
    at = votes_page(kind="all", true="fear", taken="sad", dissent="1")
    expected = np.zeros((7, 7), int)
    for label, decided, dissent in zip(truth.labels, truth.decided, truth.dissent, strict=True):
        expected[label, decided] += dissent >= 1
    assert (counts(at) == expected).all()
    rows = [
        row
        for row in range(len(truth.labels))
        if (truth.labels[row], truth.decided[row]) == (2, 4) and truth.dissent[row] >= 1
    ]
    assert list(shown(at)) == first_page(rows)
    widths = np.array(figure(at)["data"][0]["marker"]["line"]["width"]).reshape(7, 7)
    assert np.argwhere(widths).tolist() == [[2, 4]]
    top = np.argwhere(expected == expected.max())
    name = " taken for ".join(EMOTIONS[code] for code in top[0]) if len(set(top[0])) == 2 else EMOTIONS[top[0][0]]
    if len(top) == 1:
        assert figure(at)["layout"]["title"]["text"].startswith(f"Disputed most often: {name}")
        assert f"({expected.max()} images)" in figure(at)["layout"]["title"]["text"]


def test_the_title_tells_the_largest_share_of_a_row(root: Path) -> None:
    text = figure(votes_page(kind="all"))["layout"]["title"]["text"]
    truth = Truth(root)
    share = {
        f"{EMOTIONS[t]} faces are taken for {EMOTIONS[p]}": ((truth.labels == t) & (truth.decided == p)).sum()
        / (truth.labels == t).sum()
        for t in range(7)
        for p in range(7)
        if t != p
    }
    percent, words = text.split("% of ")
    assert float(percent) == pytest.approx(100 * max(share.values()), abs=0.5)
    assert share[words] == max(share.values())


def test_the_hardest_come_first(root: Path) -> None:
    at, truth = votes_page(kind="hardest"), Truth(root)
    right = (truth.votes == truth.labels).sum(axis=0)
    order = sorted(range(300), key=lambda row: (right[row], truth.mean[row, truth.labels[row]], row))
    assert list(shown(at)) == order[:SHOWN]


def test_pages_are_turned_and_another_filter_goes_back_to_the_first(root: Path) -> None:
    at = press(votes_page(kind="all"), "Next")
    assert page_range(at) == "13 to 24 of 300"
    assert list(shown(at)) == list(range(12, 24))
    assert choice_of(at).to_query()["start"] == "12"
    at = press(press(at, "Next"), "Previous")
    assert page_range(at) == "13 to 24 of 300"
    at.slider(key="control_votes_dissent").set_value(1)
    ran(at)
    assert page_range(at).startswith("1 to 12 of ")
    assert "start" not in choice_of(at).to_query()
    at.selectbox(key="control_votes_true").set_value("sad")
    ran(at)
    truth = Truth(root)
    rows = np.flatnonzero((truth.labels == 4) & (truth.dissent >= 1))
    assert list(shown(at)) == first_page(rows)
    at = press(at, "Any")
    assert at.selectbox(key="control_votes_true").value == "any"
    assert list(shown(at)) == first_page(np.flatnonzero(truth.dissent >= 1))
    at.segmented_control(key="control_votes_kind").set_value("broke")
    assert list(shown(ran(at))) == first_page([row for row in truth.broken if truth.dissent[row] >= 1])


def test_a_link_beyond_the_end_shows_the_last_page(root: Path) -> None:
    at = votes_page(kind="all", start="9000", dissent="0")
    assert page_range(at) == "289 to 300 of 300"
    assert next(button for button in at.button if button.label == "Next").disabled
    at = votes_page(dissent="900", kind="all")
    assert at.slider(key="control_votes_dissent").value == 3


def test_nothing_that_fits_is_said(root: Path) -> None:
    at = votes_page(kind="rescued", true="sad", taken="fear")
    assert not shown(at)
    assert page_range(at) == "0 of 0"
    assert "No image fits: loosen a filter." in said(at)
    press(at, "Show all images")
    assert page_range(at) == "1 to 12 of 300"


def test_the_best_member_alone_rescues_nothing(root: Path) -> None:
    best = ROSTER[Truth(root).best]
    at = votes_page(members=best)
    assert number(at) == "0"
    assert f"{best} alone, the best member" in said(at)
    assert f"{best} alone rescues and breaks nothing" in said(at)
    assert figure(at)["layout"]["title"]["text"] == "No image to show here"
    assert shown(votes_page(members=best, kind="all"))


def test_another_member_alone_is_named_beside_the_best_that_is_off(root: Path) -> None:
    truth = Truth(root)
    best, other = ROSTER[truth.best], ROSTER[truth.best - 1]
    at = votes_page(members=other, kind="broke")
    assert "which is off" in said(at)
    rows = np.flatnonzero((truth.votes[truth.best] == truth.labels) & (truth.votes[truth.best - 1] != truth.labels))
    assert list(shown(at)) == first_page(rows)
    for row, body in shown(at).items():
        assert f"{best}, off, says {EMOTIONS[truth.votes[truth.best, row]]}." in body
        assert f"{other} says</dt>" in body


def test_equal_members_rescue_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    files = artifact_files()
    same = {}
    for split in ("valid", "test"):
        found = dict(np.load(io.BytesIO(files[f"logits/{split}.npz"])))
        found["logits"][:] = found["logits"][0]
        same[f"logits/{split}.npz"] = npz(**found)
    use_shared(monkeypatch, instead=same)
    at = votes_page()
    assert number(at) == "0"
    assert "0 rescued, 0 broken, exact McNemar p 1" in said(at)
    assert "No image fits: choose another kind of images." in said(at)
    at = votes_page(kind="all", dissent="1")
    assert "No image fits" in said(at)


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_is_served(root: Path, weighting: str, combiner: str) -> None:
    at = votes_page(weights=weighting, combine=combiner, manual="0,1,2", on="valid", kind="all")
    assert counts(at).sum() == 300
    assert len(shown(at)) == SHOWN


def test_nothing_chosen_is_said(root: Path) -> None:
    assert number(votes_page(members="none")) == "–"


def test_without_votes_the_page_says_so_and_shows_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = use(tmp_path, monkeypatch)
    (root / "ferplus.npz").unlink()
    edit_manifest(root, lambda manifest: manifest["files"].pop("ferplus.npz"))
    at = votes_page()
    assert NO_CROWD in said(at)
    assert "The crowd" not in said(at)
    assert len(shown(at)) == SHOWN
    assert "crowd" not in table(at)[0]


def test_damaged_votes_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(use(tmp_path, monkeypatch), "ferplus.npz", b"spoiled")
    assert "ferplus.npz" in votes_page().info[0].value
