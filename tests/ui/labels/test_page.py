"""The page Labels through Streamlit's own test runner: its numbers, computed here from the files alone."""

import io
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import COMBINERS, Explorer, Setting
from fer_core.metrics import mcnemar
from fer_core.reports.summary import explorer_of
from tests.covering import SCHEMES
from tests.own_members import alone, joining, opened_with
from tests.pages import choice_of, headline, number, opened, ran, titles, use, use_shared
from tests.spoiling import edit_manifest
from tests.synthetic import COLUMN_OF, NINE, VOTES, artifact_files, npz
from tests.ui.limits.test_page import crowd_of
from tests.ui.limits.test_page import votes as doubtful

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")
FIGURES = 4


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch, instead={"ferplus.npz": doubtful()})


def page(**query: str) -> AppTest:
    return opened("labels", **query)


def html(at: AppTest) -> str:
    return unescape(headline(at))


def fact(at: AppTest, name: str) -> str:
    found = re.search(rf"<em>{re.escape(name)}</em><strong>([^<]*)<", html(at))
    assert found, html(at)
    return found[1]


def known(root: Path) -> tuple[Explorer, Any, Any, Any]:
    """Return the explorer, and labels, plurality and whether nine of ten name one emotion, of PrivateTest."""
    explorer = explorer_of(open_artifacts(root))
    plurality, agreed = crowd_of(root)
    return explorer, explorer.part("test").labels, np.array(plurality), np.array(agreed) & (np.array(plurality) >= 0)


def test_the_label_counts_at_first(root: Path) -> None:
    at, (explorer, labels, plurality, _) = page(), known(root)
    outcome = explorer.recompute(Setting(NAMES))
    assert number(at) == f"{100 * outcome.accuracy:.1f}"
    assert fact(at, "images") == "300"
    assert fact(at, "without an answer") == "0"
    leads = plurality >= 0
    assert fact(at, "label is crowd's, %") == f"{100 * (plurality == labels)[leads].mean():.1f}"
    assert len(titles(at)) == FIGURES


@pytest.mark.parametrize("agreed", [False, True])
def test_the_crowds_first_answer_counts_where_there_is_one(root: Path, agreed: bool) -> None:
    at, (explorer, labels, plurality, sure) = page(truth="plurality", agreed="yes" if agreed else "no"), known(root)
    decided = explorer.decide(Setting(NAMES)).labels
    best = explorer.decide(Setting((explorer.best_member,))).labels
    here = plurality >= 0
    here &= sure if agreed else True
    assert 0 < here.sum() < 300
    right = (decided == plurality)[here]
    assert number(at) == f"{100 * right.mean():.1f}"
    assert fact(at, "images") == str(here.sum())
    assert fact(at, "without an answer") == str(300 - here.sum())
    assert fact(at, f"{explorer.best_member}, %") == f"{100 * (best == plurality)[here].mean():.1f}"
    assert fact(at, "p, exploratory") == f"{mcnemar(right, (best == plurality)[here]).p:.2g}"
    differ = here & (plurality != labels)
    crowd, label = (decided == plurality)[differ].mean(), (decided == labels)[differ].mean()
    assert titles(at)[1].startswith(
        f"Where they differ: {100 * crowd:.0f}% with the crowd, {100 * label:.0f}% the label"
    )
    said = next(caption.value for caption in at.caption if "another emotion" in caption.value)
    assert f"on {differ.sum()} of {here.sum()} images" in said
    counts = {}
    for pair in zip(labels[differ].tolist(), plurality[differ].tolist(), strict=True):
        counts[pair] = counts.get(pair, 0) + 1
    assert f"{max(counts.values())} images" in titles(at)[2]


