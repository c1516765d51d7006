"""The page Saliency through Streamlit's own test runner, on made-up artifacts."""

import json
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

import fer_core.dataset
import ui.kit.jobs
from fer_core.artifacts import open_artifacts
from fer_core.dataset import Dataset
from fer_core.dataset.pack import write
from fer_core.emotions import EMOTIONS, USAGES
from fer_core.ensemble import Setting
from fer_core.saliency import Explainer, Target
from tests.pages import choice_of, number, opened, press, ran
from tests.synthetic import ROSTER, write_artifacts
from ui.data.photos import PHOTOS, Seen, Source
from ui.saliency.wording import says

pytestmark = pytest.mark.usefixtures("framed", "one_thread")


@pytest.fixture
def root(photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    monkeypatch.delenv("FER2013_PATH", raising=False)
    monkeypatch.setattr(import_module("fer_core.dataset.find"), "DEFAULT", tmp_path / "no.npz")
    return photo_artifacts


def saliency_page(**query: str) -> AppTest:
    return opened("saliency", **query)


def figures(at: AppTest) -> dict[str, Any]:
    """Return the figures of a page by their titles, of which the second line and all tags are taken off."""
    found = [json.loads(element.proto.spec) for element in at.get("plotly_chart")]
    return {one["layout"]["title"]["text"].split("<br>")[0]: one for one in found}


def second(figure: dict[str, Any]) -> str:
    text = str(figure["layout"]["title"]["text"].split("<br>")[1])
    return text.split(">", 1)[1].removesuffix("</span>")


def said(at: AppTest) -> str:
    elements = (*at.markdown, *at.caption, *at.info, *at.error)
    return "\n".join([element.value for element in elements] + [e.proto.body for e in at.get("html")])


def test_a_mean_face_is_explained_at_once(root: Path) -> None:
    at = saliency_page()
    explainer = Explainer(open_artifacts(root))
    image = explainer.artifacts.mean_faces()[EMOTIONS.index("happy")][None]
    whole = explainer.ensemble(Setting(ROSTER))
    found = explainer.explain(whole, image, "grad_cam")
    assert number(at) == EMOTIONS[found.labels[0]]
    shown = figures(at)
    assert list(shown) == ["The ensemble", "Mean of 3 members", "Where they differ", "● shallow", "■ deep", "◆ agrawal"]
    answers = explainer.calibrated_ensemble.answers(
        Setting(ROSTER), "one_view", explainer.panel.logits(image), spoilt=[True]
    )
    sure = answers[0].confidence
    assert sure is not None
    # The percentage of the page Try a face and of `predict`, for a mean face is blurred; members' own are as they are.
    assert second(shown["The ensemble"]) == f"{EMOTIONS[found.labels[0]]} {100 * sure:.0f}%"
    for name, glyph in zip(ROSTER, "●■◆", strict=True):
        target = Target(int(found.labels[0]))
        one = explainer.explain(explainer.member(name), image, "grad_cam", target=target)
        assert second(shown[f"{glyph} {name}"]) == says(one)
    limits = {(figure["data"][1]["zmin"], figure["data"][1]["zmax"]) for figure in shown.values()}
    assert len(limits) == 1, "one scale for all maps"


def test_a_link_says_why_one_class_and_not_another(root: Path) -> None:
    at = saliency_page(method="occlusion", explain="sad", against="fear", mean="surprise", hide="deep")
    shown = figures(at)
    assert "■ deep" not in shown
    assert all(
        "sad" in second(shown[name]) and "not fear" in second(shown[name]) for name in ("The ensemble", "◆ agrawal")
    )
    assert "log-probability of sad over that of fear" in said(at)
    assert at.selectbox(key="control_saliency_method").value == "occlusion"
    assert "Zeiler &amp; Fergus" in said(at) or "Zeiler & Fergus" in said(at)


def test_controls_change_the_maps_and_the_link(root: Path) -> None:
    at = saliency_page()
    at.selectbox(key="control_saliency_method").set_value("input_x_gradient")
    at.pills(key="control_saliency_shown").set_value(["shallow", "agrawal"])
    at.slider(key="control_saliency_strength").set_value(0.4)
    ran(at)
    shown = figures(at)
    assert "Mean of 2 members" in shown
    assert "rgba(213,94,0,0.4)" in json.dumps(shown["● shallow"])
    query = choice_of(at).to_query()
    assert {query["method"], query["hide"], query["strength"]} == {"input_x_gradient", "deep", "0.4"}


def test_each_may_explain_what_it_says_itself(root: Path) -> None:
    at = saliency_page(explain="own")
    titles = [second(figure) for name, figure in figures(at).items() if name[0] in "●■◆"]
    assert not any("says" in title for title in titles)


def test_what_a_method_cannot_serve_is_said(root: Path) -> None:
    at = saliency_page(combine="hard_vote", method="saliency")
    assert "Saliency cannot serve the rule Hard vote: gradients are followed through means alone." in said(at)
    assert list(figures(at))[:2] == ["Mean of 3 members", "Where they differ"]
    at = saliency_page(method="deep_lift")
    assert "DeepLift cannot serve an ensemble" in said(at)


def test_a_member_that_a_method_cannot_serve_has_no_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_artifacts(tmp_path / "artifacts", members=("shallow", "resnet"), photos=True)
    monkeypatch.setenv("FER_ARTIFACTS", str(folder))
    at = saliency_page(method="deep_lift")
    assert "DeepLift cannot serve resnet: its channel gates multiply two signals" in said(at)
    assert list(figures(at)) == ["● shallow"]


def test_one_member_alone_has_one_map(root: Path) -> None:
    at = saliency_page(members="deep")
    assert list(figures(at)) == ["■ deep"]
    assert "says deep" in said(at)


def test_no_member_switched_on_is_answered_by_all(root: Path) -> None:
    assert "Mean of 3 members" in figures(saliency_page(members="none"))


def test_no_member_shown_leaves_the_ensemble(root: Path) -> None:
    assert list(figures(saliency_page(hide="shallow,deep,agrawal"))) == ["The ensemble"]


def test_maps_of_zeros_are_explained(root: Path) -> None:
    at = saliency_page(mean="all", method="regions")
    assert (
        "The maps of the ensemble, shallow, deep, agrawal are zero everywhere: covering it with the mean face"
        in said(at)
    )


def test_a_damaged_network_is_named(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from fer_core.inference import panel

    first = panel.load

    def damaged(artifacts: Any, name: str) -> Any:
        import torch

        member = first(artifacts, name)
        if name == "deep":
            with torch.no_grad():
                next(member.parameters()).fill_(float("nan"))
        return member

    st.cache_resource.clear()
    monkeypatch.setattr(panel, "load", damaged)
    at = saliency_page(explain="sad")
    st.cache_resource.clear()
    assert said(at).count("deep gives no finite numbers: its weights are damaged.") == 1
    assert "● shallow" in figures(at)
    assert "■ deep" not in figures(at)


def test_a_damaged_file_of_weights_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write_artifacts(tmp_path / "artifacts", photos=True, seed=3)
    monkeypatch.setenv("FER_ARTIFACTS", str(folder))
    path = folder / "members" / "deep" / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-1])
    at = saliency_page()
    assert "model.safetensors" in at.info[-1].value
    assert not figures(at)


