"""Members of a visitor's own, and what is pinned, on four pages of the laboratory in a real browser."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.sizes import TWO, on_phone_and_first_wide
from tests.browser.test_own import put
from tests.own_members import alone, joining, npz_of

pytestmark = pytest.mark.browser
FIGURES = {"votes": 1, "confidence": 5, "schemes": 1, "labels": 4}
PIN = "pin=deep,agrawal~accuracy~mean_probability"


def go(visit: Visit, name: str) -> Page:
    """Go to a page of the laboratory by the menu, which a wide window shows; return it as wide as it was."""
    page, size = visit.page, visit.page.viewport_size
    page.set_viewport_size({"width": 1280, "height": 900})
    page.get_by_text("Laboratory", exact=True).first.click()
    page.locator(f"a[href*='/{name}']").first.click()
    page.wait_for_url(f"**/{name}*")
    page.wait_for_timeout(300)
    visit.settled()
    if size is not None:
        page.set_viewport_size(size)
    return page


def fits(visit: Visit, figures: int) -> None:
    """Hold a page to fit its window."""
    expect(visit.page.locator(".js-plotly-plot .gtitle")).to_have_count(figures, timeout=30_000)
    visit.page.wait_for_timeout(800)
    assert visit.overflow() <= 0
    assert visit.titles_outside() == 0
    expect(visit.page.locator(".fer-big")).to_have_count(1)
    assert visit.foreign == []
    assert visit.errors == []


@pytest.mark.parametrize("visit", TWO, indirect=True, ids=["light", "dark-phone"])
def test_rows_classes_and_members_of_ones_own_fit(visit: Visit) -> None:
    extra = alone(30, 24)
    names = tuple(f"a classifier with a long name {m + 1}" for m in range(24))
    classes = tuple(f"a class with a name that is long {c}" for c in range(30))
    visit.open("/ensemble")
    put(visit, "mine.npz", npz_of(replace(extra, members=names, classes=classes)))
    for name in ("votes", "confidence", "schemes"):
        page = go(visit, name)
        fits(visit, FIGURES[name])
        text = page.locator("[data-testid=stMain]").inner_text()
        assert not [line for line in text.splitlines() if re.search("PublicTest|PrivateTest|emotion", line)]
    page = go(visit, "labels")
    expect(page.get_by_text("No crowd has voted on these rows.")).to_be_visible()
    fits(visit, 0)


@pytest.mark.parametrize("visit", TWO[1:], indirect=True, ids=["dark-phone"])
def test_members_that_join_fit(visit: Visit, artifacts: Path) -> None:
    visit.open("/ensemble")
    put(visit, "mine.npz", npz_of(joining(artifacts, 20)))
    for name, figures in FIGURES.items():
        go(visit, name)
        fits(visit, figures)


@pytest.mark.parametrize(("look", "name"), on_phone_and_first_wide(*FIGURES), indirect=["look"])
def test_what_is_pinned_fits_beside(look: Visit, name: str) -> None:
    more = {"votes": "&held=pin", "labels": "&truth=plurality", "confidence": "&least=60&cooled=yes"}
    look.open(f"/{name}?{PIN}{more.get(name, '')}")
    look.settled()
    fits(look, FIGURES[name])


def test_a_cell_of_classes_of_ones_own_is_clicked(visit: Visit) -> None:
    extra = alone(10, 5)
    visit.open("/ensemble")
    put(visit, "mine.npz", npz_of(extra))
    page = go(visit, "votes")
    page.get_by_role("radio", name="All", exact=True).click()
    expect(page.get_by_text("1 to 12 of 127").first).to_be_visible()
    visit.settled()
    page.locator(".js-plotly-plot .scatterlayer .point").nth(33).click(force=True)
    page.wait_for_url(lambda url: "true=%7E3" in url or "true=~3" in url)
    visit.settled()
    for card in page.locator(".fer-card dd:nth-of-type(2)").all_inner_texts():
        assert card == "3"
    assert visit.errors == []


def test_what_is_rescued_is_held_against_what_is_pinned(visit: Visit) -> None:
    page = visit.open(f"/votes?{PIN}")
    visit.settled()
    before = page.locator(".fer-big").inner_text()
    page.get_by_role("radio", name="Compared with A", exact=True).click()
    expect(page.locator(".fer-big")).to_contain_text("rescued against A")
    page.wait_for_url("**held=pin*")
    expect(page.locator(".fer-card p b").first).to_have_text("A")
    page.get_by_role("radio", name="the best member").click()
    expect(page.locator(".fer-big")).not_to_contain_text("against A")
    assert page.locator(".fer-big").inner_text() == before
    assert visit.errors == []
