"""Damaged images: what each damage does, who answers what, and what the file says of it."""

import json
from pathlib import Path

import numpy as np
import pytest

from fer_core.artifacts import ROBUSTNESS, Robustness, add_files, open_artifacts
from fer_core.artifacts.robustness import ALL, CHOSEN
from fer_core.ensemble import Setting
from fer_core.errors import ArtifactDamaged, DatasetError
from fer_core.inference import load, member_logits
from fer_core.reports.markdown.tables import NONE, robustness_section
from fer_core.reports.summary import explorer_of, report, robustness_figures
from fer_core.robustness import DAMAGES, EYES, GREY, MOUTH, SAD, damaged, measure, sample
from tests.synthetic import robustness
from tests.tiny import tiny_dataset

FACES = np.random.RandomState(1).randint(60, 200, (4, 48, 48)).astype(np.uint8)
SYSTEM = {"name": "deep", "members": ["deep"], "weighting": "", "combiner": "", "correct": [1, 2, 3], "sad": [1, 2, 3]}
WEIGHTS = {"deep": "a" * 64, "shallow": "b" * 64}


@pytest.mark.parametrize("name", DAMAGES)
def test_every_damage_changes_images_the_same_way_each_time(name: str) -> None:
    before = FACES.copy()
    once = damaged(FACES, name)
    assert once.shape == FACES.shape
    assert once.dtype == np.uint8
    assert (once != FACES).any(axis=(1, 2)).all()
    assert np.array_equal(once, damaged(FACES, name))
    assert np.array_equal(FACES, before)


def test_noise_has_the_deviation_of_its_name_and_bars_cover_their_rows_alone() -> None:
    grey = np.full((30, 48, 48), 128, np.uint8)
    for deviation in ("0.04", "0.08"):
        assert np.std(damaged(grey, f"noise {deviation}") / 255) == pytest.approx(float(deviation), rel=0.03)
    for name, rows in (("eyes covered", EYES), ("mouth covered", MOUTH)):
        found, rest = damaged(FACES, name), np.delete(np.arange(48), np.arange(48)[rows])
        assert (found[:, rows] == GREY).all()
        assert np.array_equal(found[:, rest], FACES[:, rest])


def test_stronger_damage_is_further_from_the_image() -> None:
    def off(name: str) -> float:
        return float(np.abs(damaged(FACES, name).astype(float) - FACES).mean())

    assert off("noise 0.04") < off("noise 0.08")
    assert off("JPEG 20") < off("JPEG 10")
    with pytest.raises(ValueError, match=r"name: expected one of noise 0\.04, "):
        damaged(FACES, "fog")


def test_the_sample_is_fixed_in_order_and_without_repeats() -> None:
    found = sample(3589)
    assert len(set(found)) == len(found) == 600
    assert (np.diff(found) > 0).all()
    assert np.array_equal(found, sample(3589))
    assert list(sample(5)) == [0, 1, 2, 3, 4]


def test_counts_are_those_of_the_members_own_answers(collected: Path) -> None:
    artifacts, dataset, done = open_artifacts(collected), tiny_dataset(), []
    found = measure(artifacts, dataset, images=9, advance=done.append)
    assert [system.name for system in found.systems] == [*artifacts.manifest.members, ALL, CHOSEN]
    assert sum(done) == 9 * 2 * (1 + len(DAMAGES))
    rows, part = sample(21, 9), dataset.split("valid")
    logits = []
    for name in artifacts.manifest.members:
        pictures = [part.images[rows], *(damaged(part.images[rows], damage) for damage in DAMAGES)]
        logits.append([member_logits(load(artifacts, name), some, full=False) for some in pictures])
        answers = [some.argmax(axis=1) for some in logits[-1]]
        system = found.of(name)
        assert system is not None
        assert list(system.correct) == [int((answer == part.labels[rows]).sum()) for answer in answers]
        assert list(system.sad) == [int((answer == SAD).sum()) for answer in answers]
    everybody = Setting(artifacts.manifest.members)
    at = list(DAMAGES).index("blur 1.5 px") + 1
    answers = explorer_of(artifacts).decide_on(everybody, np.stack([member[at] for member in logits])).labels
    together = found.of(ALL)
    assert together is not None
    assert together.correct[at] == int((answers == part.labels[rows]).sum())


def test_it_is_written_read_and_reported(collected: Path) -> None:
    artifacts = open_artifacts(collected)
    assert artifacts.robustness() is None
    assert report(artifacts)["robustness"] is None
    found = measure(artifacts, tiny_dataset(), images=9)
    add_files(collected, lambda present: {ROBUSTNESS: found.to_json().encode()})
    again = open_artifacts(collected)
    assert again.robustness() == found
    assert report(again)["robustness"] == json.loads(json.dumps(robustness_figures(found)))
    (collected / ROBUSTNESS).write_bytes(b"{}")
    assert any(ROBUSTNESS in problem for problem in open_artifacts(collected).check())


def test_a_copy_without_the_images_is_refused(collected: Path) -> None:
    with pytest.raises(DatasetError, match="lacks images"):
        measure(open_artifacts(collected), tiny_dataset(other=14), images=21)


def test_what_changed_since_is_left_out_and_the_document_says_so() -> None:
    text = robustness(WEIGHTS).to_json().encode()
    assert Robustness.from_json(text, now=WEIGHTS, where="it") == robustness(WEIGHTS)
    found = Robustness.from_json(text, now=WEIGHTS | {"deep": "c" * 64}, where="it")
    assert [system.name for system in found.systems] == ["shallow"]
    assert found.stale == ("deep",)
    section = "\n".join(robustness_section(robustness_figures(found)))
    assert "| shallow | 61.0 | −11.0 | −42.0 | −26.5 |" in section
    assert "left out: deep" in section
    assert robustness_section(None) == [NONE]
    grown = robustness(WEIGHTS).at_present((*WEIGHTS, "vgg"), (("deep",), "equal", "mean_probability"))
    assert [system.name for system in grown.systems] == list(WEIGHTS)


@pytest.mark.parametrize(
    "change",
    [
        {"images": 0},
        {"images": "many"},
        {"weights": {}},
        {"damages": ["one"]},
        {"systems": [{}]},
        {"systems": [SYSTEM | {"correct": [1, 2, 999]}]},
        {"systems": [SYSTEM | {"sad": [1, 2]}]},
        {"systems": [SYSTEM | {"members": []}]},
    ],
)
def test_a_file_that_says_something_else_is_named(change: dict[str, object]) -> None:
    content = json.loads(robustness(WEIGHTS).to_json()) | change
    with pytest.raises(ArtifactDamaged, match=r"^here does not say what damaged images cost"):
        Robustness.from_json(json.dumps(content).encode(), now=WEIGHTS, where="here")
