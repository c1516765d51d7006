"""What a person does with the page Try a face, in a real browser."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from skimage import data

from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from fer_core.photo.decode import decode
from fer_core.photo.predict import Look, Predictor
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO

pytestmark = pytest.mark.browser


def jpeg(picture: Image.Image) -> bytes:
    content = io.BytesIO()
    picture.save(content, "JPEG", quality=92)
    return content.getvalue()


@pytest.fixture(scope="module")
def astronaut() -> bytes:
    return jpeg(Image.fromarray(data.astronaut()))


def put(page: Page, *files: tuple[str, bytes]) -> None:
    chooser = page.locator("input[type=file]")
    expect(chooser).to_have_count(1)  # an upload puts an empty one in the place of the one that took it
    chooser.set_input_files([{"name": name, "mimeType": "image/jpeg", "buffer": content} for name, content in files])


def answered(page: Page, name: str, size: str) -> None:
    expect(page.get_by_text(f"{name}, {size} pixels")).to_be_visible(timeout=60_000)


def test_an_uploaded_photo_is_found_framed_and_answered(visit: Visit, artifacts: Path, astronaut: bytes) -> None:
    page = visit.open("/try_a_face")
    put(page, ("astronaut.jpg", astronaut))
    answered(page, "astronaut.jpg", "512×512")
    visit.settled()
    predictor = Predictor(open_artifacts(artifacts))
    looked = predictor.look(decode(astronaut), Look())
    assert len(looked.faces) == 1
    answer = predictor.answers(looked, Setting(tuple(predictor.panel.members)))[0]
    assert visit.number() == EMOTIONS[answer.label]
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Answers, JSON").click()
    found = json.loads(Path(waiting.value.path()).read_text())
    assert found["view"] == "one_view"
    assert found["photos"][0]["faces"][0]["emotion"] == EMOTIONS[answer.label]
    np.testing.assert_allclose(list(found["photos"][0]["faces"][0]["shares"].values()), answer.shares, atol=2e-4)
    assert visit.foreign == []
    assert visit.errors == []


def test_many_photos_make_a_table_and_a_bad_one_is_named(visit: Visit, astronaut: bytes) -> None:
    page = visit.open("/try_a_face")
    coffee = jpeg(Image.fromarray(data.coffee()))
    put(page, ("bad.jpg", b"<html><body>no photo</body></html>"), ("astronaut.jpg", astronaut), ("cup.jpg", coffee))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible(timeout=60_000)
    visit.settled()
    expect(page.get_by_test_id("stAlert").filter(has_text="bad.jpg is a web page")).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Answers, CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(waiting.value.path()).read_text())))
    assert [row["photo"] for row in rows] == ["bad.jpg", "astronaut.jpg", "cup.jpg"]
    assert "web page" in rows[0]["error"]
    assert rows[1]["emotion"] in EMOTIONS
    assert rows[2]["error"] == "no face was found"
    expect(page.get_by_text("Traceback")).to_have_count(0)
    assert visit.errors == []


def test_several_faces_are_numbered_and_picked(visit: Visit) -> None:
    page = visit.open("/try_a_face")
    face = Image.fromarray(data.astronaut())
    both = Image.new("RGB", (1000, 520), "#88aacc")
    both.paste(face, (0, 0))
    both.paste(face.resize((340, 340)), (600, 100))
    put(page, ("both.jpg", jpeg(both)))
    answered(page, "both.jpg", "1000×520")
    picker = page.get_by_test_id("stButtonGroup").filter(has_text="2 faces, the largest first")
    picker.get_by_role("radio", name="2").click()
    visit.settled()
    expect(picker.get_by_role("radio", name="2")).to_have_attribute("aria-checked", "true")
    expect(page.locator(".fer-big b")).to_have_count(1)


def test_where_there_is_no_face_the_middle_is_offered(visit: Visit) -> None:
    page = visit.open("/try_a_face")
    put(page, ("cup.jpg", jpeg(Image.fromarray(data.coffee()))))
    expect(page.get_by_text("No face was found.")).to_be_visible(timeout=60_000)
    page.get_by_role("button", name="Take the middle of the picture").click()
    answered(page, "cup.jpg", "600×400")
    expect(page.locator(".fer-big b")).to_have_count(1)


def test_the_camera_is_asked_for_only_when_chosen(visit: Visit) -> None:
    visit.page.add_init_script(
        "window.asked = 0; const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);"
        "navigator.mediaDevices.getUserMedia = (...a) => { window.asked += 1; return ask(...a) };"
    )
    page = visit.open("/try_a_face")
    visit.settled()
    assert page.evaluate("window.asked") == 0
    page.get_by_text("Use the camera").click()
    expect(page.get_by_test_id("stCameraInput")).to_be_visible(timeout=30_000)


@pytest.mark.parametrize("visit", TWO, indirect=True, ids=["light", "dark-phone"])
def test_the_page_fits(visit: Visit, astronaut: bytes) -> None:
    page = visit.open("/try_a_face")
    put(page, ("astronaut.jpg", astronaut))
    answered(page, "astronaut.jpg", "512×512")
    visit.settled()
    page.wait_for_timeout(300)
    over = visit.overflow()
    assert over <= 0
    assert visit.foreign == []


def test_another_page_and_back_keeps_the_look_and_the_link(visit: Visit) -> None:
    page = visit.open("/try_a_face")
    page.get_by_role("radio", name="sad").click()
    page.wait_for_url(lambda url: "example=sad" in url)
    page.get_by_role("link", name="Members").click()
    expect(page.get_by_role("heading", name="Inside each network")).to_be_visible()
    page.get_by_role("link", name="Try a face").click()
    expect(page.get_by_text("the mean sad face, 48×48 pixels")).to_be_visible(timeout=30_000)
    page.reload()
    expect(page.get_by_text("the mean sad face, 48×48 pixels")).to_be_visible(timeout=30_000)
