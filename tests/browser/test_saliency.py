"""What a person does with the page Saliency, in a real browser."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from skimage import data

from fer_core.artifacts import open_artifacts
from fer_core.saliency import Explainer, Target
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO
from tests.browser.test_try_a_face import answered, jpeg, put

pytestmark = pytest.mark.browser
MAPS = ("ensemble", "shallow", "deep", "agrawal")
SLOW = "/saliency?method=occlusion&window=4&stride=2"
"""More than 500 covered copies a map, each through every network."""


def method(page: Page, title: str) -> None:
    page.locator(".st-key-control_saliency_method").get_by_role("combobox").click()
    page.get_by_role("option", name=title, exact=True).click()


def maps_drawn(page: Page) -> None:
    for name in MAPS:
        expect(page.locator(f".st-key-map_{name} .heatmaplayer image")).to_have_count(2, timeout=60_000)


def pointed_at(page: Page, name: str, *, x: int, y: int) -> str:
    """Put the pointer on a pixel of a map, and return what is shown there."""
    plot = page.locator(f".st-key-map_{name} .js-plotly-plot")
    plot.scroll_into_view_if_needed()
    picture = plot.locator(".heatmaplayer image").last.bounding_box()
    assert picture is not None
    side = picture["width"] / 48
    page.mouse.move(picture["x"] + (x + 0.5) * side, picture["y"] + (y + 0.3) * side)
    page.mouse.move(picture["x"] + (x + 0.5) * side, picture["y"] + (y + 0.5) * side)
    shown = plot.locator(".hoverlayer .hovertext")
    expect(shown).to_contain_text(f"x {x}, y {y}")
    return shown.text_content() or ""


def test_a_mean_face_is_there_at_once_and_the_pointer_tells_values(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/saliency?method=input_x_gradient&explain=sad")
    visit.settled()
    maps_drawn(page)
    explainer = Explainer(open_artifacts(artifacts))
    face = explainer.artifacts.mean_faces()[3][None]
    found = explainer.explain(explainer.member("deep"), face, "input_x_gradient", target=Target(4)).values[0]
    y, x = np.unravel_index(int(np.abs(found).argmax()), found.shape)
    value = float(pointed_at(page, "deep", x=int(x), y=int(y)).split(": ")[-1].replace("−", "-"))
    assert value == pytest.approx(float(found[y, x]), rel=1e-2)
    assert visit.foreign == []
    assert visit.errors == []


def test_another_method_draws_other_maps_and_is_in_the_link(visit: Visit) -> None:
    page = visit.open("/saliency")
    visit.settled()
    maps_drawn(page)
    picture = page.locator(".st-key-map_deep .heatmaplayer image").last
    before = picture.get_attribute("href")
    method(page, "Guided Backprop")
    page.wait_for_url(lambda url: "method=guided_backprop" in url)
    expect(picture).not_to_have_attribute("href", before or "")
    expect(page.get_by_text("guided gradient of the log-probability")).to_be_visible()
    page.reload()
    expect(page.get_by_text("guided gradient of the log-probability")).to_be_visible(timeout=60_000)


def test_a_slow_method_can_be_cancelled_and_gone_on_with(visit: Visit) -> None:
    page = visit.open(f"{SLOW}&mean=surprise")
    page.get_by_role("button", name="Cancel").click(timeout=60_000)
    expect(page.get_by_text("Cancelled:")).to_be_visible()
    visit.settled()
    expect(page.locator(".st-key-map_ensemble")).to_have_count(0)
    page.get_by_role("button", name="Compute the rest").click()
    maps_drawn(page)
    visit.settled()
    expect(page.get_by_text("Cancelled:")).to_have_count(0)
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0)


def test_maps_are_taken_home_as_a_picture_and_as_numbers(visit: Visit) -> None:
    page = visit.open("/saliency?method=regions")
    visit.settled()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Maps, PNG").click()
    assert caught.value.suggested_filename == "regions.png"
    with Image.open(caught.value.path()) as picture:
        assert picture.width > 4 * 240
    with page.expect_download() as caught:
        page.get_by_role("button", name="Maps, NPZ").click()
    with np.load(caught.value.path()) as found:
        assert found["subjects"].tolist() == list(MAPS)
        assert found["maps"].shape == (4, 48, 48)


def test_the_path_of_integrated_gradients_plays(visit: Visit) -> None:
    page = visit.open("/saliency?closer=deep&steps=20")
    visit.settled()
    page.get_by_role("button", name="Show the path").click()
    film = page.locator(".st-key-saliency_film .js-plotly-plot")
    expect(film).to_be_visible(timeout=60_000)
    visit.settled()
    first = film.locator(".heatmaplayer image").first
    expect(first).to_be_attached()
    whole = first.get_attribute("href")
    film.get_by_text("Play").click()
    expect(first).not_to_have_attribute("href", whole or "", timeout=10_000)
    expect(first).to_have_attribute("href", whole or "", timeout=30_000)
    assert visit.errors == []


def test_a_map_is_checked_on_demand(visit: Visit) -> None:
    page = visit.open("/saliency?closer=shallow")
    visit.settled()
    page.get_by_role("button", name="Check this map").click()
    expect(page.locator("strong").filter(has_text="Infidelity")).to_be_visible(timeout=60_000)
    expect(page.locator(".st-key-trust_curves .js-plotly-plot .gtitle")).to_be_visible()


def test_an_uploaded_face_is_carried_over(visit: Visit) -> None:
    page = visit.open("/try_a_face")
    put(page, ("astronaut.jpg", jpeg(Image.fromarray(data.astronaut()))))
    answered(page, "astronaut.jpg", "512×512")
    visit.settled()
    said = visit.number()
    page.get_by_role("button", name="Why?").click()
    expect(page.get_by_text("The face in astronaut.jpg.")).to_be_visible(timeout=60_000)
    maps_drawn(page)
    assert visit.number() == said
    page.wait_for_url(lambda url: "face=photo" in url)
    with page.expect_download() as caught:
        page.get_by_role("button", name="Maps, NPZ").click()
    with np.load(io.BytesIO(Path(caught.value.path()).read_bytes())) as found:
        assert found["face"].std() > 20


def test_a_link_to_a_photo_that_is_not_here_says_where_to_put_one_in(visit: Visit) -> None:
    page = visit.open("/saliency?face=photo")
    expect(page.get_by_text("Add one on the page Try a face")).to_be_visible()
    page.locator("[data-testid=stMain]").get_by_role("link", name="Try a face").click()
    expect(page.locator("input[type=file]")).to_be_attached(timeout=30_000)


@pytest.mark.parametrize("visit", TWO, indirect=True, ids=["light", "dark-phone"])
def test_the_page_fits_asks_no_other_host_and_does_not_complain(visit: Visit) -> None:
    page = visit.open("/saliency?method=regions&explain=surprise&against=disgust")
    visit.settled()
    maps_drawn(page)
    page.wait_for_timeout(300)
    over = visit.overflow()
    outside = visit.titles_outside()
    assert over <= 0
    assert outside == 0
    assert visit.foreign == []
    assert visit.errors == []
