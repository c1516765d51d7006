"""What the page Saliency shows of artifacts alone: mean maps, and how far methods can be believed."""

import io
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import ui.kit.jobs
from fer_core.artifacts import MEAN_SALIENCY, SALIENCY, Faithfulness, MeanSaliency, SaliencyTable, npz, open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from fer_core.saliency import BASELINES, Arguments, Explainer
from fer_core.saliency import draw as library_draw
from fer_core.saliency.curves import Curves
from fer_core.saliency.trust import Trust
from tests.spoiling import put
from tests.synthetic import ROSTER, write_artifacts
from tests.ui.saliency.test_page import figures, said, saliency_page, second
from ui.saliency import plots
from ui.saliency.choice import METHODS, SaliencyChoice
from ui.saliency.mean_faces import ABSENT as NO_MEAN
from ui.saliency.plots import Paint, legend
from ui.saliency.trust import curves, sentences
from ui.saliency.wording import says, unit, zero

pytestmark = pytest.mark.usefixtures("framed", "one_thread")


def entry(member: str, method: str, gain: float, randomised: float | None = 0.1) -> Faithfulness:
    return Faithfulness(member, method, 0.5, None, 0.6, 0.2, 0.4, 0.3, gain, gain - 0.02, gain + 0.02, randomised, 9.0)


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return artifacts with both files, of which one member's weights are others by now."""
    folder = write_artifacts(tmp_path / "artifacts", photos=True, seed=5)
    monkeypatch.setenv("FER_ARTIFACTS", str(folder))
    artifacts = open_artifacts(folder)
    weights = dict(zip(ROSTER, artifacts.weights(), strict=True)) | {"agrawal": "0" * 64}
    entries = [entry(name, "occlusion", 0.2) for name in ROSTER]
    entries += [entry(name, "guided_backprop", 0.1, 0.9) for name in ROSTER] + [entry("deep", "saliency", 0.3)]
    table = SaliencyTable(40, tuple(entries), (), 0.33, weights)
    put(folder, SALIENCY, table.to_json().encode())
    maps = np.random.RandomState(0).rand(2, 3, 7, 48, 48).astype(np.float32)
    counts = np.arange(7, dtype=np.int64)
    mean = MeanSaliency(("saliency", "occlusion"), ROSTER, counts, maps, (), weights)
    put(folder, MEAN_SALIENCY, npz(mean.arrays()))
    return folder


def test_mean_maps_answer_where_each_looks(root: Path) -> None:
    at = saliency_page(emotion="surprise", mean_by="occlusion")
    shown = figures(at)
    with np.load(io.BytesIO((root / MEAN_SALIENCY).read_bytes())) as found:
        most = found["maps"][1, 1, 5].max()
    assert second(shown["■ deep"]) == f"up to {most:.1f} times the mean"
    assert "mean size of Occlusion over 5 surprise images of PublicTest" in said(at)
    assert "Without agrawal: their weights have changed." in said(at)
    at.pills(key="control_saliency_emotion").set_value("angry")
    at.run()
    assert not at.exception
    assert "PublicTest has no angry image." in said(at)


def test_a_method_without_mean_maps_falls_back(root: Path) -> None:
    at = saliency_page(mean_by="lime")
    assert at.segmented_control(key="control_saliency_average").value == "saliency"
    assert "mean size of Saliency" in said(at)


def test_sections_need_no_network(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.kit.jobs, "NEEDED", ("surely_not_installed",))
    shown = figures(saliency_page())
    assert {"● shallow", "■ deep"} <= set(shown)
    assert "The ensemble" not in shown


def test_the_most_faithful_method_of_each_network_is_framed(root: Path) -> None:
    found = next(figure for title, figure in figures(saliency_page()).items() if "most faithful" in title)
    heat, best = found["data"]
    assert re.match(r"(Saliency|Occlusion) is most faithful<br>for 1 of 2 networks", found["layout"]["title"]["text"])
    assert sorted(zip(best["x"], best["y"], strict=True)) == [(0, "Occlusion"), (1, "Saliency")]
    assert heat["y"] == ["Saliency", "Guided Backprop", "Occlusion"]
    assert heat["text"] == [["", "30"], ["10<sup>✕</sup>", "10<sup>✕</sup>"], ["20", "20"]]


