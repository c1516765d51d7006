"""From a click on a member to the new number painted, and from a cold start to the first number, in a real browser.

    python benchmarks/click_latency.py [--clicks 60] [--pages ensemble gain ...] [--json]

Starts the app on loopback over nine made-up members x 3,589 images, and drives Chromium (or Chrome) by Playwright.
A click's time runs from the browser's own `pointerdown` to the frame after the large number, or the words beside it,
have changed; the cold start from starting the server's process to the first number painted, with Python's and the
browser's caches as they are.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Locator, Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.conftest import CHROMIUM, Server
from tests.synthetic import NINE, write_artifacts

PAGES = ("ensemble", "gain", "diversity", "votes", "confidence", "labels", "schemes")

WATCH = """() => {
  window.fer = { began: 0, times: [] };
  addEventListener('pointerdown', () => { fer.began = performance.now() }, true);
  const seen = () => document.querySelector('.fer-big')?.innerText;
  let last = seen();
  new MutationObserver(() => {
    const now = seen();
    if (now && now !== last) {
      last = now;
      const began = fer.began;
      requestAnimationFrame(() => setTimeout(() => fer.times.push(performance.now() - began)));
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def member(page: Page, path: str, name: str) -> Locator:
    """Return the control that switches a member on or off."""
    if path == "ensemble":
        return page.locator(f".st-key-control_member_{name} label")
    return page.locator(".st-key-control_on button", has_text=name)


def clicks(page: Page, url: str, path: str, count: int) -> list[float]:
    """Return milliseconds from click to painted number, of the clicks that change what is shown."""
    page.goto(f"{url}/{path}")
    page.wait_for_selector(".fer-big", timeout=60_000)
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    for i in range(count):
        member(page, path, NINE[i % len(NINE)]).click()
        page.wait_for_timeout(900)
    return [float(value) for value in page.evaluate("() => fer.times")]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clicks", type=int, default=60)
    parser.add_argument("--pages", nargs="+", choices=PAGES, default=["ensemble"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if found is None:
        sys.exit("no Chromium was found; install it with: apt-get install chromium")
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        artifacts = write_artifacts(Path(folder) / "artifacts", members=NINE, n=3589)
        browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        began = time.perf_counter()
        server = Server(artifacts, Path(folder) / "server.log")
        try:
            page.goto(f"{server.url}/{options.pages[0]}")
            page.wait_for_selector(".fer-big", timeout=60_000)
            cold = time.perf_counter() - began
            times = {path: clicks(page, server.url, path, options.clicks) for path in options.pages}
        finally:
            browser.close()
            server.stop()
    figures = {
        path: {"clicks": len(own), "median_ms": float(np.median(own)), "p95_ms": float(np.percentile(own, 95))}
        for path, own in times.items()
    }
    if options.json:
        print(json.dumps({"pages": figures, "cold_start_s": cold}, indent=2))
        return
    for path, own in figures.items():
        print(f"{path}: click to painted number, {own['clicks']} clicks: median {own['median_ms']:.0f} ms, ", end="")
        print(f"95th percentile {own['p95_ms']:.0f} ms")
    print(f"cold start to the first number: {cold:.1f} s")


if __name__ == "__main__":
    main()