def data_set(root: Path, path: Path) -> Dataset:
    """Write a data set that has the labels of made-up artifacts."""
    rows, usage, labels = open_artifacts(root).rows(), [], []
    for split, name in USAGES.items():
        labels.append(rows[f"{split}_labels"].astype(np.int64))
        usage.append(np.full(len(labels[-1]), name))
    at = np.concatenate([np.arange(len(part)) for part in labels])
    images = np.random.RandomState(0).randint(0, 256, (len(at), 48, 48)).astype(np.uint8)
    found = Dataset(images, np.concatenate(labels), np.concatenate(usage), at)
    write(found, path)
    return found


def test_a_test_image_is_chosen_by_row_by_label_and_by_mistake(
    root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    test = data_set(root, tmp_path / "packed.npz").split("test")
    monkeypatch.setenv("FER2013_PATH", str(tmp_path / "packed.npz"))
    at = saliency_page(face="test", row="7")
    assert f"Image 7 of PrivateTest, labelled {EMOTIONS[test.labels[7]]}." in said(at)
    at.selectbox(key="control_saliency_label").set_value("fear")
    at.toggle(key="control_saliency_wrong").set_value(True)
    ran(at)
    press(at, "Next")
    row = choice_of(at).saliency.row
    assert EMOTIONS[test.labels[row]] == "fear"
    press(at, "Random")
    again = choice_of(at).saliency.row
    assert EMOTIONS[test.labels[again]] == "fear"
    assert choice_of(at).to_query()["row"] == str(again)
    at = saliency_page(face="test", row="3588")
    assert "Image 299 of PrivateTest" in said(at)


def test_without_the_data_set_test_images_are_not_offered(root: Path) -> None:
    at = saliency_page(face="test")
    assert at.segmented_control(key="control_saliency_source").options == ["Mean face", "Photo"]
    assert "download FER-2013" in said(at)
    assert "The ensemble" in figures(at)


def test_a_data_set_that_is_none_is_said(root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FER2013_PATH", str(tmp_path / "nothing.npz"))
    tried: list[object] = []
    find = fer_core.dataset.find
    monkeypatch.setattr(fer_core.dataset, "find", lambda **given: tried.append(given) or find(**given))
    at = ran(saliency_page(face="test"))
    assert "nothing.npz" in said(at)
    assert len(tried) == 1, "what cannot be read is not read again at each run"
    assert not figures(at)


def test_a_photo_is_carried_over_and_without_one_the_page_says_where(root: Path) -> None:
    at = saliency_page(face="photo")
    assert "Add one on the page Try a face" in said(at)
    assert number(at) == "–"

    class Framed:
        image = np.random.RandomState(1).randint(0, 256, (48, 48)).astype(np.uint8)
        spoilt = True

    look, nothing, faces = choice_of(at).faces, np.empty((0, 0, 3), np.uint8), (Framed(), Framed())
    seen = [
        Seen(Source(name, b"x", name == "mean"), look, nothing, 1.0, (9, 9), faces, np.empty((3, 2, 7), np.float32))
        for name in ("a.jpg", "mean")
    ]
    at.session_state[PHOTOS] = dict(enumerate(seen))
    ran(at)
    assert "Face 1 in a.jpg." in said(at)
    assert at.selectbox(key="control_saliency_photo").options == ["face 1 in a.jpg", "face 2 in a.jpg"]
    assert "The ensemble" in figures(at)


def test_why_leads_from_a_face_to_its_maps(root: Path) -> None:
    at = opened("try_a_face", example="sad")
    press(at, "Why?")
    assert choice_of(at).saliency.mean == "sad"
    assert "The ensemble" in figures(at)


def test_a_map_is_checked_and_its_path_shown_when_asked(root: Path) -> None:
    at = saliency_page(closer="deep", steps="12")
    assert not any("insertion" in title for title in map(str, figures(at)))
    press(at, "Check this map")
    assert "**Gain" in said(at)
    assert "**Infidelity" in said(at)
    press(at, "Show the path")
    film = next(figure for figure in figures(at).values() if figure.get("frames"))
    assert len(film["frames"]) == len(film["layout"]["sliders"][0]["steps"]) > 5
    assert "**Gain" in said(at)


def test_a_vote_is_not_looked_at_closer_by_a_gradient(root: Path) -> None:
    at = saliency_page(combine="hard_vote", method="saliency")
    assert said(at).count("through means alone") >= 2


def test_without_the_packages_the_page_says_what_to_install(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.kit.jobs, "NEEDED", ("captum", "surely_not_installed"))
    at = saliency_page()
    assert at.info[0].value == ui.kit.jobs.WITHOUT
    assert len(at.header) == 2


def test_a_stranger_in_the_link_shows_the_default(root: Path) -> None:
    at = saliency_page(method="<script>", row="1e9", closer="nobody", strength="nan", face="9", mean="joy", hide="x")
    assert choice_of(at).saliency == type(choice_of(at).saliency)()
    assert "The ensemble" in figures(at)