def test_absent_files_say_which_command_writes_them(photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    at = saliency_page()
    assert NO_MEAN in said(at)
    assert "python -m fer_core explain --benchmark" in said(at)


@pytest.mark.parametrize("name", [SALIENCY, MEAN_SALIENCY])
def test_a_damaged_file_is_named(root: Path, name: str) -> None:
    put(root, name, b"{}")
    at = saliency_page()
    assert name in at.info[-1].value


def test_colours_are_those_of_the_picture() -> None:
    assert (plots.AGAINST, plots.FOR, plots.AMOUNT) == (library_draw.AGAINST, library_draw.FOR, library_draw.AMOUNT)
    paint = Paint(2.0, signed=True, strength=0.5)
    assert paint.colours[1] == (0.5, "rgba(0,114,178,0)")
    text = legend(("−2, against", "for, +2 <"), "nats", paint)
    assert "linear-gradient" in text
    assert "for, +2 &lt;" in text


def test_a_picture_and_numbers_can_be_taken_home(root: Path) -> None:
    from ui.data.artifacts import load
    from ui.saliency.data import maps, subjects, wanted
    from ui.saliency.downloads import npz as numbers_of
    from ui.saliency.downloads import png
    from ui.saliency.source import Face

    loaded, setting = load(), Setting(ROSTER)
    image = loaded.artifacts.mean_faces()[3]
    asked = wanted(loaded, Face(image, "a face"), setting, SaliencyChoice(method="regions", explain="sad"))
    found = maps(loaded, asked, subjects(loaded, setting, ROSTER), None)
    picture = Image.open(io.BytesIO(png(asked, found, 0.7)))
    assert picture.width > 4 * 240
    explainer = Explainer(open_artifacts(root))
    with np.load(io.BytesIO(numbers_of(loaded, asked, found))) as saved:
        assert saved["subjects"].tolist() == ["ensemble", *ROSTER]
        for at, name in enumerate(ROSTER, 1):
            from fer_core.saliency import Target

            one = explainer.explain(explainer.member(name), image[None], "regions", target=Target(4))
            np.testing.assert_array_equal(saved["maps"][at], one.values[0])
            np.testing.assert_allclose(saved["explained"][at], one.explained[0])
        assert json.loads(str(saved["arguments"])) == {"baseline": "mean_face"}
        np.testing.assert_array_equal(saved["face"], image)
    np.testing.assert_allclose(found.mean, np.mean([found.found[name].values[0] for name in ROSTER], axis=0), atol=1e-7)
    assert found.likeness is not None
    assert -1 <= found.likeness <= 1
    assert found.strongest is not None


def curves_of(*, gain: float) -> Curves:
    flat = np.full(3, 0.5)
    return Curves(np.linspace(0, 1, 3), flat + gain, flat, flat, flat)


def trust(**more: Any) -> Trust:
    values = {"infidelity": 0.4, "sensitivity": 0.2, "curves": curves_of(gain=0.1), "randomised": 0.1} | more
    return Trust(**values)


def test_words_follow_the_checks() -> None:
    good = sentences(trust())
    assert good[0].startswith("**Gain +0.10**: the map orders pixels better than chance on this face")
    assert "fails to predict 40%" in good[1]
    assert "by up to 20%" in good[2]
    assert "which is necessary, not sufficient" in good[3]
    bad = sentences(trust(curves=curves_of(gain=-0.1), randomised=0.8))
    assert "no better than chance" in bad[0]
    assert "−0.10" in bad[0]
    assert "hardly depends on the weights" in bad[3]
    none = sentences(trust(infidelity=float("nan"), sensitivity=float("nan"), randomised=float("nan")))
    assert not any("nan" in line for line in none)
    assert curves(trust().curves, "happy").layout.title.text.startswith("The map beats random orders by 0.10")
    assert curves(curves_of(gain=0.0), "happy").layout.title.text.startswith("Random orders do as well")


def test_every_unit_reads_as_a_sentence() -> None:
    for method in METHODS:
        for what in ("happy", "happy, not sad"):
            words = unit(method, what, logits=method.startswith("deep_lift"))
            assert "{" not in words
            assert "happy" in words
    assert unit("deep_lift", "sad", logits=True) == "what a pixel adds to the logit of sad, in nats"
    assert zero("grad_cam", ["deep"], None).startswith(
        "The map of deep is zero everywhere: nothing in the last feature"
    )
    assert BASELINES["black"] in zero("integrated_gradients", ["deep", "vgg"], BASELINES["black"])


def test_a_title_names_the_class_and_what_is_said_instead(root: Path) -> None:
    from fer_core.saliency import Target

    explainer = Explainer(open_artifacts(root))
    image, member = explainer.artifacts.mean_faces()[0][None], explainer.member("deep")
    own = explainer.explain(member, image, "saliency", arguments=Arguments())
    said_class = int(own.labels[0])
    other = (said_class + 1) % 7
    share = round(100 * float(own.probabilities[0, other]))
    title = says(explainer.explain(member, image, "saliency", target=Target(other)))
    assert title == f"{EMOTIONS[other]} {share}% (says {EMOTIONS[said_class]})"
