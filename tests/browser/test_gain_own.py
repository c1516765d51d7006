"""Members of a visitor's own on the pages of gain and diversity, in a real browser."""

import io
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.test_own import put
from tests.own_members import alone

pytestmark = pytest.mark.browser
PAGES = {"Why it gains": 3, "Who adds what": 8}
"""What the menu calls them, and how many figures each has of members without a cost."""


def file(classes: int, members: int, rows: int) -> bytes:
    """Return an NPZ of members with long names, and rows and classes of their own."""
    extra, content = alone(classes, members, rows), io.BytesIO()
    arrays: dict[str, Any] = dict(extra.logits)
    arrays |= {f"{split}_labels": labels for split, labels in extra.labels.items()}
    arrays["members"] = np.array([f"a network with quite a long name {i}" for i in range(members)])
    np.savez(content, **arrays)
    return content.getvalue()


def go(visit: Visit, title: str) -> None:
    """Go to a page of the laboratory by the menu."""
    visit.page.get_by_text("Laboratory", exact=True).first.click()
    visit.page.get_by_text(title, exact=True).first.click()
    expect(visit.page.locator("h1")).to_have_text("Why ensembles gain" if title == "Why it gains" else title)
    visit.settled()


def fits(visit: Visit, figures: int) -> None:
    """Hold the page to fit a wide window, and then a narrow one."""
    for width in (1280, 390):
        visit.page.set_viewport_size({"width": width, "height": 900})
        expect(visit.page.locator(".js-plotly-plot .gtitle")).to_have_count(figures)
        visit.page.wait_for_timeout(800)
        assert visit.overflow() <= 0
        assert not visit.titles_outside()
        assert visit.page.locator(".fer-big").count() == 1
    visit.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("visit", [{"color_scheme": "dark"}], indirect=True, ids=["dark"])
def test_members_of_ones_own_gain_and_add_something(visit: Visit) -> None:
    page = visit.open("/ensemble")
    put(visit, "mine.npz", file(10, 6, 60))
    for title, figures in PAGES.items():
        go(visit, title)
        fits(visit, figures)
        assert not {"face", "PublicTest", "PrivateTest", "emotion"} & set(page.locator("main").inner_text().split())
    page.get_by_role("button", name="Pin as A").click()
    page.locator(".st-key-control_on button").first.click()
    expect(page.get_by_text("this − A")).to_be_visible()
    fits(visit, PAGES["Who adds what"])
    go(visit, "Why it gains")
    expect(page.locator(".js-plotly-plot .textpoint", has_text="A")).to_have_count(2)
    assert visit.foreign == []
    assert visit.errors == []


def test_sixty_members_fit(visit: Visit) -> None:
    page = visit.open("/ensemble")
    put(visit, "many.npz", file(5, 60, 40))
    go(visit, "Who adds what")
    expect(page.get_by_text("Exact contributions are shown for at most 16 members. 60 are on")).to_be_visible()
    expect(page.locator(".st-key-compared .yaxislayer-above text")).to_have_count(60)
    middles = page.evaluate(
        """() => [...document.querySelectorAll('.st-key-compared .yaxislayer-above text')]
            .map(text => text.getBoundingClientRect()).map(box => (box.top + box.bottom) / 2)"""
    )
    assert min(np.diff(sorted(middles))) > 9
    fits(visit, 5)
    go(visit, "Why it gains")
    fits(visit, 1)
    assert visit.errors == []
