"""Pages and documents say whether an ensemble beats its best member, in either case, and why."""

import io
from pathlib import Path

import numpy as np
import pytest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Explorer, Setting
from fer_core.reports.markdown import below, equal_sentence, results, significant, summary
from fer_core.reports.markdown.laboratory import lessons
from fer_core.reports.summary import explorer_of, report
from tests.pages import app, opened, ran
from tests.synthetic import ROSTER, artifact_files, labels_of, npz, write_artifacts
from ui.kit.wording import home_title

N = 300


def roster(kind: str) -> dict[str, bytes]:
    """Return cached logits of three members whose ensemble is far better than the best of them, or worse.

    "equal" : each is right on about 70% of the images, and errs on others; "unequal" : one on about 85%, two on about
    half, which say the same; "alike" : about equally strong, and wrong together, the first least often
    """
    rng = np.random.RandomState(1)
    files = {}
    for split in ("valid", "test"):
        with np.load(io.BytesIO(artifact_files(n=N)[f"logits/{split}.npz"])) as found:
            labels = found["labels"]
        wrong = (labels + 1 + rng.randint(6, size=(3, N))) % 7
        if kind == "equal":
            right = rng.rand(3, N) < 0.7
        elif kind == "unequal":
            weak = rng.rand(N) < 0.5
            right = np.stack([rng.rand(N) < 0.85, weak, weak])
            wrong[2] = wrong[1]
        else:
            right = np.repeat(rng.rand(1, N) < 0.7, 3, axis=0)
            right[1:, np.flatnonzero(right[0])[:1]] = False
            wrong[:] = wrong[0]
        said = np.where(right, labels, wrong)
        logits = np.full((3, N, 7), -4.0, np.float32)
        np.put_along_axis(logits, said[..., None], np.float32(-0.1), axis=2)
        files[f"logits/{split}.npz"] = npz(logits=logits, labels=labels, members=np.array(ROSTER))
    return files


WORDS = {
    "equal": ["points above", "is statistically significant", "Members make different errors"],
    "unequal": ["points below shallow", "The members are unequal: the other two are", "Try next: switch off members"],
    "alike": ["points below shallow", "make the same errors", "Try next: combine members that differ more"],
}
TITLE = {"equal": "An ensemble beats its best network"}


@pytest.mark.parametrize("kind", WORDS)
def test_documents_and_pages_tell_the_truth_of_any_roster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    root = write_artifacts(tmp_path / "artifacts", instead=roster(kind), n=N)
    monkeypatch.setenv("FER_ARTIFACTS", str(root))
    outcome = explorer_of(open_artifacts(root)).recompute(Setting(ROSTER))
    assert (outcome.gain > 0) == (kind == "equal")
    told = equal_sentence(outcome)
    for words in WORDS[kind]:
        assert words in told
    found = report(open_artifacts(root))
    assert told in summary(found)
    assert told in results(found)
    assert told.endswith(below(outcome))
    assert bool(below(outcome)) == (kind != "equal")
    lines = lessons(open_artifacts(root)).splitlines()
    assert len(lines) == 9
    assert all(line.startswith("- **") for line in lines)
    assert "nan" not in " ".join(lines)
    assert below(outcome).replace("shallow", "`shallow`") in lines[0]
    home = ran(app())
    assert home.title[0].value == TITLE.get(kind, "Does an ensemble beat its best network?")
    assert told in [markdown.value for markdown in home.markdown]
    page = " ".join(html.body for html in opened("ensemble").get("html"))
    assert f'fer-why">{below(outcome)}</p>' in page


def explorer(right: np.ndarray) -> Explorer:
    """Return an explorer of members that are right where `right` bool [M,N] says, and otherwise all of one mind."""
    labels = labels_of(right.shape[1], np.random.RandomState(0))
    said = np.where(right, labels, (labels + 1) % 7)
    logits = np.full((*right.shape, 7), -4.0, np.float32)
    np.put_along_axis(logits, said[..., None], np.float32(0), axis=2)
    names = [f"m{i}" for i in range(len(right))]
    return Explorer(names, dict.fromkeys(("valid", "test"), logits), dict.fromkeys(("valid", "test"), labels))


def test_one_member_has_no_story_and_an_absent_best_member_is_named() -> None:
    made = explorer(np.random.RandomState(0).rand(3, 60) < np.array([[0.9], [0.5], [0.4]]))
    assert equal_sentence(made.recompute(Setting(("m0",)))) == below(made.recompute(Setting(("m0",)))) == ""
    assert "Try next: switch m0 on." in below(made.recompute(Setting(("m1", "m2"))))
    assert home_title(made.recompute(Setting(("m0",)))).startswith("Does an ensemble")


def test_a_gain_that_chance_may_give_is_not_called_significant() -> None:
    assert significant(0.01, 0.049)
    assert not significant(0.01, 0.05)
    assert not significant(-0.01, 0.001)
    right = np.zeros((3, 60), bool)
    right[:, :40] = True
    right[0, :2], right[1, 2:5], right[2, 5:8] = False, False, False  # each errs alone on a few
    outcome = explorer(right).recompute(Setting(("m0", "m1", "m2")))
    assert outcome.gain > 0
    assert "is not statistically significant" in equal_sentence(outcome)
