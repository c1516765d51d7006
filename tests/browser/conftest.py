"""A server of its own for the browser tests, and a browser that may talk to nobody else."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect, sync_playwright

from tests.synthetic import write_artifacts

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


PATIENCE = 90_000
"""Milliseconds: other workers, and other work on the machine, keep the cores busy."""
expect.set_options(timeout=30_000)


def free_port() -> int:
    """Return a port that is free and that no other worker of pytest-xdist picks."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        if port // 2 % workers == worker:  # Linux gives odd ports before even ones
            return port


class Server:
    """The app on loopback, over the artifacts of a folder."""

    def __init__(self, artifacts: Path, log: Path, *, script: str = "") -> None:
        """Start it; script : a program that serves the app in a way of its own, given the port."""
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        command = [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.headless", "true"]
        command += ["--server.address", "127.0.0.1", "--server.port", str(port)]
        if script:
            command = [sys.executable, "-m", script, str(port)]
        self.log = log.open("wb")
        environment = os.environ | {"FER_ARTIFACTS": str(artifacts)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=self.log, stderr=subprocess.STDOUT)
        deadline = time.monotonic() + PATIENCE / 1000
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1) as answer:
                    if answer.read() == b"ok":
                        return
            except OSError:
                time.sleep(0.1)
        self.stop()
        raise RuntimeError(f"the app did not start: {log.read_text()}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=20)
        self.log.close()


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("app") / "artifacts", photos=True)


@pytest.fixture(scope="session")
def server(artifacts: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    running = Server(artifacts, tmp_path_factory.mktemp("log") / "server.log")
    yield running
    running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("no Chromium was found; install it with: apt-get install chromium")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield launched
        launched.close()


class Visit:
    """A page of a fresh visitor, what it asked other hosts for, and what its console complained of."""

    def __init__(self, context: BrowserContext, url: str) -> None:
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.url = url

        def guard(route: Route) -> None:
            if route.request.url.startswith((url, "data:", "blob:")):
                route.continue_()
            else:
                self.foreign.append(route.request.url)
                route.abort()

        context.route("**/*", guard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on(
            "console", lambda message: self._heard(message.type, message.text, message.location.get("url", ""))
        )

    def _heard(self, kind: str, text: str, where: str) -> None:
        # Streamlit asks below the page's own path first when a page is opened by its address.
        if kind == "error" and not where.endswith(("/_stcore/health", "/_stcore/host-config")):
            self.errors.append(text)

    def open(self, path: str = "/") -> Page:
        self.page.goto(self.url + path)
        self.page.wait_for_selector(".fer-big", timeout=120_000)  # the first photo loads every network
        return self.page

    def number(self) -> str:
        return self.page.locator(".fer-big b").inner_text().replace("%", "").strip()

    def overflow(self) -> float:
        """Return by how many pixels the page is wider than the window."""
        main = "document.querySelector('[data-testid=stMain]')"
        return float(self.page.evaluate(f"() => {main}.scrollWidth - {main}.clientWidth"))

    def titles_outside(self) -> int:
        """Return how many figures have a title that sticks out of them."""
        return int(
            self.page.evaluate(
                """() => [...document.querySelectorAll('.js-plotly-plot')].filter(plot => {
                    const [box, title] = [plot, plot.querySelector('.gtitle')].map(e => e.getBoundingClientRect());
                    return title.right > box.right + 1 || title.top < box.top - 1;
                }).length"""
            )
        )

    def settled(self) -> None:
        """Wait until input was taken, the script has run and figures are drawn, for which a program is fetched."""
        self.page.wait_for_function(
            """() => document.querySelector('[data-testid=stApp][data-test-script-state=notRunning]')
                && !document.querySelector('[data-testid=stSkeleton]')
                && !document.querySelector('.live[data-settled=""]')
                && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(
                    chart => chart.querySelector('.main-svg')
                )"""
        )


@pytest.fixture(scope="session")
def shared_visit(browser: Browser, server: Server) -> Iterator[Visit]:
    context = browser.new_context()
    yield Visit(context, server.url)
    context.close()


@pytest.fixture
def look(request: pytest.FixtureRequest, shared_visit: Visit) -> Visit:
    """A visitor for tests that only look at a page as it opens.

    They share a browser's memory, so that Streamlit and Plotly are fetched once.  Parametrise indirectly with
    `viewport` and `color_scheme`.
    """
    shared_visit.page.goto("about:blank")  # what the test before still asks for is none of this one's
    shared_visit.page.set_viewport_size(request.param["viewport"])
    shared_visit.page.emulate_media(color_scheme=request.param["color_scheme"])
    shared_visit.foreign.clear()
    shared_visit.errors.clear()
    return shared_visit


@pytest.fixture
def visit(request: pytest.FixtureRequest, browser: Browser, server: Server) -> Iterator[Visit]:
    """A fresh visitor; parametrise indirectly with keyword arguments of `Browser.new_context`."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})})
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    yield Visit(context, server.url)
    context.close()
