"""The page Limits through Streamlit's own test runner: its numbers, computed here from the files alone."""

import base64
import hashlib
import io
import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import ROBUSTNESS, Robustness, Withstood, open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Explorer, choose
from fer_core.reports.summary import explorer_of
from tests.pages import opened, use, use_shared
from tests.spoiling import edit_manifest, put
from tests.synthetic import COLUMN_OF, VOTES, artifact_files, npz, robustness
from ui.limits import damage, wording

pytestmark = pytest.mark.usefixtures("framed")
NAMES = ("shallow", "deep", "agrawal")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch, instead=whole())


@pytest.fixture
def changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the same artifacts, for a test that changes them."""
    return use(tmp_path, monkeypatch, instead=whole())


@cache
def whole() -> dict[str, bytes]:
    return {"ferplus.npz": votes(), ROBUSTNESS: measured().to_json().encode()}


def measured() -> Robustness:
    """Return what damage costs the members of the made-up artifacts."""
    files = artifact_files()
    return robustness({n: hashlib.sha256(files[f"members/{n}/model.safetensors"]).hexdigest() for n in NAMES})


def votes() -> bytes:
    """Return votes of a crowd that often leads elsewhere than the label, ties, or sees none of the seven emotions."""
    rng, split = np.random.RandomState(7), {}
    for name in ("valid", "test"):
        counts = np.zeros((300, len(VOTES)), np.uint8)
        for row in counts:
            sure = rng.choice(len(VOTES))
            row[:] = rng.multinomial(10, np.where(np.arange(len(VOTES)) == sure, 0.73, 0.03))
        split[name] = counts
    labels = np.load(io.BytesIO(artifact_files()["logits/test.npz"]))["labels"]
    split["test"][:200] = 0
    split["test"][np.arange(200), np.array(COLUMN_OF)[labels[:200]]] = np.arange(200) % 6 + 5
    split["test"][:200, 8] = 10 - split["test"][:200].sum(axis=1)
    return npz(**split, columns=np.array(VOTES))


def limits_page() -> AppTest:
    return opened("limits")


def arrays(root: Path, name: str) -> dict[str, NDArray[Any]]:
    return dict(np.load(io.BytesIO((root / name).read_bytes())))


def section(at: AppTest, anchor: str) -> str:
    """Return the texts between a header and the next one."""
    texts: dict[str, list[str]] = {}
    here = ""
    for element in at.main:
        if element.type == "header":
            here = element.anchor  # type: ignore[attr-defined]
        elif element.type == "markdown":
            texts.setdefault(here, []).append(element.value)  # type: ignore[attr-defined]
    return "\n".join(texts[anchor])


def figure(at: AppTest, number: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(at.get("plotly_chart")[number].proto.spec)
    return found


def said(right: int, images: int) -> str:
    return f"{100 * right / images:.1f}%"


def chosen(root: Path) -> tuple[Explorer, NDArray[np.bool_], NDArray[np.int64]]:
    """Return the explorer, whether the chosen ensemble is right on each PrivateTest image, and what it says."""
    explorer = explorer_of(open_artifacts(root))
    decided = explorer.decide(replace(choose(explorer).setting, split="test")).labels
    return explorer, decided == arrays(root, "logits/test.npz")["labels"], decided


def crowd_of(root: Path) -> tuple[list[int], list[bool]]:
    """Return the crowd's class of each PrivateTest image, -1 for none, and whether nine of ten agree."""
    plurality, agreed = [], []
    for row in arrays(root, "ferplus.npz")["test"].tolist():
        top = [column for column, votes in enumerate(row) if votes == max(row)]
        plurality.append(COLUMN_OF.index(top[0]) if len(top) == 1 and top[0] in COLUMN_OF else -1)
        agreed.append(max(row) >= 9)
    return plurality, agreed


def test_every_section_has_its_anchor_and_at_most_one_figure(root: Path) -> None:
    at = limits_page()
    assert [header.anchor for header in at.header] == [*wording.SECTIONS]
    assert len(at.get("plotly_chart")) == 5
    assert not at.info
    contents = next(markdown.value for markdown in at.markdown if "#labels" in markdown.value)
    for header in at.header:
        assert f"[{header.value}](#{header.anchor})" in contents


