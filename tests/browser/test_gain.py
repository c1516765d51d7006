"""What a person does with the page Gain, in a real browser."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Locator, expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.format import points
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import THEMES, on_phone_and_first_wide

pytestmark = pytest.mark.browser
NAMES = ("shallow", "deep", "agrawal")


def gain(artifacts: Path, *members: str) -> str:
    explorer = explorer_of(open_artifacts(artifacts))
    outcome = explorer.recompute(Setting(members))
    return points(outcome.accuracy - sum(outcome.member_accuracy[name] for name in members) / len(members))


def dot(visit: Visit, figure: str, trace: int, number: int) -> Locator:
    return visit.page.locator(f".st-key-{figure} .scatterlayer .trace").nth(trace).locator(".point").nth(number)


def click(visit: Visit, spot: Locator) -> None:
    """Click where a dot is: the figure's own layer lies above it."""
    spot.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(300)
    box = spot.bounding_box()
    assert box is not None
    visit.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def members(visit: Visit, *names: str) -> None:
    """Wait until just these members are in the link."""
    visit.page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("members") == [",".join(names)])
    visit.settled()
    visit.page.wait_for_timeout(300)


def stepped(visit: Visit, step: int) -> None:
    """Wait until a step is in the link."""
    visit.page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("step") == [str(step)])
    visit.settled()


@pytest.mark.parametrize(
    ("look", "query"),
    on_phone_and_first_wide(
        "",
        "?path=backward&cost=parameters&members=deep",
        "?weights=manual&manual=1,0,0.3",
        "?members=deep,agrawal&pin=shallow,agrawal~equal~mean_probability",
    ),
    indirect=["look"],
)
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit, query: str) -> None:
    page = look.open(f"/gain{query}")
    look.settled()
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(4)
    page.wait_for_timeout(300)
    over = look.overflow()
    letters = page.locator(".js-plotly-plot .textpoint", has_text="A")
    assert letters.count() == (3 if "pin" in query else 0)
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
            const box = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('.gtitle, .xtitle, .annotation-text, .textpoint')].filter(text => {
                const own = text.getBoundingClientRect();
                return own.right > box.right + 1 || own.left < box.left - 1 || own.top < box.top - 1;
            }).map(text => text.textContent);
        })"""
    )
    assert over <= 0
    assert outside == []
    assert page.locator(".fer-big").count() == 1
    assert look.foreign == []
    assert look.errors == []


def test_a_click_on_a_dot_takes_its_members_over_each_time(visit: Visit, artifacts: Path) -> None:
    visit.open("/gain")
    visit.settled()
    assert visit.number() == gain(artifacts, *NAMES)
    click(visit, dot(visit, "gain_subsets", 0, 0))
    members(visit, "shallow", "deep")
    expect(visit.page.locator(".fer-big b")).to_have_text(gain(artifacts, "shallow", "deep"))
    click(visit, dot(visit, "gain_subsets", 1, 2))
    members(visit, "agrawal")
    click(visit, dot(visit, "gain_subsets", 0, 0))
    members(visit, "shallow", "deep")
    visit.page.get_by_role("button", name="agrawal").click()
    members(visit, *NAMES)
    click(visit, dot(visit, "gain_subsets", 0, 0))
    members(visit, "shallow", "deep")
    visit.page.locator(".st-key-control_twins label").click()
    visit.page.wait_for_url(lambda url: "twins=without" in url)
    members(visit, "shallow", "deep")
    assert visit.errors == []


def test_dots_of_the_costs_can_be_clicked_too(visit: Visit) -> None:
    visit.open("/gain")
    visit.settled()
    click(visit, dot(visit, "gain_cost", 1, 1))
    members(visit, "deep")


def test_the_path_is_stepped_through_and_is_in_the_link(visit: Visit) -> None:
    page = visit.open("/gain")
    visit.settled()
    page.get_by_role("button", name="Next").click()
    stepped(visit, 2)
    click(visit, dot(visit, "gain_path", 0, 6))
    stepped(visit, 7)
    expect(page.get_by_text("7 of 20")).to_be_visible()
    page.reload()
    expect(page.get_by_text("7 of 20")).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="Use this ensemble").click()
    page.wait_for_url(lambda url: "weights=manual" in url and "manual=" in url)


@pytest.mark.parametrize("visit", [THEMES[1] | {"has_touch": True, "is_mobile": True}], indirect=True, ids=["finger"])
def test_a_finger_scrolls_over_figures_until_it_is_said_to_tap(visit: Visit) -> None:
    page = visit.open("/gain")
    visit.settled()
    page.locator(".st-key-gain_subsets").scroll_into_view_if_needed()
    page.wait_for_timeout(500)
    before = scrolled(visit)
    swipe(visit, ".st-key-gain_subsets .plot-container")
    assert scrolled(visit) > before + 50
    page.locator(".st-key-tap_dots label").click()
    visit.settled()
    spot = dot(visit, "gain_subsets", 1, 2)
    spot.scroll_into_view_if_needed()
    page.wait_for_timeout(300)
    box = spot.bounding_box()
    assert box is not None
    for _ in range(2):
        page.touchscreen.tap(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        page.wait_for_timeout(600)
    members(visit, "agrawal")


def scrolled(visit: Visit) -> float:
    return float(visit.page.evaluate("() => document.querySelector('[data-testid=stMain]').scrollTop"))


def swipe(visit: Visit, where: str) -> None:
    """Draw a finger upwards over the middle of an element."""
    box = visit.page.locator(where).first.bounding_box()
    assert box is not None
    session = visit.page.context.new_cdp_session(visit.page)
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    session.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    for step in range(1, 16):
        session.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y - 12 * step}]})
        visit.page.wait_for_timeout(16)
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    visit.page.wait_for_timeout(600)


@pytest.mark.parametrize("visit", [THEMES[0], THEMES[1]], indirect=True, ids=["wide", "phone"])
def test_nothing_jumps_while_the_path_is_stepped_through(visit: Visit) -> None:
    page = visit.open("/gain")
    visit.settled()
    page.locator(".st-key-gain_path .gtitle").wait_for()
    page.wait_for_timeout(500)
    places = set()
    for step in range(2, 9):
        page.get_by_role("button", name="Next").click()
        stepped(visit, step)
        visit.settled()
        page.wait_for_timeout(200)
        boxes = [page.locator(f".st-key-{key}").bounding_box() for key in ("gain_take", "gain_both")]
        top = page.locator(".fer-big").bounding_box()
        assert top is not None
        places.add(tuple(round(box["y"] - top["y"]) for box in boxes if box))
    assert len(places) == 1
