"""The page Try a face through Streamlit's own test runner, and what it says in words."""

import asyncio
import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

import ui.data.photos
from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Answer, Setting
from fer_core.photo.predict import Look, Predictor
from fer_core.reports.sentences import scheme
from tests.pages import number, opened, ran
from tests.synthetic import write_artifacts
from ui.kit.answers import agreement, confidence, prior, scheme_title, verdict
from ui.session.choice import FaceChoice
from ui.try_a_face.controls import VIEW_TITLES, camera_works, titles

pytestmark = pytest.mark.usefixtures("framed")


@pytest.fixture
def root(photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    return photo_artifacts


def face_page(**query: str) -> AppTest:
    return opened("try_a_face", **query)


def expected(root: Path, emotion: str, setting: Setting, view: str = "one_view", *, balance: bool = False) -> Answer:
    """Return the answer for a mean face by the library alone."""
    from fer_core.photo.decode import decode

    artifacts = open_artifacts(root)
    content = io.BytesIO()
    Image.fromarray(artifacts.mean_faces()[EMOTIONS.index(emotion)]).save(content, "PNG")
    predictor = Predictor(artifacts)
    looked = predictor.look(decode(content.getvalue()), Look(detector="whole", view=view, balanced=balance))
    assert len(looked.faces) == 1
    return predictor.answers(looked, setting)[0]


def said(at: AppTest) -> str:
    return "\n".join(element.value for element in (*at.markdown, *at.caption))


def test_without_a_photo_a_mean_face_is_answered(root: Path) -> None:
    at = face_page()
    answer = expected(root, "happy", Setting(("shallow", "deep", "agrawal")))
    assert number(at) == EMOTIONS[answer.label]
    assert verdict(answer) in said(at)
    assert scheme_title([answer], answer)[-len(EMOTIONS[answer.label]) :] in said(at)


def test_another_mean_face_all_views_and_the_explorers_choice(root: Path) -> None:
    at = face_page(example="sad", views="full", members="deep", weights="equal", combine="mean_log_probability")
    answer = expected(root, "sad", Setting(("deep",), combiner="mean_log_probability"), "full")
    assert number(at) == EMOTIONS[answer.label]
    assert verdict(answer) in said(at)
    assert "Answered by deep, equal weights, mean log-probability." in said(at)
    assert "views of each face" in said(at)


def test_rare_emotions_are_favoured_on_request_with_both_figures(root: Path) -> None:
    at = face_page(example="sad")
    setting = Setting(("shallow", "deep", "agrawal"))
    calibrated_ensemble = Predictor(open_artifacts(root)).calibrated_ensemble
    assert prior(calibrated_ensemble.balance(setting, "one_view")) in said(
        at
    )  # both figures, before anybody asks for it
    at.toggle(key="control_face_balanced").set_value(True)
    ran(at)
    answer = expected(root, "sad", setting, balance=True)
    assert number(at) == EMOTIONS[answer.label]
    assert verdict(answer, balanced=True) in said(at)
    assert at.query_params["balanced"] == "yes"
    assert "no probabilities to correct" in said(face_page(combine="hard_vote", balanced="yes"))


def test_downloads_say_how_the_photos_were_looked_at(root: Path) -> None:
    wanted = FaceChoice(detector="haar", small=True, illumination="clahe", view="full", balanced=True)
    look = ui.data.photos.look_of(wanted)
    assert look == Look("haar", True, "clahe", "full", True)
    predictor = Predictor(open_artifacts(root))
    head = predictor.header(Setting(tuple(predictor.panel.members)), look)
    assert json.loads(json.dumps(head))["detector"] == "haar"


def test_no_member_switched_on_is_answered_by_all_and_says_so(root: Path) -> None:
    at = face_page(members="none")
    assert "Answered by 3 members, equal weights, mean probability (no member is switched on)." in said(at)
    assert number(at) == EMOTIONS[expected(root, "happy", Setting(("shallow", "deep", "agrawal"))).label]


def test_a_vote_claims_no_probability(root: Path) -> None:
    at = face_page(combine="hard_vote")
    assert "A vote has shares, not probabilities" in said(at)


def test_without_the_packages_the_page_says_what_to_install(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ui.data.photos, "NEEDED", ("torch", "surely_not_installed"))
    at = face_page()
    assert [info.value for info in at.info] == [ui.data.photos.WITHOUT]


@pytest.mark.parametrize(("missing", "what"), [("frame", "frame"), ("one_view", "calibrate")])
def test_artifacts_without_what_photos_need_say_how_to_make_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, missing: str, what: str
) -> None:
    folder = write_artifacts(tmp_path / "artifacts")
    if missing == "one_view":
        from fer_core.artifacts import add_files
        from tests.synthetic import FRAME

        add_files(folder, lambda present: {"frame.json": FRAME.to_json().encode()})
    monkeypatch.setenv("FER_ARTIFACTS", str(folder))
    at = face_page()
    assert [info.value.split()[-1] for info in at.info] == [what]


