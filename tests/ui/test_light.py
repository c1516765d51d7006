"""What the explorer never imports: without a photo it needs no network, so it starts fast and runs without torch."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT
from tests.pages import use_shared

FIGURES = {"gain": 4, "diversity": 8, "votes": 1, "confidence": 5, "labels": 4, "members": 4, "limits": 4}
"""Pages, and how many figures each shows at first."""
SCRIPT = f"""
import json, sys
sys.path.insert(0, {str(ROOT)!r})
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest
first = PagesManager.__init__
def remember(self, *arguments, **more):
    first(self, *arguments, **more)
    PagesManager.uses_pages_directory = False
PagesManager.__init__ = remember
at = AppTest.from_file({str(ROOT / "streamlit_app.py")!r}, default_timeout=120).run()
at.button[0].click().run()
assert at.get("bidi_component"), at.exception
for page, figures in {FIGURES}.items():
    at.switch_page(f"pages/{{page}}.py").run()
    assert len(at.get("plotly_chart")) == figures, (page, len(at.get("plotly_chart")), at.exception)
import ui.saliency.fidelity, ui.saliency.mean_faces, ui.saliency.view
import ui.try_a_face.controls, ui.try_a_face.table, ui.try_a_face.view
heavy = ("torch", "torchvision", "captum", "cv2", "facenet_pytorch", "safetensors", "sklearn")
print(json.dumps([name for name in heavy if name in sys.modules]))
"""


def test_a_visitor_without_photos_makes_the_server_import_nothing_heavy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_shared(monkeypatch)
    monkeypatch.setenv("FER2013_PATH", str(tmp_path / "none.npz"))
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == []
