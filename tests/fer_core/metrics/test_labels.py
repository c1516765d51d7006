"""Label quality: decisions against the FER+ crowd, where it agrees against both labels; reported, never chosen by."""

import hashlib
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fer_core import artifacts as store
from fer_core.artifacts import Artifacts, Manifest, open_artifacts
from fer_core.dataset import plurality
from fer_core.ensemble import Setting
from fer_core.metrics import wilson
from fer_core.metrics.crowd import Crowd, Share, label_quality
from fer_core.reports.markdown import results
from fer_core.reports.summary import explorer_of, report
from tests import ROOT
from tests.synthetic import ROSTER, write_artifacts


@pytest.fixture(scope="module")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    return open_artifacts(write_artifacts(tmp_path_factory.mktemp("labels") / "artifacts", n=400))


@pytest.fixture(scope="module")
def found(artifacts: Artifacts) -> dict[str, Any]:
    return report(artifacts)


def changed(root: Path, change: Any) -> Artifacts:
    """Write artifacts through the real writer after `change(folder)`."""
    write_artifacts(root, n=200)
    manifest = open_artifacts(root).manifest

    def build(staging: Path) -> Manifest:
        change(staging)
        return replace(manifest, files={})

    store.replace(root, build)
    return open_artifacts(root)


# The arithmetic


def votes_of(*rows: dict[int, int]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    votes = np.zeros((len(rows), 10), np.uint8)
    for row, columns in enumerate(rows):
        for column, count in columns.items():
            votes[row, column] = count
    return votes


def test_the_crowd_of_a_few_images_by_hand() -> None:
    # happy by all, happy against label, sad just nine, eight only, a tie, not a face by all
    votes = votes_of({1: 10}, {1: 9, 0: 1}, {3: 9, 9: 1}, {0: 8, 1: 2}, {0: 5, 1: 5}, {9: 10})
    labels = np.array([3, 4, 4, 6, 6, 0])
    decided = np.array([3, 3, 0, 6, 3, 0])
    crowd = Crowd.of(votes, plurality(votes))
    assert crowd.plurality.tolist() == [3, 3, 4, 6, -1, -1]
    assert crowd.agreed.tolist() == [True, True, True, False, False, True]
    quality = label_quality(decided, labels, crowd)
    assert quality.plurality == Share(3, 4)
    assert quality.agreed_label == Share(2, 4)
    assert quality.agreed_crowd == Share(2, 4)  # not a face: nothing is right
    own = label_quality(labels, labels, crowd)
    assert own.agreed_label == Share(4, 4)
    assert own.agreed_crowd == Share(2, 4)


def test_a_share_of_no_image_is_none() -> None:
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    assert (Share(3, 4).value, Share(3, 4).interval) == (0.75, wilson(3, 4))


def test_misuse_is_named() -> None:
    votes = votes_of({1: 10}, {2: 10})
    with pytest.raises(ValueError, match="plurality: expected one a row"):
        Crowd.of(votes, np.zeros(3, np.int64))
    crowd, labels = Crowd.of(votes, plurality(votes)), np.zeros(2, np.int64)
    with pytest.raises(ValueError, match=r"decided: expected shape \[2\]"):
        label_quality(np.zeros(3, np.int64), labels, crowd)
    with pytest.raises(ValueError, match="labels: expected classes from 0"):
        label_quality(labels, np.array([0, -1]), crowd)


# The report


def test_the_report_has_members_all_equal_and_the_chosen_ensemble(artifacts: Artifacts, found: dict[str, Any]) -> None:
    quality, explorer = found["label_quality"], explorer_of(artifacts)
    votes, labels = artifacts.ferplus("test"), artifacts.logits("test").labels
    most, agreed = plurality(votes), votes.max(axis=1) >= 9
    assert (quality["images"], quality["with_plurality"]) == (400, (most >= 0).sum())
    assert (quality["agreed"], quality["agreed_on_an_emotion"]) == (agreed.sum(), (agreed & (most >= 0)).sum())
    assert list(quality["members"]) == list(ROSTER)
    chosen = found["chosen"]
    settings = {
        **{name: (quality["members"][name], Setting((name,))) for name in ROSTER},
        "equal": (quality["equal"], Setting(ROSTER)),
        "chosen": (quality["chosen"], Setting(tuple(chosen["members"]), chosen["weighting"], chosen["combiner"])),
    }
    for figures, setting in settings.values():
        decided = explorer.decide(setting).labels
        assert figures["plurality"]["share"] == pytest.approx((decided == most)[most >= 0].mean())
        assert figures["agreed_label"]["share"] == pytest.approx((decided == labels)[agreed].mean())
        assert figures["agreed_crowd"]["share"] == pytest.approx((decided == most)[agreed].mean())
        for share in figures.values():
            assert share["interval"] == list(wilson(share["correct"], share["images"]))
    assert quality["labels"]["agreed_crowd"]["share"] == pytest.approx((labels == most)[agreed].mean())


def test_markdown_says_counts_and_how_to_read_them(found: dict[str, Any]) -> None:
    text, quality = results(found), found["label_quality"]
    section = text.partition("## Label quality")[2].partition("\n## ")[0]
    assert f"on {quality['with_plurality']} of 400 PrivateTest images" in section
    assert f"agree on {quality['agreed']} images" in section
    assert "Where nearly everybody agrees" in section
    for name in ("FER-2013's own label", *ROSTER, "all members, equal", "the chosen ensemble"):
        assert f"\n| {name} | " in section


def test_artifacts_without_votes_say_so(tmp_path: Path) -> None:
    found = report(changed(tmp_path / "artifacts", lambda folder: (folder / "ferplus.npz").unlink()))
    assert found["label_quality"] is None
    assert "hold no FER+ votes" in results(found)
    assert "Where nearly everybody agrees" not in results(found)


def test_a_crowd_that_agrees_on_nothing_is_reported(tmp_path: Path) -> None:
    def split_votes(folder: Path) -> None:
        votes = np.tile(np.array([5, 5, *[0] * 8], np.uint8), (200, 1))
        np.savez(folder / "ferplus.npz", valid=votes, test=votes)

    found = report(changed(tmp_path / "artifacts", split_votes))
    assert found["label_quality"]["chosen"]["plurality"] == {
        "correct": 0,
        "images": 0,
        "share": None,
        "interval": None,
    }
    assert json.dumps(found, allow_nan=False)
    assert "None" not in results(found)


def test_whom_a_member_learned_from_is_shown(tmp_path: Path) -> None:
    def taught(folder: Path) -> None:
        path = folder / "members" / "agrawal" / "card.json"
        card = json.loads(path.read_text())
        weights = (folder / "members" / "deep" / "model.safetensors").read_bytes()
        card["teachers"] = {"shallow": "0" * 64, "deep": hashlib.sha256(weights).hexdigest()}
        card["recipe"] = {"votes": 0.0, "refinements": [{"votes": 0.5}]}
        path.write_text(json.dumps(card))

    found = report(changed(tmp_path / "artifacts", taught))
    assert [(t["name"], t["current"]) for t in found["members"][2]["teachers"]] == [("deep", True), ("shallow", False)]
    text = results(found)
    assert "| agrawal | labels, FER+ votes, deep, shallow \\* | none | `0123456789ab` | 0 | 8 | 8 | 25 |" in text
    assert "\\* The teacher's weights" in text
    assert "| deep | labels | none |" in text


def test_the_real_votes_give_the_known_counts() -> None:
    real = open_artifacts(ROOT / "artifacts")
    votes, labels = real.ferplus("test"), real.logits("test").labels
    quality = label_quality(labels, labels, Crowd.of(votes, plurality(votes)))
    assert quality.agreed_crowd == Share(1189, 1378)  # 86.3%
    assert quality.plurality == Share(2197, 3350)


def test_the_report_needs_the_explorer_s_requirements_alone(artifacts: Artifacts) -> None:
    script = "\n".join(
        (
            "import sys",
            "class Missing:",
            "    def find_spec(self, name, path=None, target=None):",
            "        if name.split('.')[0] in ('torch', 'torchvision', 'safetensors', 'platformdirs'):",
            "            raise ModuleNotFoundError(name=name)",
            "sys.meta_path.insert(0, Missing())",
            "sys.argv = ['fer_core', 'report', '--json']",
            "from fer_core.cli import main",
            "main()",
        )
    )
    environment = {**os.environ, "FER_ARTIFACTS": str(artifacts.root)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["label_quality"]["images"] == 400
