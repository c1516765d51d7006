"""How long a photo takes from its bytes to the answer of all members, beside the package people install, `fer`."""

import io
import json
import re
import subprocess
import time
import venv
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import cv2
import numpy as np
import torch
from PIL import Image

from fer_core.artifacts import Artifacts
from fer_core.ensemble import Setting
from fer_core.errors import RunError
from fer_core.photo.decode import decode
from fer_core.photo.predict import Look, Predictor
from fer_core.training.machine import hardware

SIZE, FACE_SIDE = (1280, 720), 300
PEER = ("fer==25.10.3", "tensorflow", "setuptools<81")
"""The peer, what it computes with, and what it still imports `pkg_resources` from."""

_PEER_SCRIPT = """
import contextlib, json, sys, time
with contextlib.suppress(ImportError):  # loaded after TensorFlow, Triton's copy of LLVM brings the process down
    import torch, triton
import cv2
from fer.fer import FER
path, runs = sys.argv[1], int(sys.argv[2])
detector = FER(mtcnn=True)
taken, faces = [], 0
for run in range(runs + 2):
    began = time.perf_counter()
    faces = len(detector.detect_emotions(cv2.imread(path)))
    taken.append(time.perf_counter() - began)
print(json.dumps({"faces": faces, "seconds": taken[2:]}))
"""


@dataclass(frozen=True)
class PhotoTiming:
    """Milliseconds of one way from a photo's bytes to answers; faces : how many it found."""

    what: str
    faces: int
    median_ms: float
    p95_ms: float


@dataclass(frozen=True)
class Photos:
    """Timings of the same photo, and with what they were taken.

    peer_ratio : the peer's median over ours with MTCNN; peer_error : why the peer could not be timed
    """

    device: str
    threads: int
    torch: str
    size: tuple[int, int]
    members: int
    runs: int
    timings: tuple[PhotoTiming, ...]
    peer_ratio: float | None
    peer_error: str = ""

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def photo_of(artifacts: Artifacts) -> bytes:
    """Return a JPEG of 1280x720 pixels with one face: the mean happy face on a gradient, so that no photo is needed."""
    width, height = SIZE
    down, across = np.mgrid[0:height, 0:width].astype(np.float32)
    picture = 90 + 90 * across / width + 40 * down / height
    face = cv2.resize(artifacts.mean_faces()[3], (FACE_SIDE, FACE_SIDE), interpolation=cv2.INTER_CUBIC)
    # The rim fades into the gradient, for a detector takes a hard edge for part of the face.
    rim = np.minimum(1, np.minimum(np.arange(FACE_SIDE), np.arange(FACE_SIDE)[::-1]) / 30)
    cover = np.minimum.outer(rim, rim)
    top, left = (height - FACE_SIDE) // 2, (width - FACE_SIDE) // 2
    part = picture[top : top + FACE_SIDE, left : left + FACE_SIDE]
    part[:] = cover * face + (1 - cover) * part
    content = io.BytesIO()
    Image.fromarray(np.clip(picture, 0, 255).astype(np.uint8)).convert("RGB").save(content, "JPEG", quality=92)
    return content.getvalue()


def _timing(what: str, faces: int, seconds: list[float]) -> PhotoTiming:
    median, p95 = np.percentile(1000 * np.array(seconds), [50, 95])
    return PhotoTiming(what, faces, float(median), float(p95))


def _ours(predictor: Predictor, content: bytes, detector: str, runs: int) -> PhotoTiming:
    look = Look(detector=detector)
    setting = Setting(tuple(predictor.panel.members))
    seconds, faces = [], 0
    for run in range(runs + 3):  # the first ones also load and prepare
        began = time.perf_counter()
        faces = len(predictor.answers(predictor.look(decode(content), look), setting))
        if run >= 3:
            seconds.append(time.perf_counter() - began)
    return _timing(f"{detector}, {len(predictor.panel.members)} members", faces, seconds)


def _peer(content: bytes, runs: int, say: Callable[[str], None]) -> PhotoTiming:
    """Install `fer` into a virtual environment of its own, time it on the same photo, and remove it again."""
    with TemporaryDirectory() as folder:
        home, photo = Path(folder) / "venv", Path(folder) / "photo.jpg"
        say("Installing fer")
        venv.create(home, with_pip=True)
        python = str(next(path for path in (home / "bin" / "python", home / "Scripts" / "python.exe") if path.exists()))
        photo.write_bytes(content)
        for command in (
            [python, "-m", "pip", "install", "--disable-pip-version-check", "-q", *PEER],
            [python, "-W", "ignore", "-c", _PEER_SCRIPT, str(photo), str(runs)],
        ):
            say("Timing fer" if "-c" in command else "Installing fer")
            done = subprocess.run(command, capture_output=True, text=True, cwd=folder)
            if done.returncode:
                lines = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
                # Its libraries log after a failure, too, so the last line is not always the reason.
                reason = next(
                    (line for line in reversed(lines) if re.match(r"[\w.]*(Error|Exception)\b", line)), lines[-1]
                )
                raise RunError(f"fer could not be timed: {reason}")
    found = json.loads(done.stdout.strip().splitlines()[-1])
    return _timing("fer 25.10.3 with MTCNN, 1 network", found["faces"], found["seconds"])


def time_photos(
    artifacts: Artifacts, *, runs: int = 30, peer: bool = False, say: Callable[[str], None] = lambda text: None
) -> Photos:
    """Time one photo with one face, from its bytes to the answer of all members in one view, for each detector.

    runs : photos that a median is taken of; peer : time `fer` on the same photo too; say : told what is being done
    """
    content, predictor = photo_of(artifacts), Predictor(artifacts)
    timings = []
    for detector in ("mtcnn", "haar"):
        say(f"Timing {detector}")
        timings.append(_ours(predictor, content, detector, runs))
    ratio, error = None, ""
    if peer:
        try:
            timings.append(_peer(content, runs, say))
            ratio = timings[-1].median_ms / timings[0].median_ms
        except RunError as reason:  # our own figures are not lost for it
            error = str(reason)
    return Photos(
        device=hardware(torch.device("cpu")),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        size=SIZE,
        members=len(predictor.panel.members),
        runs=runs,
        timings=tuple(timings),
        peer_ratio=ratio,
        peer_error=error,
    )
