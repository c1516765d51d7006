"""What a person does with the page Members, in a real browser."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import THEMES, on_phone_and_first_wide
from tests.browser.test_explorer import box

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(
    ("look", "path"),
    on_phone_and_first_wide("/members?look=shallow,deep,agrawal", "/members", "/members?look=none"),
    indirect=["look"],
)
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit, path: str) -> None:
    figures = {"/members": 4, "/members?look=none": 0}.get(path, 12)
    page = look.open(path)
    look.settled()
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(figures)
    page.wait_for_timeout(300)
    assert look.overflow() <= 0
    assert look.titles_outside() == 0
    assert look.foreign == []
    assert look.errors == []


def test_members_side_by_side_are_in_the_link(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/members?look=deep")
    page.get_by_role("button", name="agrawal").click()
    expect(page.locator(".fer-big b")).to_have_count(2)
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query)["look"] == ["deep,agrawal"])
    explorer = explorer_of(open_artifacts(artifacts))
    shown = page.locator(".fer-big b").all_inner_texts()
    for text, name in zip(shown, ("deep", "agrawal"), strict=True):
        assert text.startswith(f"{100 * explorer.recompute(Setting((name,))).accuracy:.1f}")
    left, right = (page.locator(".fer-big").nth(i).bounding_box() for i in (0, 1))
    assert left is not None
    assert right is not None
    assert abs(left["y"] - right["y"]) < 1
    page.get_by_role("link", name="Home").click()
    page.get_by_text("its best network").wait_for()
    page.get_by_role("link", name="Members").click()
    expect(page.locator(".fer-big b")).to_have_count(2)
    page.reload()
    expect(page.locator(".fer-big b")).to_have_count(2)


def test_controls_here_leave_the_explorers_members_alone(visit: Visit) -> None:
    page = visit.open("/ensemble")
    box(page, "shallow").click()
    page.wait_for_url(lambda url: "members=deep" in url)
    page.get_by_role("link", name="Members").click()
    page.locator(".st-key-control_looked_at").wait_for()
    page.locator(".st-key-control_twins label").click()
    page.wait_for_url(lambda url: "twins=without" in url)
    page.get_by_role("button", name="agrawal").click()
    page.wait_for_url(lambda url: "agrawal" in parse_qs(urlsplit(url).query)["look"][0])
    page.get_by_role("link", name="Ensemble").click()
    box(page, "shallow").wait_for()
    page.wait_for_url(lambda url: "members=deep%2Cagrawal" in url)
    assert not box(page, "shallow").is_checked()
    assert box(page, "deep").is_checked()
    assert not page.get_by_label("With twins").is_checked()


@pytest.mark.parametrize("visit", [THEMES[1]], indirect=True, ids=["phone"])
def test_on_a_phone_members_are_stacked(visit: Visit) -> None:
    page = visit.open("/members?look=deep,agrawal")
    expect(page.locator(".fer-big")).to_have_count(2)
    first, second = (page.locator(".fer-big").nth(i).bounding_box() for i in (0, 1))
    assert first is not None
    assert second is not None
    assert second["y"] > first["y"] + 1000
    assert abs(second["x"] - first["x"]) < 1
