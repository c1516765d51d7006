"""The table of the page Rescued and broken, and the faces of the data set where it is."""

import base64
import io
import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from PIL import Image

from fer_core.artifacts import open_artifacts
from fer_core.dataset import Dataset, Split
from fer_core.dataset.pack import write
from fer_core.emotions import EMOTIONS, USAGES
from tests.synthetic import NINE, ROSTER, VOTES
from tests.votes_page import Truth, arrays, said, shown, table, use_shared, votes_page
from ui.data.dataset import picture
from ui.session.choice import from_query
from ui.votes.cards import _picture
from ui.votes.choice import SHOWN

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Path:
    return use_shared(monkeypatch)


def test_the_table_holds_what_fits(root: Path) -> None:
    at, truth = votes_page(kind="broke"), Truth(root)
    records = table(at)
    assert [int(record["row"]) for record in records] == truth.broken.tolist()
    cast = arrays(root, "ferplus.npz")["test"]
    for row, record in zip(truth.broken, records, strict=True):
        assert [record[name] for name in ROSTER] == [EMOTIONS[vote] for vote in truth.votes[:, row]]
        assert int(record["crowd_sad"]) == cast[row, VOTES.index("sadness")]
        assert int(record["crowd_not a face"]) == cast[row, VOTES.index("NF")]
    assert at.get("download_button")[0].proto.label == f"{len(records)} images, CSV"


def test_without_the_data_set_everything_but_faces_is_there(root: Path) -> None:
    at = votes_page()
    assert "Faces are shown where FER-2013 is: download FER-2013" in said(at)
    assert "FER2013_PATH" in said(at)
    assert "<img" not in said(at)
    assert not at.get("page_link")


def data_set(root: Path, path: Path) -> Dataset:
    """Write a data set that has the labels of made-up artifacts."""
    rows, usage, labels, at = open_artifacts(root).rows(), [], [], []
    for split, name in USAGES.items():
        kept = np.arange(len(rows[f"{split}_labels"]))
        labels.append(rows[f"{split}_labels"].astype(np.int64))
        usage.append(np.full(len(kept), name))
        at.append(kept)
    count = sum(map(len, at))
    images = np.random.RandomState(0).randint(0, 256, (count, 48, 48)).astype(np.uint8)
    found = Dataset(images, np.concatenate(labels), np.concatenate(usage), np.concatenate(at))
    write(found, path)
    return found


@pytest.mark.parametrize("split", ["test", "valid"])
def test_faces_are_those_of_the_rows(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, split: str) -> None:
    images = data_set(root, tmp_path / "packed.npz").split(split)
    monkeypatch.setenv("FER2013_PATH", str(tmp_path / "packed.npz"))
    at = votes_page(kind="all", on=split)
    for row, body in shown(at).items():
        address, words = re.findall(r'<img src="data:image/png;base64,([^"]+)" alt="([^"]+)"', body)[0]
        drawn = np.asarray(Image.open(io.BytesIO(base64.b64decode(address))))
        assert (drawn == images.images[images.rows.tolist().index(row)]).all()
        label = EMOTIONS[Truth(root, split).labels[row]]
        assert words == f"Face in row {row} of {USAGES[split]}, labelled {label}"
    assert len(at.get("page_link")) == (SHOWN if split == "test" else 0)


def test_a_row_that_the_copy_lacks_has_no_picture() -> None:
    images = np.arange(3, dtype=np.uint8)[:, None, None].repeat(48, axis=1).repeat(48, axis=2)
    split = Split(images, np.zeros(3, np.int64), np.array([0, 2, 5]), None)
    found = {row: picture(split, row) for row in range(8)}
    assert {row: int(image[0, 0]) for row, image in found.items() if image is not None} == {0: 0, 2: 1, 5: 2}
    assert "no picture in this copy of the data set" in _picture(split, 3, "row 3")


def test_why_leads_to_the_maps_of_the_image(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    data_set(root, tmp_path / "packed.npz")
    monkeypatch.setenv("FER2013_PATH", str(tmp_path / "packed.npz"))
    at = votes_page(combine="hard_vote", members="deep,agrawal")
    link = at.get("page_link")[2].proto
    choice = from_query(dict(parse_qsl(link.query_string)), ROSTER)
    assert link.page == "saliency"
    assert (choice.saliency.source, choice.saliency.row) == ("test", list(shown(at))[2])
    assert (choice.members, choice.combiner) == (("deep", "agrawal"), "hard_vote")


def test_a_data_set_that_is_none_is_said(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FER2013_PATH", str(tmp_path / "nothing.npz"))
    at = votes_page()
    assert "No faces are shown: " in said(at)
    assert "nothing.npz" in said(at)
    assert len(shown(at)) == SHOWN


def test_nine_members_have_nine_shapes(monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch, members=NINE)
    at = votes_page(kind="all", dissent="2")
    for body in shown(at).values():
        assert len(set(re.findall(r'aria-hidden="true">(.)</i>', body))) == 9
        assert len(re.findall(r" says \w+, wrong", body)) >= 2 or "both right" not in body
