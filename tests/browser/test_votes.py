"""What a person does with the page Rescued and broken, in a real browser."""

import csv
import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect

from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from fer_core.ensemble.analysis.rescues import Ballots, ballots
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO

pytestmark = pytest.mark.browser
SAD, NEUTRAL = EMOTIONS.index("sad"), EMOTIONS.index("neutral")


@pytest.fixture
def found(artifacts: Path) -> Ballots:
    explorer = explorer_of(open_artifacts(artifacts))
    return ballots(explorer, Setting(explorer.members))


def click(page: Page, true: int, taken: int) -> None:
    page.locator(".js-plotly-plot .scatterlayer .point").nth(7 * true + taken).click(force=True)


def shows(page: Page, at: np.ndarray) -> None:
    """Wait until the page says that it shows the first of these images, and the first card is its first."""
    where = f"1 to {min(12, len(at))} of {len(at)}" if len(at) else "0 of 0"
    expect(page.locator(".st-key-votes_pager_above p").filter(has_text=re.compile(f"^{where}$"))).to_be_visible()
    expect(page.locator(".fer-card")).to_have_count(min(12, len(at)))
    if len(at):
        expect(page.locator(".fer-card dt").first).to_have_text(re.compile(rf"^row {at[0]} "))


def test_a_cell_is_clicked_again_and_again(visit: Visit, found: Ballots) -> None:
    page = visit.open("/votes?kind=all")
    visit.settled()
    every, cell = found.select(), found.select(label=SAD, decided=NEUTRAL)
    assert 0 < len(cell) < len(every)
    shows(page, every)
    for _ in range(2):
        click(page, SAD, NEUTRAL)
        shows(page, cell)
        page.wait_for_url(lambda url: "true=sad" in url and "taken=neutral" in url)
        visit.settled()
        click(page, SAD, NEUTRAL)
        shows(page, every)
        visit.settled()
    click(page, SAD, NEUTRAL)
    shows(page, cell)
    page.get_by_role("button", name="Any", exact=True).click()
    shows(page, every)
    click(page, SAD, SAD)
    shows(page, found.select(label=SAD, decided=SAD))
    # A click of before is not applied again when something else changes.
    page.get_by_role("button", name="Any", exact=True).click()
    shows(page, every)
    page.get_by_role("radio", name="Broken").click()
    shows(page, found.select(kind="broken"))
    page.get_by_role("radio", name="Hardest first").click()
    shows(page, found.hardest)
    assert visit.errors == []


def test_pages_turn_and_the_link_holds_where(visit: Visit, found: Ballots) -> None:
    page = visit.open("/votes?kind=all")
    visit.settled()
    page.get_by_role("button", name="Next").first.click()
    page.wait_for_url(lambda url: "start=12" in url)
    expect(page.locator(".fer-card dt").first).to_have_text(re.compile(r"^row 12 "))
    page.reload()
    expect(page.locator(".fer-card dt").first).to_have_text(re.compile(r"^row 12 "), timeout=30_000)
    page.get_by_role("radio", name="Rescued").click()
    shows(page, found.select(kind="rescued"))
    assert "start" not in page.url


def test_the_table_is_taken_home(visit: Visit, found: Ballots) -> None:
    page = visit.open("/votes?kind=broke")
    visit.settled()
    with page.expect_download() as caught:
        page.get_by_role("button", name="CSV").click()
    records = list(csv.DictReader(Path(caught.value.path()).read_text().splitlines()))
    assert [int(record["row"]) for record in records] == found.select(kind="broken").tolist()
    assert caught.value.suggested_filename == "votes-test-broke.csv"


@pytest.mark.parametrize("look", TWO, indirect=True, ids=["light", "dark-phone"])
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit) -> None:
    page = look.open("/votes?kind=hardest&true=sad")
    look.settled()
    expect(page.locator(".js-plotly-plot .scatterlayer .point")).to_have_count(49, timeout=30_000)
    page.wait_for_timeout(300)
    over = look.overflow()
    outside = look.titles_outside()
    lefts = page.evaluate(
        "() => new Set([...document.querySelectorAll('.fer-card')].map(c => c.getBoundingClientRect().left)).size"
    )
    squares = page.evaluate(
        """() => { const [a, b] = [...document.querySelectorAll('.scatterlayer .point')].slice(0, 2)
            .map(e => e.getBoundingClientRect()); return b.left - a.right; }"""
    )
    size = page.viewport_size
    assert size is not None
    assert over <= 0
    assert outside == 0
    assert squares > -2, "cells do not cover each other"
    assert (lefts == 1) == (size["width"] < 641), "cards stack on a phone alone"
    assert look.foreign == []
    assert look.errors == []