def test_the_labels_are_compared_with_the_crowd(root: Path) -> None:
    text, (_, _, decided) = section(limits_page(), "labels"), chosen(root)
    labels = arrays(root, "logits/test.npz")["labels"].tolist()
    plurality, agreed = crowd_of(root)
    leads = [i for i, code in enumerate(plurality) if code >= 0]
    sure = [i for i, one in enumerate(agreed) if one]
    assert 0 < len(sure) < len(leads) < len(labels)
    assert f"({len(leads)} of {len(labels)} PrivateTest images)" in text
    assert f"**{said(sum(labels[i] == plurality[i] for i in leads), len(leads))}** (95% interval" in text
    assert f"PublicTest says on **{said(sum(decided[i] == plurality[i] for i in leads), len(leads))}**" in text
    assert f"at least 9 of 10 agree ({len(sure)} images)" in text
    assert f"crowd says on **{said(sum(labels[i] == plurality[i] for i in sure), len(sure))}**" in text
    assert f"crowd's answer on **{said(sum(decided[i] == plurality[i] for i in sure), len(sure))}**" in text
    assert f"and the label on {said(sum(decided[i] == labels[i] for i in sure), len(sure))}" in text


def test_the_crowds_agreement_is_drawn_by_label(root: Path) -> None:
    drawn = figure(limits_page(), 0)
    labels, (plurality, _) = arrays(root, "logits/test.npz")["labels"].tolist(), crowd_of(root)
    for code, (emotion, value) in enumerate(zip(drawn["data"][0]["y"], drawn["data"][0]["x"], strict=True)):
        among = [i for i, label in enumerate(labels) if label == code and plurality[i] >= 0]
        assert emotion == EMOTIONS[code]
        assert value == pytest.approx(100 * sum(plurality[i] == code for i in among) / len(among))
        assert drawn["data"][1]["text"][code] == f"{value:.1f}"


def test_without_votes_the_page_says_so_and_shows_the_rest(changing: Path) -> None:
    (changing / "ferplus.npz").unlink()
    edit_manifest(changing, lambda manifest: manifest["files"].pop("ferplus.npz"))
    at = limits_page()
    assert [info.value for info in at.info] == [wording.NO_VOTES]
    assert len(at.header) == 7
    assert len(at.get("plotly_chart")) == 4


def test_damaged_votes_are_named(changing: Path) -> None:
    put(changing, "ferplus.npz", b"spoiled")
    assert "ferplus.npz" in limits_page().info[0].value


@pytest.mark.parametrize("recipe", [{"votes": 0.5}, {"refinements": [{"votes": 0.25}]}, {"votes": 0.0}, {}])
def test_members_that_learned_from_the_crowd_are_said_to(
    monkeypatch: pytest.MonkeyPatch, recipe: dict[str, Any]
) -> None:
    files = artifact_files()
    cards = {f"members/{name}/card.json": json.loads(files[f"members/{name}/card.json"]) for name in NAMES}
    use_shared(
        monkeypatch, instead={path: json.dumps(card | {"recipe": recipe}).encode() for path, card in cards.items()}
    )
    learned = "votes on Training images were part of the training" in section(limits_page(), "labels")
    assert learned == (recipe not in ({}, {"votes": 0.0}))


def test_the_emotions_are_counted(root: Path) -> None:
    at, (_, right, _) = limits_page(), chosen(root)
    text, drawn = section(at, "imbalance"), figure(at, 1)
    rows, labels = arrays(root, "rows.npz"), arrays(root, "logits/test.npz")["labels"]
    for trace, split in zip(drawn["data"], ("train", "valid", "test"), strict=False):
        counted = [int((rows[f"{split}_labels"] == code).sum()) for code in range(7)]
        assert list(plain(trace["x"])) == counted
    train = [int((rows["train_labels"] == code).sum()) for code in range(7)]
    most, least = max(train), min(train)
    assert f"Of {sum(train)} Training images, {most} are {EMOTIONS[train.index(most)]} and {least} " in text
    assert EMOTIONS[train.index(least)] in text
    usual = max(int((labels == code).sum()) for code in range(7))
    assert f"would be right on {said(usual, len(labels))}" in text
    assert f"beside {said(int(right.sum()), len(labels))} accuracy" in text
    recalls = next(trace for trace in drawn["data"] if "error_x" in trace)
    assert recalls["x"] == pytest.approx([100 * right[labels == code].mean() for code in range(7)])


