"""What a class and its teacher do with the page Lesson, in a real browser."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, Visit
from tests.browser.sizes import TWO
from ui.lesson.choice import KEYS
from ui.lesson.steps import STEPS

pytestmark = pytest.mark.browser
FOCUS = """() => {
    const found = document.activeElement;
    return [found.tagName, found.type || '', found.innerText || ''].join('|').replaceAll('\\n', ' ');
}"""


def big(page: Page) -> str:
    return page.locator(".fer-big").inner_text()


def ready(visit: Visit) -> None:
    """Wait until the page is whole: its last buttons are those that keys press."""
    expect(visit.page.locator(".st-key-lesson_page_down button")).to_have_count(1)
    visit.settled()


def tab_to(page: Page, what: str) -> None:
    """Press Tab until the focus is on what is looked for."""
    for _ in range(30):
        page.keyboard.press("Tab")
        if re.search(what, str(page.evaluate(FOCUS))):
            return
    raise AssertionError(f"Tab does not lead to {what}")


def shown(page: Page) -> dict[str, object]:
    """Return what a person sees of a step: words, numbers, and the figure."""
    figure = page.locator(".js-plotly-plot")
    return {
        "title": page.locator("h1").inner_text(),
        "big": big(page),
        "learned": page.locator(".fer-learn").inner_text(),
        "figure": sorted(figure.locator("text").all_text_contents()),
        "summary": page.locator("table").all_inner_texts(),
    }


def test_the_whole_lesson_by_keyboard_alone_and_its_link_for_somebody_else(
    visit: Visit, browser: Browser, server: Server
) -> None:
    page = visit.open("/lesson")
    ready(visit)
    for place, key in enumerate(KEYS, start=1):
        expect(page.locator("h1")).to_have_text(STEPS[key].title)
        ready(visit)
        if page.locator(".fer-big b").inner_text() != "–":
            before = big(page)
            tab_to(page, r"^INPUT\|range")
            page.keyboard.press("ArrowRight")
            page.keyboard.press("ArrowRight")
            expect(page.locator(".fer-big")).not_to_have_text(before)
            expect(page.locator(".fer-big span")).to_have_text("is your guess")
            page.keyboard.press("Tab")
            assert "Reveal" in str(page.evaluate(FOCUS))
            assert page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle") == "solid"
            page.keyboard.press("Enter")
            expect(page.locator(".fer-big span")).to_have_text(re.compile("is the truth: you guessed"))
            ready(visit)
        if place < len(KEYS):
            page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", name="Your guesses")).to_be_visible()
    ready(visit)
    tab_to(page, r"^BUTTON\|\w*\|.*Share this step")
    page.keyboard.press("Enter")
    mine = page.locator("[data-testid=stPopoverBody] pre code").nth(1)
    expect(mine).to_be_visible()
    link = mine.inner_text().strip()
    page.keyboard.press("Escape")
    expect(mine).not_to_be_visible()
    seen = shown(page)
    assert urlsplit(link).query.startswith(f"lesson={len(KEYS)}&revealed=")
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    other = Visit(context, server.url)
    other.open(link.removeprefix(server.url))
    ready(other)
    expect(other.page.get_by_role("heading", name="Your guesses")).to_be_visible()
    assert seen["figure"]
    assert shown(other.page) == seen
    assert other.errors == visit.errors == other.foreign == visit.foreign == []
    context.close()


def test_arrows_and_page_keys_walk_and_a_focused_slider_keeps_its_arrows(visit: Visit) -> None:
    page = visit.open("/lesson")
    ready(visit)
    number = page.locator(".fer-big span")
    for forward, back in (("ArrowRight", "ArrowLeft"), ("PageDown", "PageUp")):
        page.goto(f"{visit.url}/lesson?lesson=2")
        expect(number).to_have_text("is your guess")
        ready(visit)
        page.keyboard.press(forward)
        expect(number).to_have_text(re.compile("is the truth"))
        ready(visit)
        page.keyboard.press(forward)
        expect(page.locator("h1")).to_have_text(STEPS[KEYS[2]].title)
        ready(visit)
        page.keyboard.press(back)
        expect(page.locator("h1")).to_have_text(STEPS[KEYS[1]].title)
        expect(number).to_have_text(re.compile("is the truth"))
    page.goto(f"{visit.url}/lesson")
    expect(number).to_have_text("is your guess")
    ready(visit)
    page.get_by_role("slider").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".fer-big b")).to_have_text("49 %")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".fer-big b")).to_have_text("51 %")
    expect(page.locator("h1")).to_have_text(STEPS[KEYS[0]].title)
    expect(number).to_have_text("is your guess")


def test_a_presenter_goes_on_with_one_key(visit: Visit) -> None:
    page = visit.open("/lesson?present=yes")
    ready(visit)
    expect(page.locator(".fer-big b")).to_have_text("?")
    small = page.get_by_text("Share this step")
    expect(small).not_to_be_visible()
    for text in ("is your guess", "is the truth"):
        page.keyboard.press("PageDown")
        expect(page.locator(".fer-big span")).to_contain_text(text)
        ready(visit)
    size = float(page.evaluate("() => parseFloat(getComputedStyle(document.querySelector('.fer-learn')).fontSize)"))
    assert size >= 20
    bottom = page.locator(".js-plotly-plot").bounding_box()
    assert bottom is not None
    assert bottom["y"] + bottom["height"] <= 900
    page.keyboard.press("PageDown")
    expect(page.locator(".fer-big b")).to_have_text("?")


def test_the_code_for_a_class_is_drawn(visit: Visit) -> None:
    page = visit.open("/lesson?lesson=3&revealed=7&guess_copies=4")
    ready(visit)
    page.get_by_role("button", name="Share this step").click()
    code = page.locator("[data-testid=stPopoverBody] img.fer-qr")
    expect(code).to_be_visible()
    assert code.evaluate("image => image.complete && image.naturalWidth > 0")
    link = page.locator("[data-testid=stPopoverBody] pre code").first.inner_text().strip()
    assert link == f"{visit.url}/lesson?lesson=3"
    expect(page.get_by_text("nobody else can open it")).to_be_visible()
    assert visit.errors == visit.foreign == []


@pytest.mark.parametrize("visit", TWO, indirect=True, ids=["light", "dark-phone"])
def test_every_step_fits_asks_no_other_host_and_nothing_jumps(visit: Visit) -> None:
    page = visit.open("/lesson")
    place = (
        "() => { const at = document.querySelector('.js-plotly-plot'); return at && at.getBoundingClientRect().top; }"
    )
    for key in KEYS:
        expect(page.locator("h1")).to_have_text(STEPS[key].title)
        tops = []
        for text in ("is your guess", "is the truth"):
            ready(visit)
            if page.locator(".fer-big b").inner_text() == "–":
                break
            expect(page.locator(".fer-big span")).to_contain_text(text)
            expect(page.locator(".js-plotly-plot").first).to_be_visible()
            page.wait_for_timeout(250)
            assert visit.overflow() <= 0
            assert visit.titles_outside() == 0
            tops.append(page.evaluate(place))
            page.keyboard.press("PageDown")
        assert len(set(tops)) <= 1
        if not tops:
            page.keyboard.press("PageDown")
    assert visit.foreign == []
    assert visit.errors == []
