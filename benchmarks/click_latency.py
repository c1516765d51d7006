"""From a click on a member to the new number painted, and from a cold start to the first number, in a real browser.

    python benchmarks/click_latency.py [--clicks 60] [--pages ensemble gain ...] [--json]

Starts the app on loopback over nine made-up members x 3,589 images, and drives Chromium (or Chrome) by Playwright.
A click's time runs from the browser's own `pointerdown` to the frame after the large number, or the words beside it,
have changed; the cold start from starting the server's process to the first number painted, with Python's and the
browser's caches as they are.  On Ensemble the browser computes the number itself (`input_to_number`) and Python's
figures come after (`settled`); there a slider says another weight in each frame as well, as one that is dragged does,
and what goes over the wire for a click is counted.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import Locator, Page, WebSocket, sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.browser.conftest import CHROMIUM, Server
from tests.synthetic import NINE, write_artifacts

PAGES = ("ensemble", "gain", "diversity", "votes", "confidence", "labels", "schemes")

DRAGGED = 3.0
"""Seconds for which a weight is dragged."""
DRAG = """async (most) => {
  const slider = document.querySelector('.live-members input[type=range]');
  const before = fer.frames;
  for (const began = performance.now(); performance.now() - began < most;) {
    slider.value = (Number(slider.value) + 0.05) % 2;
    slider.dispatchEvent(new Event('input', { bubbles: true }));
    await new Promise(requestAnimationFrame);
  }
  return fer.frames - before;
}"""

WATCH = """() => {
  window.fer = { began: 0, times: [], settled: [], frames: 0 };
  const live = document.querySelector('.live');
  if (live) new MutationObserver(() => {
    const { began } = fer, push = () => fer.settled.push(performance.now() - began);
    if (live.dataset.settled) requestAnimationFrame(() => setTimeout(push));
  }).observe(live, { attributeFilter: ['data-settled'] });
  let changed = false;
  if (live) new MutationObserver(() => { changed = true })
    .observe(live, { subtree: true, childList: true, characterData: true, attributes: true });
  const frame = () => { fer.frames += changed; changed = false; requestAnimationFrame(frame) };
  frame();
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
        return page.locator(f'.live input[name="member {name}"]')
    return page.locator(".st-key-control_on button", has_text=name)


def clicks(page: Page, url: str, path: str, count: int) -> dict[str, Any]:
    """Return milliseconds from click to painted number, of the clicks that change what is shown.

    Of Ensemble also those to Python's figures, and bytes a click
    """
    sent = Wire(page)
    page.goto(f"{url}/{path}")
    page.wait_for_selector(".fer-big", timeout=60_000)
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    before = sent.bytes
    for i in range(count):
        member(page, path, NINE[i % len(NINE)]).click()
        page.wait_for_timeout(900)
    found = page.evaluate("() => fer")
    figures = {"clicks": len(found["times"]), **summary(found["times"])}
    if path == "ensemble":
        figures |= {
            "input_to_number": summary(found["times"]),
            "settled": summary(found["settled"]),
            "bytes_per_click": (sent.bytes - before) / count,
            "frames_per_second_dragging": drag(page, url),
        }
    return figures


def summary(times: list[float]) -> dict[str, float]:
    """Return the median and the 95th percentile of milliseconds."""
    return {"median_ms": float(np.median(times)), "p95_ms": float(np.percentile(times, 95))}


def said(times: dict[str, Any]) -> str:
    """Return a summary as a person reads it."""
    return f"median {times['median_ms']:.0f} ms, 95th percentile {times['p95_ms']:.0f} ms"


class Wire:
    """What goes over a page's socket."""

    def __init__(self, page: Page) -> None:
        self.bytes = 0
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        for event in ("framereceived", "framesent"):
            socket.on(event, self._count)  # type: ignore[call-overload]

    def _count(self, payload: bytes | str) -> None:
        self.bytes += len(payload)


def drag(page: Page, url: str) -> float:
    """Set one weight anew in each frame, and return in how many frames a second what is drawn has changed."""
    page.goto(f"{url}/ensemble?weights=manual")
    page.wait_for_selector(".live-manual .fer-big", timeout=60_000)
    page.wait_for_timeout(3000)
    page.evaluate(WATCH)
    return float(page.evaluate(DRAG, 1000 * DRAGGED) / DRAGGED)


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
            figures = {path: clicks(page, server.url, path, options.clicks) for path in options.pages}
        finally:
            browser.close()
            server.stop()
    if options.json:
        print(json.dumps({"pages": figures, "cold_start_s": cold}, indent=2))
        return
    for path, own in figures.items():
        print(f"{path}: click to painted number, {own['clicks']} clicks: {said(own)}")
    if live := figures.get("ensemble"):
        print(f"ensemble: click to Python's figures: {said(live['settled'])}")
        print(f"ensemble: dragging a weight paints {live['frames_per_second_dragging']:.0f} frames a second")
        print(f"ensemble: {live['bytes_per_click'] / 1000:.1f} KB a click")
    print(f"cold start to the first number: {cold:.1f} s")


if __name__ == "__main__":
    main()
