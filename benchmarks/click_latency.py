"""From a click on a member to the new number painted, and from a cold start to the first number, in a real browser.

    python benchmarks/click_latency.py [--clicks 60] [--json]

Starts the app on loopback over nine made-up members x 3,589 images, and drives Chromium (or Chrome) by Playwright.
A click's time runs from the browser's own `pointerdown` to the frame after the number has changed; the cold start from
starting the server's process to the first number painted, with Python's and the browser's caches as they are.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.conftest import CHROMIUM, Server
from tests.synthetic import NINE, write_artifacts

WATCH = """() => {
  window.fer = { began: 0, times: [] };
  addEventListener('pointerdown', () => { fer.began = performance.now() }, true);
  const seen = () => document.querySelector('.fer-big b')?.innerText;
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


def clicks(page: Page, url: str, count: int) -> list[float]:
    """Return milliseconds from click to painted number, of the clicks that change the digits shown."""
    page.goto(f"{url}/ensemble")
    page.wait_for_selector(".fer-big", timeout=60_000)
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    for i in range(count):
        page.locator(f".st-key-control_member_{NINE[i % len(NINE)]} label").click()
        page.wait_for_timeout(700)
    return [float(value) for value in page.evaluate("() => fer.times")]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clicks", type=int, default=60)
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
            page.goto(f"{server.url}/ensemble")
            page.wait_for_selector(".fer-big", timeout=60_000)
            cold = time.perf_counter() - began
            times = clicks(page, server.url, options.clicks)
        finally:
            browser.close()
            server.stop()
    figures = {
        "clicks": len(times),
        "median_ms": float(np.median(times)),
        "p95_ms": float(np.percentile(times, 95)),
        "cold_start_s": cold,
    }
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(f"click to painted number, {len(times)} clicks: median {figures['median_ms']:.0f} ms, ", end="")
        print(f"95th percentile {figures['p95_ms']:.0f} ms")
        print(f"cold start to the first number: {cold:.1f} s")


if __name__ == "__main__":
    main()
