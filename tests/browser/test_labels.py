"""What a person does with the page Labels, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import on_phone_and_first_wide
from tests.ui.limits.test_page import crowd_of

pytestmark = pytest.mark.browser
FIGURES = 4


@pytest.mark.parametrize(
    ("look", "query"),
    on_phone_and_first_wide("?truth=plurality", "?truth=distribution&agreed=yes&members=deep", "?agreed=yes"),
    indirect=["look"],
)
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit, query: str) -> None:
    page = look.open(f"/labels{query}")
    look.settled()
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(FIGURES, timeout=30_000)
    page.wait_for_timeout(300)
    over = look.overflow()
    outside = look.titles_outside()
    assert over <= 0
    assert outside == 0
    assert look.foreign == []
    assert look.errors == []


def test_another_answer_moves_the_number(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/labels")
    decided = explorer_of(open_artifacts(artifacts)).decide(Setting(("shallow", "deep", "agrawal"))).labels.tolist()
    plurality, _ = crowd_of(artifacts)
    right = [said == crowd for said, crowd in zip(decided, plurality, strict=True) if crowd >= 0]
    page.get_by_role("radio", name="Crowd plurality").click()
    expect(page.locator(".fer-big b")).to_contain_text(f"{100 * sum(right) / len(right):.1f}")
    expect(page.locator(".fer-big")).to_have_count(1)
    page.wait_for_url("**truth=plurality*")
