"""Two replicas behind nginx, as deploy/ sets them up: a visit stays with its replica, and outlives it by a reload."""

import shutil
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import PATIENCE, ROOT, Server, Visit, free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed"),
]
NGINX = shutil.which("nginx") or "nginx"


@dataclass
class Site:
    """What visitors see, and the replicas behind it by the name in their cookie."""

    url: str
    replicas: dict[str, Server]


def configuration(folder: Path, port: int, replicas: dict[str, Server]) -> str:
    """Return deploy/nginx.conf for this machine: other addresses, and files in a folder of its own."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for name, server in replicas.items():
        assert text.count(f"server {name}:8501") == 2
        text = text.replace(f"server {name}:8501", f"server {server.url.removeprefix('http://')}")
    assert text.count("listen 8080;") == 1
    text = text.replace("listen 8080;", f"listen 127.0.0.1:{port};")
    temporary = "".join(
        f"    {kind}_temp_path {folder / kind};\n" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    text = text.replace("http {\n", "http {\n" + temporary, 1)
    return f"daemon off;\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\n{text}"


@pytest.fixture
def site(artifacts: Path, tmp_path: Path) -> Iterator[Site]:
    replicas = {name: Server(artifacts, tmp_path / f"{name}.log") for name in ("one", "two")}
    port = free_port()
    written = tmp_path / "nginx.conf"
    written.write_text(configuration(tmp_path, port, replicas))
    nginx = subprocess.Popen([NGINX, "-e", str(tmp_path / "early.log"), "-p", str(tmp_path), "-c", str(written)])
    try:
        for _ in range(100):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=5).close()
                break
            except (urllib.error.URLError, ConnectionError):
                assert nginx.poll() is None, "nginx ended; what it said stands above"
                time.sleep(0.1)
        yield Site(f"http://127.0.0.1:{port}", replicas)
    finally:
        nginx.terminate()
        nginx.wait(timeout=20)
        for server in replicas.values():
            server.stop()


def replica_of(visit: Visit) -> str:
    return next(str(one["value"]) for one in visit.page.context.cookies() if one["name"] == "replica")


def test_a_visit_stays_with_its_replica_and_outlives_it(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    visit = Visit(context, site.url)
    visit.open("/gain")
    visit.settled()
    first = replica_of(visit)
    strip = visit.page.locator(".st-key-control_on button", has_text="deep")
    strip.click()
    visit.page.wait_for_function("location.search.includes('members=shallow%2Cagrawal&')")
    visit.page.reload()
    visit.page.wait_for_selector(".fer-big")
    visit.settled()
    assert replica_of(visit) == first
    before = visit.number()
    assert visit.errors == []

    site.replicas[first].stop()
    late = Visit(browser.new_context(), site.url)
    late.open("/gain")
    late.settled()
    assert replica_of(late) in site.replicas
    visit.page.reload()
    visit.page.wait_for_selector(".fer-big", timeout=PATIENCE)
    visit.settled()
    assert visit.number() == before
    assert "members=shallow%2Cagrawal&" in visit.page.url
    late.page.context.close()
    context.close()
