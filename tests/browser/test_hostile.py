"""What nobody would type or put in: each gets one sentence at most, and never a traceback."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import PATIENCE, Visit
from tests.browser.test_try_a_face import put
from tests.hostile import files, photos, urls
from ui.session.uploads import safe

pytestmark = pytest.mark.browser
TRACE = ("Traceback", "Error:", "Exception")


def calm(page: Page) -> None:
    """Hold a page to show no traceback, and every alert to be one short line."""
    assert page.locator("[data-testid=stException]").count() == 0
    text = page.locator("[data-testid=stMain]").inner_text()
    assert not [word for word in TRACE if word in text]
    for alert in page.locator("[data-testid=stAlert] [data-testid=stMarkdownContainer]").all_inner_texts():
        assert 0 < len(alert.strip()) < 420
        assert "\n" not in alert.strip()


@pytest.mark.parametrize("part", range(4))
def test_no_address_breaks_a_page(visit: Visit, part: int) -> None:
    for path in urls()[part::4]:
        visit.page.goto(visit.url + path)
        page = visit.page
        page.wait_for_selector(".fer-big, h1, h2, [data-testid=stAlert]")
        visit.settled()
        calm(page)
    assert not visit.foreign
    assert not visit.errors


def test_no_file_of_predictions_breaks_the_explorer(visit: Visit) -> None:
    page = visit.open("/ensemble")
    before, every = visit.number(), files()
    visit.settled()
    panel = page.locator("[data-testid=stExpander]", has_text="Your own models")
    panel.locator("summary").click()
    expect(panel.get_by_role("button", name="Upload", exact=True)).to_be_visible()
    for name, content in every.items():
        panel.locator("input[type=file]").set_input_files(
            [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
        )
        said = panel.locator("[data-testid=stAlert] [data-testid=stMarkdownContainer]")
        expect(said, name).to_have_text(re.compile(rf"^\s*{re.escape(safe(name))}"), timeout=PATIENCE)
        visit.settled()
        calm(page)
        assert visit.number() == before
    assert not visit.errors


def test_no_photo_breaks_the_page(visit: Visit) -> None:
    page = visit.open("/try_a_face")
    every = list(photos().items())
    for some in (every[:5], every[5:]):
        put(page, *some)
        visit.settled()
        calm(page)
    assert not visit.errors