def plain(values: Any) -> list[int]:
    """Return numbers that Plotly wrote as bytes or as a list."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist()
    return list(values)


def test_twins_are_counted_apart(root: Path) -> None:
    at, (_, right, _) = limits_page(), chosen(root)
    text, twin = section(at, "twins"), arrays(root, "twins.npz")["test_twin"]
    labels, train = arrays(root, "logits/test.npz")["labels"], arrays(root, "rows.npz")["train_labels"]
    on = [i for i in range(len(labels)) if twin[i] >= 0]
    rest = [i for i in range(len(labels)) if twin[i] < 0]
    assert 0 < len(on) < len(rest)
    assert text.startswith(f"{len(on)} of {len(labels)} PrivateTest images are")
    assert (
        f"right on **{said(sum(right[on]), len(on))}** of them and on **{said(sum(right[rest]), len(rest))}**" in text
    )
    differ = sum(train[twin[i]] != labels[i] for i in on)
    assert f"On {differ} of the {len(on)}, even the two labels" in text
    assert figure(at, 2)["data"][0]["x"] == pytest.approx(
        [100 * right.mean(), 100 * right[rest].mean(), 100 * right[on].mean()]
    )


def test_without_twins_nothing_is_said_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    none = np.full(300, -1, np.int64)
    use_shared(monkeypatch, instead={"twins.npz": npz(valid_twin=none, test_twin=none)})
    at = limits_page()
    assert "No PrivateTest image is" in section(at, "twins")
    assert len(figure(at, 2)["data"][0]["x"]) == 2


def test_the_mean_faces_are_those_of_the_artifacts(root: Path) -> None:
    drawn = figure(limits_page(), 4)["data"]
    faces = arrays(root, "mean_faces.npz")["faces"]
    assert len(drawn) == 7
    for trace, face in zip(drawn, faces, strict=False):
        assert plain(trace["z"]) == face.ravel().tolist()


def test_the_cost_of_damage_is_that_of_the_file(root: Path) -> None:
    at = limits_page()
    text, drawn = section(at, "damage"), figure(at, 3)["data"]
    assert "the ensemble of all members is right on **70.0%**" in text
    assert "Blur 1.5 px costs it most: **39.0 points**" in text
    assert "under blur 1.5 px, **55.0%** of the answers are sad, beside 18.0% undamaged" in text
    assert "loses 23.5 points on average. Of the members, shallow loses least (25.0) and agrawal most (28.0)" in text
    assert [plain(trace["x"]) for trace in drawn[:3]] == [[60, 50, 20], [61, 50, 19], [62, 50, 18]]
    assert plain(drawn[3]["x"]) == pytest.approx([70, 62, 31])
    assert plain(drawn[4]["x"]) == pytest.approx([18, 20, 55])
    shown = at.dataframe[0].value
    assert list(shown.iloc[-1]) == ["all members, equal", "70.0", "−23.5", "−8.0", "−39.0"]


def test_members_with_other_weights_and_other_ensembles_are_left_out(changing: Path) -> None:
    old = measured()
    put(changing, ROBUSTNESS, replace(old, weights={**old.weights, "deep": "0" * 64}).to_json().encode())
    at = limits_page()
    assert list(at.dataframe[0].value[""]) == ["shallow", "agrawal"]
    assert any("so left out: deep." in caption.value for caption in at.caption)
    explorer = explorer_of(open_artifacts(changing))
    setting = choose(explorer).setting
    once = Withstood("the chosen ensemble", NAMES[:1], "equal", "median", (9, 9, 9), (1, 1, 1))
    now = replace(once, members=setting.members, weighting=setting.weighting, combiner=setting.combiner)
    for system, kept in ((once, False), (now, True)):
        put(changing, ROBUSTNESS, replace(old, systems=(*old.systems, system)).to_json().encode())
        assert ("the chosen ensemble" in list(limits_page().dataframe[0].value[""])) == kept


def test_where_nothing_was_measured_the_page_says_how(changing: Path) -> None:
    (changing / ROBUSTNESS).unlink()
    edit_manifest(changing, lambda manifest: manifest["files"].pop(ROBUSTNESS))
    assert [info.value for info in limits_page().info] == [damage.NOT_MEASURED]
