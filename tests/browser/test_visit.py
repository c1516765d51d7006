"""What holds of a whole visit, in a real browser: its history, fast clicks, photos on every page, and failures."""

import io
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from threading import Event, Thread
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PATIENCE, Server, Visit
from tests.browser.test_explorer import box, toggle

pytestmark = pytest.mark.browser

FAST = """async ({names, clicks, seed}) => {
    const random = () => (seed = seed * 16807 % 2147483647) / 2147483647;
    const count = Object.fromEntries(names.map(name => [name, 0]));
    for (let i = 0; i < clicks; i++) {
        const name = names[Math.floor(random() * names.length)];
        document.querySelector(`.live input[name="member ${name}"]`).click();
        count[name]++;
        await new Promise(done => setTimeout(done, 45 * random()));
    }
    return count;
}"""


def members(visit: Visit) -> str:
    return parse_qs(urlsplit(visit.page.url).query).get("members", [""])[0]


def test_back_and_forward_go_through_what_was_chosen(visit: Visit) -> None:
    page = visit.open("/ensemble")
    visit.settled()
    first = page.evaluate("history.length")
    for name, left in (("shallow", "deep,agrawal"), ("deep", "agrawal")):
        toggle(visit, name)
        page.wait_for_function(f"location.search.includes('members={left.replace(',', '%2C')}&')")
        visit.settled()
    page.get_by_role("link", name="Members").click()
    expect(page.get_by_role("heading", name="Inside each network")).to_be_visible(timeout=30_000)
    visit.settled()
    # A step for each change and each page; Streamlit makes two of a page where its messages come one by one.
    steps = page.evaluate("history.length") - first
    assert steps in (3, 4)
    if steps == 4:
        page.go_back()
        page.wait_for_function("location.pathname === '/members' && !location.search")
        visit.settled()
        assert page.locator(".fer-big b").count() == 1
    page.go_back()
    expect(box(page, "deep")).not_to_be_checked(timeout=30_000)
    assert members(visit) == "agrawal"
    page.go_back()
    expect(box(page, "deep")).to_be_checked(timeout=30_000)
    expect(box(page, "shallow")).not_to_be_checked()
    page.go_back()
    expect(box(page, "shallow")).to_be_checked(timeout=30_000)
    visit.settled()
    page.go_forward()
    expect(box(page, "shallow")).not_to_be_checked(timeout=30_000)
    visit.settled()
    assert members(visit) == "deep,agrawal"
    assert visit.errors == []


@contextmanager
def hiccups(server: Server) -> Iterator[None]:
    """Stop the server now and then for up to 0.3 s, as a busy machine does."""
    over, random = Event(), Random(11)

    def stop_and_go() -> None:
        while not over.wait(random.random() / 10):
            server.process.send_signal(signal.SIGSTOP)
            time.sleep(0.3 * random.random())
            server.process.send_signal(signal.SIGCONT)

    thread = Thread(target=stop_and_go)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def test_many_fast_clicks_end_in_what_was_clicked(visit: Visit, server: Server) -> None:
    page = visit.open("/ensemble")
    visit.settled()
    names = ["shallow", "deep", "agrawal"]
    with hiccups(server):
        count = page.evaluate(FAST, {"names": names, "clicks": 500, "seed": 11})
    on = [name for name in names if count[name] % 2 == 0]
    wanted = "%2C".join(on) or "none"
    page.wait_for_function(f"location.search.startsWith('?members={wanted}&')", timeout=2 * PATIENCE)
    page.wait_for_timeout(500)
    visit.settled()
    expect(page.locator(".live-buttons").get_by_text(f"{len(on)} of 3")).to_be_visible()
    for name in names:
        assert box(page, name).is_checked() == (name in on)
    assert members(visit) == (",".join(on) or "none")
    expect(page.get_by_test_id("stException")).to_have_count(0)
    expect(page.locator(".st-key-unforeseen")).to_have_count(0)
    # Runs that were cut short take their pictures with them, so a browser may ask for one that is gone.
    assert [error for error in visit.errors if "404" not in error] == []


@pytest.fixture
def short(artifacts: Path, tmp_path: Path) -> Iterator[tuple[Server, Path]]:
    """Serve the app with visits that end a second after their page is closed; gives the server and what it says."""
    log = tmp_path / "short.log"
    server = Server(artifacts, log, script="tests.browser.short_visits")
    yield server, log
    server.stop()


def test_a_visit_is_forgotten_soon_after_its_page_is_closed(browser: Browser, short: tuple[Server, Path]) -> None:
    server, log = short

    def held() -> str:
        return next(line for line in reversed(log.read_text().splitlines()) if line.startswith("holds "))

    context = browser.new_context()
    visit = Visit(context, server.url)
    visit.open("/try_a_face?detect=whole")
    visit.page.locator("input[type=file]").set_input_files(
        {"name": "a.png", "mimeType": "image/png", "buffer": noise()}
    )
    expect(visit.page.get_by_text("a.png, 80×90 pixels")).to_be_visible(timeout=60_000)
    visit.settled()
    assert not held().startswith("holds 0 ")
    context.close()
    deadline = time.monotonic() + 30
    while held() != "holds 0 values, 0 files" and time.monotonic() < deadline:
        time.sleep(0.2)
    assert held() == "holds 0 values, 0 files"


def noise() -> bytes:
    """Return a picture of 80 by 90 pixels as a PNG file."""
    content = io.BytesIO()
    Image.fromarray(np.random.RandomState(3).randint(0, 256, (90, 80, 3)).astype(np.uint8)).save(content, "PNG")
    return content.getvalue()


def test_a_photo_stays_on_every_page_until_it_is_removed(visit: Visit, tmp_path: Path) -> None:
    page = visit.open("/try_a_face?detect=whole")
    page.locator("input[type=file]").set_input_files({"name": "noise.png", "mimeType": "image/png", "buffer": noise()})
    shown = page.get_by_text("noise.png, 80×90 pixels")
    expect(shown).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Limits").click()
    expect(page.get_by_role("heading", name="What the numbers cannot say")).to_be_visible(timeout=30_000)
    visit.settled()
    page.get_by_role("link", name="Try a face").click()
    expect(shown).to_be_visible(timeout=30_000)
    page.get_by_role("button", name="noise.png", exact=True).click()
    expect(shown).to_have_count(0)
    expect(page.get_by_text("No photo yet")).to_be_visible()
    assert visit.errors == []
