"""The page All schemes in a real browser."""

import pytest
from playwright.sync_api import expect

from fer_core.ensemble import schemes
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", TWO, indirect=True, ids=["light", "dark-phone"])
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit) -> None:
    page = look.open("/schemes")
    expect(page.locator(".js-plotly-plot")).to_have_count(1)
    look.settled()
    page.wait_for_timeout(300)
    assert look.overflow() <= 0
    assert look.titles_outside() == 0
    assert look.foreign == []
    assert look.errors == []


def test_a_row_that_is_chosen_becomes_the_present_scheme(visit: Visit) -> None:
    page = visit.open("/schemes?weights=categorical")
    expect(page.locator(".fer-big")).to_contain_text("categorical confidence, mean probability")
    expect(page.locator("[data-testid=stDataFrame]")).to_be_visible()
    visit.settled()
    grid = page.locator("[data-testid=stDataFrame]")
    grid.evaluate("element => element.scrollIntoView({ block: 'end' })")
    page.wait_for_timeout(300)
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 16, box["y"] + box["height"] - 20)  # what selects the last row
    expect(page.locator(".fer-big")).not_to_contain_text("categorical confidence, mean probability")
    expect(page.get_by_text(f"The present scheme comes as number {len(schemes())}.")).to_be_visible()
    page.wait_for_url(lambda url: "weights=categorical&combine=mean_probability" not in url)
