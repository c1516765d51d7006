"""What a person does with the page Limits, in a real browser."""

from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import expect

from fer_core.artifacts import open_artifacts
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO
from ui.kit.wording import limits_link
from ui.limits.wording import SECTIONS
from ui.session.choice import default

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("look", TWO, indirect=True, ids=["light", "dark-phone"])
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit) -> None:
    page = look.page
    page.goto(f"{look.url}/limits")
    page.locator("#privacy").wait_for(timeout=30_000)
    look.settled()
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(5, timeout=30_000)
    page.wait_for_timeout(300)
    over = look.overflow()
    outside = look.titles_outside()
    assert over <= 0
    assert outside == 0
    assert look.foreign == []
    assert look.errors == []


@pytest.mark.parametrize("anchor", ["twins", "privacy"])
def test_a_link_opens_the_page_at_its_section(visit: Visit, artifacts: Path, anchor: str) -> None:
    page, members = visit.page, open_artifacts(artifacts).manifest.members
    choice = replace(default(members), looked_at=members[:1], twins=False)
    page.goto(f"{visit.url}/{limits_link(choice, anchor)}")
    expect(page.get_by_role("heading", name=SECTIONS[anchor])).to_be_in_viewport(timeout=30_000)
    expect(page.get_by_role("heading", name="What the numbers cannot say")).not_to_be_in_viewport()


def test_the_contents_lead_to_a_section(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.url}/limits")
    page.get_by_role("link", name=SECTIONS["uses"]).first.click()
    expect(page.get_by_role("heading", name=SECTIONS["uses"])).to_be_in_viewport(timeout=30_000)
    expect(page.get_by_role("heading", name="What the numbers cannot say")).not_to_be_in_viewport()
