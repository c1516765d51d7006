"""What a person does with the page Who adds what, in a real browser."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.reports.summary import explorer_of
from tests.browser.conftest import Visit
from tests.browser.sizes import on_phone_and_first_wide
from tests.synthetic import ROSTER

pytestmark = pytest.mark.browser
FIGURES = 8


def gain(artifacts: Path, setting: Setting) -> str:
    """Return how far an ensemble is above its mean member, as it is shown."""
    outcome = explorer_of(open_artifacts(artifacts)).recompute(setting)
    mean = sum(outcome.member_accuracy[name] for name in setting.members) / len(setting.members)
    return f"{100 * (outcome.accuracy - mean):+.1f}".replace("-", "−")


def drawn(page: Page, figures: int = FIGURES) -> None:
    expect(page.locator(".js-plotly-plot .gtitle")).to_have_count(figures, timeout=30_000)


@pytest.mark.parametrize(
    ("look", "query"),
    on_phone_and_first_wide(
        "",
        "?worth=likelihood&measure=correlation&combine=mean_log_probability",
        "?measure=yules_q&pin=deep,agrawal~categorical~hard_vote",
    ),
    indirect=["look"],
)
def test_the_page_fits_asks_no_other_host_and_does_not_complain(look: Visit, query: str) -> None:
    page = look.open(f"/diversity{query}")
    look.settled()
    drawn(page)
    page.wait_for_timeout(300)
    over = look.overflow()
    outside = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].flatMap(plot => {
            const box = plot.getBoundingClientRect();
            return [...plot.querySelectorAll('.gtitle, .xtitle, .x2title, .ytitle, .ytick text')]
                .map(text => [text.textContent, text.getBoundingClientRect()])
                .filter(([, text]) => text.left < box.left - 1 || text.right > box.right + 1 || text.top < box.top - 1)
                .map(([words]) => words);
        })"""
    )
    collide = page.evaluate(
        """() => [...document.querySelectorAll('.js-plotly-plot')].filter(plot => {
            const [one, other] = ['.xtitle', '.x2title'].map(name => plot.querySelector(name));
            return one && other && one.getBoundingClientRect().right > other.getBoundingClientRect().left;
        }).length"""
    )
    assert over <= 0
    assert outside == []
    assert collide == 0
    assert page.locator(".fer-big").count() == 1
    assert look.foreign == []
    assert look.errors == []


def test_switching_a_member_off_moves_everything(visit: Visit, artifacts: Path) -> None:
    page = visit.open("/diversity")
    visit.settled()
    drawn(page)
    expect(page.locator(".fer-big b")).to_contain_text(gain(artifacts, Setting(ROSTER)))
    expect(page.locator(".st-key-adds .yaxislayer-above text")).to_have_count(3)
    height = "() => document.querySelector('[data-testid=stMain]').scrollHeight"
    before = page.evaluate(height)
    page.get_by_role("button", name="agrawal").click()
    expect(page.locator(".fer-big b")).to_contain_text(gain(artifacts, Setting(ROSTER[:2])))
    expect(page.locator(".st-key-adds .yaxislayer-above text")).to_have_count(2)
    visit.settled()
    assert page.evaluate(height) == before
    page.get_by_role("button", name="deep").click()
    expect(page.get_by_text("One member alone has no diversity.")).to_be_visible()
    expect(page.locator(".js-plotly-plot")).to_have_count(0)


def test_measure_and_worth_are_in_the_link(visit: Visit) -> None:
    page = visit.open("/diversity")
    visit.settled()
    page.get_by_role("radio", name="Double fault").click()
    page.wait_for_url(lambda url: "measure=double_fault" in url)
    expect(page.locator(".st-key-compared .xtitle", has_text="Double fault")).to_be_visible()
    page.get_by_role("radio", name="Log-likelihood").click()
    page.wait_for_url(lambda url: "worth=likelihood" in url)
    expect(page.locator(".st-key-adds .gtitle", has_text="nats")).to_be_visible()
    page.reload()
    expect(page.locator(".st-key-adds .gtitle", has_text="nats")).to_be_visible(timeout=30_000)
    expect(page.locator(".st-key-compared .xtitle", has_text="Double fault")).to_be_visible()


def test_a_button_leads_to_a_rule_that_can_be_taken_apart(visit: Visit) -> None:
    page = visit.open("/diversity?combine=hard_vote")
    visit.settled()
    drawn(page, FIGURES - 2)
    page.get_by_role("button", name="Use mean probability, equal weights").click()
    expect(page.locator(".st-key-waterfall .gtitle")).to_contain_text("Brier score")
    page.wait_for_url(lambda url: "combine=mean_probability" in url)
    assert visit.errors == []
