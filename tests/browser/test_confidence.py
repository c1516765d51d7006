"""What a person does with the page Confidence, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.ensemble.analysis.confidence import confidence_of
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import on_phone_and_first_wide

pytestmark = pytest.mark.browser
FIGURES = 5


@pytest.mark.parametrize(
    ("look", "query"),
    on_phone_and_first_wide("", "?least=60&cooled=yes&combine=hard_vote&members=deep"),
    indirect=["look"],
)
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit, query: str) -> None:
    page = look.open(f"/confidence{query}")
    look.settled()
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(FIGURES, timeout=30_000)
    page.wait_for_timeout(300)
    over = look.overflow()
    outside = look.titles_outside()
    assert over <= 0
    assert outside == 0
    assert look.foreign == []
    assert look.errors == []


def test_asking_for_more_confidence_moves_the_number(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/confidence?least=50")
    found = confidence_of(explorer_of(open_artifacts(artifacts)), Setting(("shallow", "deep", "agrawal")))
    right = found.right[found.before >= 0.51]
    slider = page.get_by_role("slider", name="Confidence threshold")
    slider.focus()
    slider.press("ArrowRight")
    expect(page.locator(".fer-facts")).to_contain_text(f"{len(right)} of {len(found.right)}")
    assert visit.number() == f"{100 * right.mean():.1f}"
    expect(page.locator(".fer-big")).to_have_count(1)
    page.wait_for_url("**least=51*")


def test_a_temperature_can_be_applied(visit: Visit) -> None:
    page = visit.open("/confidence?least=60")
    visit.settled()
    answered = page.locator(".fer-facts div").first.inner_text()
    page.locator(".st-key-control_confidence_cooled label").first.click()
    page.wait_for_url("**cooled=yes*")
    expect(page.locator(".fer-facts div").first).not_to_have_text(answered)
