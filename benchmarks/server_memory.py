"""The server's memory with every network loaded, and after many photos, put in through a real browser.

    python benchmarks/server_memory.py [--photos 500] [--json]

Starts the app on loopback over the artifacts found and drives Chromium (or Chrome) by Playwright.  Each photo is
another one, 1280x720 pixels with one face; the first twenty are not counted, since they fill caches.
"""

import argparse
import io
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fer_core.artifacts import default_root, open_artifacts
from fer_core.bench.photos import photo_of
from tests.browser.conftest import CHROMIUM, Server

WARM_UP, STEP = 20, 20


def resident(process: int) -> float:
    """Return the resident memory of a process in MiB (Linux)."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    raise RuntimeError(f"no process {process}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--photos", type=int, default=500)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    chromium = next((path for name in CHROMIUM if (path := shutil.which(name))), None)
    if chromium is None:
        sys.exit("no Chromium was found; install it with: apt-get install chromium")
    first = np.asarray(Image.open(io.BytesIO(photo_of(open_artifacts()))))
    seen: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        server = Server(default_root(), Path(folder) / "server.log")
        try:
            page.goto(f"{server.url}/try_a_face")
            page.wait_for_selector(".fer-big", timeout=180_000)
            loaded = resident(server.process.pid)
            for number in range(1, options.photos + 1):
                picture = first.copy()
                picture[:24, :24] = np.random.RandomState(number).randint(0, 256, 3)
                content = io.BytesIO()
                Image.fromarray(picture).save(content, "JPEG", quality=92)
                name = f"photo{number}.jpg"
                page.set_input_files(
                    "input[type=file]", {"name": name, "mimeType": "image/jpeg", "buffer": content.getvalue()}
                )
                page.get_by_text(f"{name}, 1280×720 pixels").wait_for(timeout=60_000)
                if number in (WARM_UP, options.photos) or number % STEP == 0:
                    seen.append((number, resident(server.process.pid)))
                    print(f"{number} photos: {seen[-1][1]:.0f} MiB", file=sys.stderr)
                page.get_by_role("button", name=f"Remove {name}").first.click()
                page.get_by_text(f"{name}, 1280×720 pixels").wait_for(state="detached", timeout=60_000)
        finally:
            browser.close()
            server.stop()
    counted = [(number, memory) for number, memory in seen if number >= WARM_UP]
    slope = float(np.polyfit(*zip(*counted, strict=True), 1)[0]) if len(counted) > 1 else float("nan")
    figures = {
        "loaded_mib": loaded,
        "photos": options.photos,
        "largest_mib": max(memory for _, memory in counted),
        "last_mib": counted[-1][1],
        "growth_kib_a_photo": 1024 * slope,
    }
    if options.json:
        print(json.dumps(figures, indent=2))
    else:
        print(f"server with all networks loaded: {loaded:.0f} MiB")
        print(f"over {options.photos} photos: at most {figures['largest_mib']:.0f} MiB, ", end="")
        print(f"{figures['growth_kib_a_photo']:+.1f} KiB a photo after the first {WARM_UP}")


if __name__ == "__main__":
    main()