def test_the_crowds_shares_are_a_cross_entropy(root: Path) -> None:
    at, (explorer, *_) = page(truth="distribution", twins="without"), known(root)
    part, shares = explorer.part("test", twins=False), explorer.decide(Setting(NAMES, twins=False)).shares
    votes = np.load(root / "ferplus.npz")["test"][part.images][:, COLUMN_OF].astype(float)
    some = votes.sum(axis=1) > 0
    crowd = votes[some] / votes[some].sum(axis=1, keepdims=True)
    losses = -(crowd * np.log(shares[some])).sum(axis=1)
    assert number(at) == f"{losses.mean():.3f}"
    assert fact(at, "images") == str(some.sum())
    entropy = -np.where(crowd > 0, crowd * np.log(np.where(crowd > 0, crowd, 1)), 0).sum(axis=1).mean()
    assert fact(at, "crowd's entropy") == f"{entropy:.3f}"
    assert fact(at, "divergence") == f"{losses.mean() - entropy:.3f}"
    half = 1.96 * losses.std(ddof=1) / np.sqrt(some.sum())
    assert fact(at, "95% interval, nats") == f"{losses.mean() - half:.3f} to {losses.mean() + half:.3f}"


def test_who_leads_is_said_for_label_and_crowd(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first member says the label, the second the crowd's answer, the third neither."""
    rng = np.random.RandomState(0)
    labels, shift = np.arange(300) % 7, rng.randint(1, 3, 300)
    crowd, votes = (labels + shift) % 7, np.zeros((300, len(VOTES)), np.uint8)
    votes[np.arange(300), np.array(COLUMN_OF)[crowd]] = 10
    said = np.stack([labels, crowd, (labels + 5) % 7])
    logits = (3 * np.eye(7)[said]).astype(np.float32)
    parts = {f"logits/{s}.npz": npz(logits=logits, labels=labels, members=np.array(NAMES)) for s in ("valid", "test")}
    votes_file = npz(valid=votes, test=votes, columns=np.array(VOTES))
    use_shared(monkeypatch, instead=parts | {"ferplus.npz": votes_file})
    for truth in ("plurality", "distribution"):
        at = page(truth=truth, members="shallow,deep")
        assert titles(at)[0].startswith("shallow leads by label, deep by crowd ")
    at = page(truth="plurality", members="deep")
    assert number(at) == "100.0"
    assert titles(at)[0].startswith("deep by the label and by the crowd")
    assert titles(at)[1].startswith("Where they differ: 100% with the crowd, 0% the label")
    assert number(page(members="agrawal", truth="plurality")) == "0.0"


@pytest.mark.parametrize(("weighting", "combiner"), SCHEMES)
def test_every_scheme_is_shown(root: Path, weighting: str, combiner: str) -> None:
    by_distribution = COMBINERS[combiner].weighs and weighting != "manual"
    manual = "0,1,2" if weighting == "manual" else ""
    truth = "distribution" if by_distribution else "plurality"
    at = page(truth=truth, weights=weighting, combine=combiner, manual=manual, on="valid", twins="without")
    assert len(titles(at)) == FIGURES
    number(at)


def test_a_vote_has_no_cross_entropy(root: Path) -> None:
    at = page(truth="distribution", combine="hard_vote", members="shallow")
    assert number(at) == "–"
    assert "no cross-entropy" in html(at)
    assert len(titles(at)) == FIGURES


def test_a_click_changes_what_counts(root: Path) -> None:
    at = page()
    before = number(at)
    at.segmented_control[1].set_value("plurality")
    ran(at)
    assert number(at) != before
    at.toggle[1].set_value(True)
    ran(at)
    query = choice_of(at).to_query()
    assert (query["truth"], query["agreed"]) == ("plurality", "yes")


def test_nine_members_with_equal_outputs(monkeypatch: pytest.MonkeyPatch) -> None:
    files, same = artifact_files(NINE), {}
    for split in ("valid", "test"):
        held = np.load(io.BytesIO(files[f"logits/{split}.npz"]))
        logits = np.repeat(held["logits"][:1], 9, axis=0)
        same[f"logits/{split}.npz"] = npz(logits=logits, labels=held["labels"], members=np.array(NINE))
    use_shared(monkeypatch, members=NINE, instead=same)
    at = page(truth="plurality")
    assert titles(at)[0].startswith("10 of them lead; label and crowd rank alike")


def test_a_crowd_that_agrees_on_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    split = np.tile(np.array([5, 5, *[0] * 8], np.uint8), (300, 1))
    use_shared(monkeypatch, instead={"ferplus.npz": npz(valid=split, test=split, columns=np.array(VOTES))})
    at = page(truth="plurality")
    assert number(at) == "–"
    assert "No image is left" in html(at)
    at = page()
    assert number(at) != "–"
    assert all(title.startswith("Label and crowd differ nowhere") for title in titles(at)[1:3])


def test_no_votes_say_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = use(tmp_path, monkeypatch)
    (root / "ferplus.npz").unlink()
    edit_manifest(root, lambda manifest: manifest["files"].pop("ferplus.npz"))
    at = page(truth="plurality")
    assert number(at) == "–"
    assert "hold no FER+ votes" in html(at)
    assert "--ferplus" in html(at)
    assert not at.get("plotly_chart")


def test_no_member_is_said(root: Path) -> None:
    assert number(page(members="none")) == "–"


@pytest.mark.parametrize(("classes", "members"), [(10, 5), (2, 1), (7, 20)])
def test_rows_of_ones_own_have_no_crowd(root: Path, classes: int, members: int) -> None:
    at = opened_with("labels", alone(classes, members))
    assert number(at) == "–"
    assert "No crowd has voted on these rows." in html(at)
    assert not at.get("plotly_chart")


def captions(at: AppTest) -> str:
    return " ".join(caption.value for caption in at.caption)


def rows(at: AppTest, which: int) -> list[str]:
    found: list[str] = json.loads(at.get("plotly_chart")[which].proto.spec)["layout"]["yaxis"]["ticktext"]
    return found


@pytest.mark.parametrize("truth", ["label", "plurality", "distribution"])
def test_members_that_join_are_scored_on_the_same_votes(root: Path, truth: str) -> None:
    extra = joining(root)
    at, (_, labels, plurality, _) = opened_with("labels", extra, truth=truth, members="own 1"), known(root)
    said = extra.logits["test"][0].argmax(axis=1)
    if truth == "label":
        assert number(at) == f"{100 * (said == labels).mean():.1f}"
    elif truth == "plurality":
        leads = plurality >= 0
        assert number(at) == f"{100 * (said == plurality)[leads].mean():.1f}"
    assert "Nothing is known about the training of own 1." in captions(at)
    assert "Weights and the best member were chosen" in captions(at)
    at = opened_with("labels", extra, truth=truth)
    assert "No other member that is on was trained on the crowd's votes." in captions(at)
    assert "Weights, all known epochs and the best member were chosen" in captions(at)
    assert len(rows(at, 0)) == len(rows(at, 1)) == 6


def test_many_members_have_a_row_each(root: Path) -> None:
    at = opened_with("labels", joining(root, 20), truth="plurality")
    assert len(rows(at, 0)) == len(rows(at, 1)) == 24
    assert "Nothing is known about the training of 20 of your own." in captions(at)


@pytest.mark.parametrize(
    ("truth", "members"),
    [("label", "shallow,deep,agrawal"), ("plurality", "agrawal"), ("distribution", "shallow,deep,agrawal")],
)
def test_what_is_pinned_has_a_row(root: Path, truth: str, members: str) -> None:
    at, (explorer, labels, plurality, _) = page(truth=truth, members=members, pin="deep~equal~hard_vote"), known(root)
    assert [row.strip() for row in rows(at, 0)].index("A") == [row.strip() for row in rows(at, 1)].index("A") == 1
    spec = json.loads(at.get("plotly_chart")[0].proto.spec)
    drawn = [trace["x"] for trace in spec["data"] if trace["y"] == ["A"]]
    decided = explorer.decide(Setting(("deep",), combiner="hard_vote")).labels
    if truth == "label":
        assert drawn[0][0] == pytest.approx(100 * (decided == labels).mean())
    if truth == "plurality":
        leads = plurality >= 0
        assert drawn[1][0] == pytest.approx(100 * (decided == plurality)[leads].mean())
    assert titles(at)[1] == titles(page(truth=truth, members=members))[1]


def test_the_present_setting_has_no_row_as_what_is_pinned(root: Path) -> None:
    assert "A" not in rows(page(pin="shallow,deep,agrawal~equal~mean_probability"), 0)
