"""Members of a visitor's own in a real browser: classifiers of another data set, explored like the roster."""

import io

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Explorer, Setting
from fer_core.user_predictions import Reference, read_extra
from tests.browser.conftest import Visit
from tests.browser.sizes import TWO
from tests.browser.test_explorer import box

pytestmark = pytest.mark.browser
NAMES = ("regression", "forest", "naive Bayes")


@pytest.fixture(scope="module")
def digits() -> bytes:
    inputs, labels = load_digits(return_X_y=True)
    learn, rest = np.arange(len(labels)) < 300, np.arange(len(labels)) >= 300
    models = (
        LogisticRegression(max_iter=300),
        RandomForestClassifier(30, random_state=0),
        GaussianNB(var_smoothing=0.01),
    )
    told = [model.fit(inputs[learn] / 16, labels[learn]).predict_proba(inputs[rest] / 16) for model in models]
    content = io.BytesIO()
    np.savez_compressed(content, probabilities=np.array(told), labels=labels[rest], members=NAMES)
    return content.getvalue()


@pytest.fixture(scope="module")
def explorer(digits: bytes) -> Explorer:
    extra = read_extra(digits, "digits.npz", Reference((), EMOTIONS, {}))
    return Explorer(extra.members, extra.logits, extra.labels, classes=extra.classes)


def put(visit: Visit, name: str, content: bytes) -> None:
    page = visit.page
    panel = page.locator("[data-testid=stExpander]", has_text="Your own models")
    if not panel.locator("input[type=file]").count():
        panel.locator("summary").click()
    with page.expect_response(lambda answer: "upload_file" in answer.url):
        panel.locator("input[type=file]").set_input_files(
            [{"name": name, "mimeType": "application/octet-stream", "buffer": content}]
        )
    expect(panel.get_by_role("button", name="Remove")).to_be_visible()
    page.wait_for_url(lambda url: "own=" in url)  # the uploader has a "Remove" of its own before the file is taken in
    visit.settled()


def shows(page: Page, share: float) -> None:
    expect(page.locator(".fer-big b")).to_contain_text(f"{100 * share:.1f}")


@pytest.mark.parametrize("visit", TWO, indirect=True, ids=["light", "dark-phone"])
def test_another_data_set_is_explored_in_any_theme_and_width(visit: Visit, digits: bytes, explorer: Explorer) -> None:
    page = visit.open("/ensemble")
    put(visit, "digits.npz", digits)
    shows(page, explorer.recompute(Setting(NAMES)).accuracy)
    assert visit.overflow() == 0
    assert not visit.titles_outside()
    box(page, "naive Bayes").click()
    shows(page, explorer.recompute(Setting(NAMES[:2])).accuracy)
    page.get_by_label("Weights", exact=True).select_option("categorical")
    shows(page, explorer.recompute(Setting(NAMES[:2], "categorical")).accuracy)
    text = page.locator("[data-testid=stMain]").inner_text()
    assert "emotion" not in text
    assert not visit.foreign
    assert not visit.errors


def test_a_link_names_the_file_and_shows_the_same_once_it_is_put_in(
    visit: Visit, browser: Browser, digits: bytes, explorer: Explorer
) -> None:
    page = visit.open("/ensemble")
    put(visit, "digits.npz", digits)
    box(page, "forest").click()
    page.get_by_label("Weights", exact=True).select_option("log_odds")
    wanted = explorer.recompute(Setting(("regression", "naive Bayes"), "log_odds")).accuracy
    shows(page, wanted)
    visit.settled()
    page.get_by_role("button", name="Copy link").click()
    link = page.locator("[data-testid=stPopoverBody] code").inner_text()
    expect(page.get_by_text("It does not carry digits.npz, which it names.")).to_be_visible()
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    other = Visit(context, visit.url)
    there = other.open(link.removeprefix(visit.url))
    expect(there.get_by_text("This link was made with digits.npz")).to_be_visible()
    put(other, "digits.npz", digits)
    shows(there, wanted)
    expect(there.get_by_text("This link was made with")).to_have_count(0)
    assert not other.errors
    context.close()


def test_members_of_ones_own_stay_while_other_pages_are_looked_at(visit: Visit, digits: bytes) -> None:
    page = visit.open("/ensemble")
    put(visit, "digits.npz", digits)
    before = visit.number()
    page.get_by_role("link", name="Members").first.click()
    page.get_by_role("heading", name="Inside each network").wait_for()
    visit.settled()
    page.get_by_role("link", name="Ensemble").first.click()
    page.wait_for_selector(".fer-big")
    visit.settled()
    assert visit.number() == before
    page.get_by_text("FER-2013", exact=True).first.click()
    expect(box(page, "shallow")).to_be_visible()
    page.get_by_text("digits.npz", exact=True).first.click()
    expect(page.locator(".fer-big b")).to_contain_text(before)
    assert not visit.errors
