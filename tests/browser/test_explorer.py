"""What a person does with the explorer, in a real browser."""

import csv
import io
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Server, Visit
from tests.browser.sizes import THEMES, TWO

pytestmark = pytest.mark.browser
HELD_TO_FIT = [
    *((theme, "/ensemble") for theme in THEMES),
    *((theme, "/") for theme in TWO),
    (THEMES[0], "/ensemble?members=none"),
    (THEMES[3], "/ensemble?members=deep&weights=manual&manual=0,0,0"),
]


def accuracy(artifacts: Path, setting: Setting) -> str:
    return f"{100 * explorer_of(open_artifacts(artifacts)).recompute(setting).accuracy:.1f}"


def box(page: Page, member: str) -> Locator:
    """Return the switch of a member on the page Ensemble."""
    return page.locator(f'.live input[name="member {member}"]')


def toggle(visit: Visit, member: str) -> None:
    box(visit.page, member).click()


def test_switching_a_member_off_moves_the_number(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/ensemble")
    assert visit.number() == accuracy(artifacts, Setting(("shallow", "deep", "agrawal")))
    toggle(visit, "shallow")
    after = accuracy(artifacts, Setting(("deep", "agrawal")))
    expect(page.locator(".fer-big b")).to_contain_text(after)
    expect(page.locator(".fer-note").first).to_contain_text("against the last setting")
    page.wait_for_url(lambda url: parse_qs(urlsplit(url).query).get("members") == ["deep,agrawal"])


def test_a_copied_link_restores_everything(visit: Visit, browser: Browser, server: Server, artifacts: Path) -> None:
    page = visit.open("/ensemble")
    toggle(visit, "deep")
    page.get_by_label("Weights", exact=True).select_option("categorical")
    page.get_by_label("Images", exact=True).select_option("valid")
    setting = Setting(("shallow", "agrawal"), "categorical", split="valid")
    expect(page.locator(".fer-big b")).to_contain_text(accuracy(artifacts, setting))
    visit.settled()
    page.get_by_role("button", name="Copy link").click()
    link = page.locator("[data-testid=stPopoverBody] code").inner_text().strip()
    assert link.startswith(server.url + "/ensemble?")
    context = browser.new_context()
    other = Visit(context, server.url)
    other.open(link.removeprefix(server.url))
    assert other.number() == visit.number()
    assert not box(other.page, "deep").is_checked()
    context.close()


def test_the_state_survives_a_visit_to_another_page_and_a_reload(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/ensemble")
    toggle(visit, "shallow")
    page.wait_for_url(lambda url: "members=deep" in url)
    number = accuracy(artifacts, Setting(("deep", "agrawal")))
    expect(page.locator(".fer-big b")).to_contain_text(number)
    page.get_by_role("link", name="Home").click()
    page.get_by_text("its best network").wait_for()
    page.wait_for_url(lambda url: "members=deep" in url)
    page.get_by_role("link", name="Ensemble").click()
    expect(box(page, "shallow")).not_to_be_checked()
    expect(page.locator(".fer-big b")).to_contain_text(number)
    page.reload()
    expect(box(page, "shallow")).not_to_be_checked()


def test_bad_links_show_the_default(visit: Visit, artifacts: Path) -> None:
    visit.open("/ensemble?members=nobody&weights=%3Cscript%3E&on=train&manual=nan")
    assert visit.number() == accuracy(artifacts, Setting(("shallow", "deep", "agrawal")))


@pytest.mark.parametrize(("look", "path"), HELD_TO_FIT, indirect=["look"])
def test_pages_fit_ask_no_other_host_and_do_not_complain(look: Visit, path: str) -> None:
    page = look.open(path)
    look.settled()
    if path == "/ensemble":
        page.get_by_text("Weight and confidence by class").click()
        expect(page.locator(".js-plotly-plot")).to_have_count(2)
        look.settled()
    page.wait_for_timeout(300)
    over = look.overflow()
    assert over <= 0
    assert look.foreign == []
    assert look.errors == []


@pytest.mark.parametrize("visit", [THEMES[1]], indirect=True, ids=["phone"])
def test_on_a_phone_the_number_stays_in_view_while_members_are_switched(visit: Visit) -> None:
    page = visit.open("/ensemble")
    visit.settled()
    page.get_by_label("Combine by").scroll_into_view_if_needed()
    page.get_by_test_id("stMain").evaluate("main => main.scrollTo(0, 330)")
    toggle(visit, "deep")
    expect(page.locator(".live .fer-big b")).to_be_in_viewport(ratio=1)
    bar = page.get_by_test_id("stHeader").bounding_box()
    number = page.locator(".live .fer-big b").bounding_box()
    assert bar
    assert number
    assert number["y"] >= bar["y"] + bar["height"] - 1
    page.wait_for_url(lambda url: "members=shallow%2Cagrawal" in url)


def test_predictions_and_configuration_download(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/ensemble?members=deep,agrawal&twins=without")
    visit.settled()
    with page.expect_download() as caught:
        page.get_by_role("button", name="Predictions, CSV").click()
    rows = list(csv.DictReader(io.StringIO(Path(caught.value.path()).read_text())))
    outcome = explorer_of(open_artifacts(artifacts)).recompute(Setting(("deep", "agrawal"), twins=False))
    assert len(rows) == outcome.n
    assert sum(row["label"] == row["predicted"] for row in rows) == outcome.correct
    with page.expect_download() as caught:
        page.get_by_role("button", name="Configuration, JSON").click()
    configuration = json.loads(Path(caught.value.path()).read_text())
    assert configuration["members"] == ["deep", "agrawal"]
    assert configuration["twins"] is False


def test_quick_clicks_end_at_what_the_controls_say(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/ensemble")
    for member in ("shallow", "deep", "shallow", "agrawal", "deep"):
        toggle(visit, member)
        page.wait_for_timeout(30)
    expect(page.locator(".fer-big b")).to_contain_text(accuracy(artifacts, Setting(("shallow", "deep"))))
    page.wait_for_url(lambda url: "members=shallow%2Cdeep" in url)