@pytest.mark.parametrize(
    ("url", "works"),
    [
        ("http://localhost:8501/try_a_face", True),
        ("http://127.0.0.1:8501", True),
        ("https://faces.example", True),
        ("http://127.8.9.1:8501", True),
        ("http://faces.localhost:8501", True),
        ("http://[::1]:8501", True),
        ("http://192.168.0.7:8501", False),
        ("http://0.0.0.0:8501", False),
        ("http://127.faces.example", False),
        ("http://faces.example", False),
        ("", False),
    ],
)
def test_the_camera_is_offered_where_browsers_give_it(url: str, works: bool) -> None:
    assert camera_works(url) is works


def test_every_choice_has_its_words() -> None:
    from fer_core.photo.detect import DETECTORS as FOUND_BY
    from fer_core.photo.framing import ILLUMINATIONS as LIGHTS
    from ui.session.choice import DETECTORS, ILLUMINATIONS, VIEWS

    assert set(titles(FOUND_BY)) == set(DETECTORS)
    assert all(titles(FOUND_BY).values())
    assert len([detector.description for detector in FOUND_BY.values() if detector.description]) == len(DETECTORS)
    assert set(titles(LIGHTS)) == set(ILLUMINATIONS)
    assert set(VIEW_TITLES) == set(VIEWS)


def answer(sure: float | None, *, against: int = 0, entropy: float = 1.0, information: float = 0.0) -> Answer:
    probabilities = np.full((3, 7), 0.1)
    probabilities[:, 3] = 0.4
    votes = np.array([3, 3, 3])
    votes[:against] = 4
    shares = np.array([0.05, 0.05, 0.1, 0.4, 0.2, 0.1, 0.1])
    chosen = np.ones(3, bool)
    return Answer(("a", "b", "c"), probabilities, votes, chosen, 3, shares, sure, against, entropy, information)


def test_words_follow_the_confidence_and_the_source_of_doubt() -> None:
    assert verdict(answer(0.87)) == (
        "**Fairly sure.** On FER-2013's own images so sure an answer is right about 87 times in 100."
    )
    assert "If every emotion were as frequent as the others" in verdict(answer(0.87), balanced=True)
    assert verdict(answer(0.6)).startswith("**Not very sure.**")
    assert "A guess" in verdict(answer(0.3))
    assert "Sad comes next" in verdict(answer(0.3))
    assert "contradict each other" in verdict(answer(0.6, information=0.5))
    assert "within each member" in verdict(answer(0.6, information=0.01))
    assert confidence(answer(0.87)) == "87% sure"
    assert confidence(answer(None)) == "40% of the vote"


def test_agreement_and_schemes_are_counted() -> None:
    assert agreement(answer(0.9)) == "all 3 members agree"
    assert agreement(answer(0.9, against=2)) == "1 of 3 members agree"
    assert scheme(Setting(("deep",))) == "deep, equal weights, mean probability"
    other = answer(0.9)
    other = Answer(**{**vars(other), "label": 4})
    assert scheme_title([answer(0.9), other], answer(0.9)) == "1 of 2 schemes say happy"
    assert scheme_title([answer(0.9)], answer(0.9)) == "Every scheme says happy"


def test_defaults_leave_the_link_short() -> None:
    assert FaceChoice().to_query() == {}
    assert FaceChoice(small=True, view="full").to_query() == {"small": "yes", "views": "full"}


@pytest.mark.parametrize("megabytes", [2, 19])
def test_an_upload_stays_in_memory(monkeypatch: pytest.MonkeyPatch, megabytes: int) -> None:
    from starlette.datastructures import Headers, UploadFile
    from starlette.formparsers import MultiPartParser

    from ui.shell.navigation import keep_uploads_in_memory

    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    headers = Headers({"content-type": "multipart/form-data; boundary=b"})

    async def body() -> AsyncIterator[bytes]:
        yield head
        for _ in range(megabytes):
            yield b"x" * 2**20
        yield b"\r\n--b--\r\n"

    def rolled() -> bool:
        upload = asyncio.run(MultiPartParser(headers, body()).parse())["file"]
        assert isinstance(upload, UploadFile)
        with upload.file as file:
            return bool(file._rolled)

    monkeypatch.setattr(MultiPartParser, "spool_max_size", 2**20)  # Starlette's own, put back after the test
    assert rolled()
    keep_uploads_in_memory()
    assert not rolled()
