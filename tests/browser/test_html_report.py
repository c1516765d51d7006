"""The HTML report in a real browser, opened from the file system with the network cut off."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting, choose
from fer_core.reports.html import html_report, subject_of
from fer_core.reports.summary import explorer_alone, explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO
from tests.html_reports import HOSTILE, of_names
from tests.own_members import alone

pytestmark = pytest.mark.browser
FIGURES = 6
SETTING = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}


class Offline:
    """A browser without a network: what a file asked for, and what its console said."""

    def __init__(self, context: BrowserContext) -> None:
        self.asked: list[str] = []
        self.said: list[str] = []
        context.set_offline(True)
        context.route("**/*", self._guard)
        self.page: Page = context.new_page()
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("dialog", lambda dialog: self.said.append(f"dialog {dialog.message}"))

    def _guard(self, route: Route) -> None:
        if route.request.url.startswith("file:"):
            route.continue_()
        else:
            self.asked.append(route.request.url)
            route.abort()

    def open(self, path: Path) -> Page:
        self.page.goto(path.as_uri())
        self.page.wait_for_load_state("load")
        return self.page

    def drawn(self) -> int:
        """Return how many figures hold something that is drawn and are as wide as their place."""
        return int(
            self.page.evaluate(
                """() => [...document.querySelectorAll('.plot.js-plotly-plot')].filter(plot => {
                    const svg = plot.querySelector('.main-svg'), box = svg.getBoundingClientRect();
                    const marks = plot.querySelectorAll('.point, .points path, .heatmaplayer image');
                    return marks.length && Math.abs(box.width - plot.clientWidth) < 2 && box.height > 40;
                }).length"""
            )
        )

    def overflow(self) -> float:
        root = "document.documentElement"
        return float(self.page.evaluate(f"() => {root}.scrollWidth - {root}.clientWidth"))

    def ink(self) -> tuple[str, str]:
        """Return the colours of the page's paper and of the text in the first figure."""
        paper = "getComputedStyle(document.body).backgroundColor"
        text = "getComputedStyle(document.querySelector('.plot text')).fill"
        return self.page.evaluate(f"() => {paper}"), self.page.evaluate(f"() => {text}")


@pytest.fixture
def offline(request: pytest.FixtureRequest, browser: Browser) -> Iterator[Offline]:
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})})
    yield Offline(context)
    context.close()


@pytest.fixture(scope="module")
def report(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    opened = open_artifacts(artifacts)
    explorer = explorer_of(opened)
    subject = subject_of(opened, explorer, choose(explorer).setting)
    path = tmp_path_factory.mktemp("html") / "report with spaces, ü.html"
    path.write_text(html_report(subject, Setting(explorer.members, "categorical"), Setting(explorer.members[:1])))
    return path


@pytest.mark.parametrize("offline", TWO, indirect=True, ids=["light", "dark-phone"])
def test_every_figure_is_drawn_with_the_network_cut_off(offline: Offline, report: Path) -> None:
    page = offline.open(report)
    assert page.locator(".js-plotly-plot").count() == FIGURES
    assert offline.drawn() == FIGURES
    assert offline.overflow() <= 0
    for figure in page.locator("figcaption").all():
        assert figure.inner_text()
    assert offline.asked == []
    assert offline.said == []


def test_a_change_of_theme_and_of_width_redraws(offline: Offline, report: Path) -> None:
    page = offline.open(report)
    page.emulate_media(color_scheme="light")
    light = offline.ink()
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    dark = offline.ink()
    assert all(before != after for before, after in zip(light, dark, strict=True))
    page.set_viewport_size({"width": 390, "height": 800})
    page.wait_for_timeout(800)
    assert offline.drawn() == FIGURES
    assert offline.overflow() <= 0
    assert offline.said == []


def test_a_print_is_light_and_afterwards_all_is_as_before(offline: Offline, report: Path) -> None:
    page = offline.open(report)
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(500)
    before = offline.ink()
    page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert offline.ink()[1] == "rgb(28, 28, 40)"
    page.evaluate("() => dispatchEvent(new Event('afterprint'))")
    page.wait_for_timeout(300)
    assert offline.ink() == before
    assert offline.drawn() == FIGURES
    assert len(page.pdf()) > 50_000


@pytest.mark.parametrize("offline", [{"java_script_enabled": False}], indirect=True)
def test_without_javascript_tables_say_it_all(offline: Offline, report: Path) -> None:
    page = offline.open(report)
    assert page.locator("noscript p").is_visible()
    assert page.locator("table").count() >= 8
    assert not page.locator(".plot").first.is_visible()


def test_hostile_names_do_nothing(offline: Offline, tmp_path: Path) -> None:
    members = tuple(f"{name}{i}" for i, name in enumerate(HOSTILE))
    subject = of_names(members, (*HOSTILE, "plain"))
    path = tmp_path / "hostile.html"
    path.write_text(html_report(subject, Setting(members, "categorical"), Setting(members[:2])))
    page = offline.open(path)
    assert offline.drawn() == FIGURES
    assert page.locator("img, a, iframe, main script").count() == 0
    labels = page.locator("#figure-weights .ytick text").all_text_contents()
    assert {" ".join(label.split()) for label in labels} == {" ".join(name.split()) for name in members}
    assert offline.asked == []
    assert offline.said == []


@pytest.mark.parametrize("offline", [SETTING["light"] | {"viewport": {"width": 390, "height": 900}}], indirect=True)
@pytest.mark.parametrize("classes", [2, 120])
def test_other_classes_fit_a_phone(offline: Offline, tmp_path: Path, classes: int) -> None:
    extra = alone(classes, rows=4 * classes + 40)
    explorer = explorer_alone(extra)
    subject = subject_of(None, explorer, choose(explorer).setting, [extra])
    path = tmp_path / "other.html"
    path.write_text(html_report(subject, Setting(explorer.members)))
    offline.open(path)
    assert offline.drawn() == FIGURES
    assert offline.overflow() <= 0
    assert (offline.asked, offline.said) == ([], [])


def test_what_the_page_gives_opens_too(visit: Visit, offline: Offline, tmp_path: Path) -> None:
    page = visit.open("/ensemble?members=deep,shallow&weights=accuracy&pin=deep~equal~median")
    visit.settled()
    with page.expect_download() as download:
        page.get_by_role("button", name="Report, HTML").click()
    path = tmp_path / download.value.suggested_filename
    download.value.save_as(path)
    opened = offline.open(path)
    assert opened.locator(".big b").inner_text().replace("%", "").strip() == visit.number()
    assert opened.get_by_role("heading", name="Compared with A").count() == 1
    assert offline.drawn() == FIGURES
