"""The machine that trains: what a card says of it, and which precision and how many threads are fastest on it."""

import itertools
import json
import os
import platform
import subprocess
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal, Protocol, cast

import torch
from safetensors import SafetensorError, safe_open
from torch.nn import functional as F

from fer_core.emotions import SIDE
from fer_core.machine import cores
from fer_core.models import build


def hardware(device: torch.device) -> str:
    """Name the device in words: the GPU, or the processor and the threads in use."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    name = platform.processor() or platform.machine()
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        name = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    threads = torch.get_num_threads()
    return f"{name}, {threads} thread{'s' if threads > 1 else ''}"


def matmul_ceiling(device: torch.device, *, seconds: float = 0.5) -> float:
    """Measure how many floating-point operations a second bfloat16 matrix multiplication reaches here, at its best."""
    side = 8192 if device.type == "cuda" else 1024
    a, b = (torch.randn(side, side, device=device, dtype=torch.bfloat16) for _ in range(2))

    def run() -> float:
        began = time.perf_counter()
        float((a @ b)[0, 0])  # reading a number waits for the device
        return time.perf_counter() - began

    run()
    fastest, until = run(), time.perf_counter() + seconds
    while time.perf_counter() < until:
        fastest = min(fastest, run())
    return 2 * side**3 / fastest


def versions() -> dict[str, str]:
    """Return the versions of Python and of the packages that decide a training's result."""
    found = {"python": platform.python_version()}
    for package in ("torch", "numpy", "safetensors"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found


def commit() -> str:
    """Return the commit of the source tree, with `-dirty` if the library differs from it, or "unknown".

    FER_COMMIT names it where the tree is a copy without its history.
    """
    root = Path(__file__).resolve().parents[2]

    def git(*arguments: str) -> str:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, text=True, check=True)
        return done.stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("-dirty" if git("status", "--porcelain", "--", "fer_core") else "")
    except (OSError, subprocess.CalledProcessError):
        return os.environ.get("FER_COMMIT") or "unknown"


Precision = Literal["bfloat16", "float32"]
PRECISIONS: tuple[Precision, ...] = ("bfloat16", "float32")
IMAGES = 32
"""Images of a trial step: as many as show the rate, few enough for a slow machine."""


class Wanted(Protocol):
    """What a training says of itself; None leaves a choice open."""

    @property
    def architecture(self) -> str:
        """The network."""

    @property
    def arguments(self) -> dict[str, Any]:
        """Its arguments."""

    @property
    def precision(self) -> str | None:
        """The precision asked for."""

    @property
    def threads(self) -> int | None:
        """The threads asked for."""


@dataclass(frozen=True)
class Choice:
    """Precision and CPU threads of a training, and how they were chosen, in words for people."""

    precision: Precision
    threads: int
    sentence: str


def choose(wanted: Wanted, device: torch.device, checkpoint: Path) -> Choice:
    """Choose precision and threads: what was asked for, else what the checkpoint was made with, else what is faster.

    The trial takes a second or two.  It is run before the training's own generators are seeded.
    """
    asked = cast(Precision | None, wanted.precision) or stored_precision(checkpoint)
    most = cores()
    counts = (wanted.threads,) if wanted.threads else tuple(sorted({1, most})) if device.type == "cpu" else (most,)
    precisions = (asked,) if asked else PRECISIONS
    if len(counts) * len(precisions) == 1:
        return Choice(precisions[0], counts[0], precisions[0])
    rates = trial(wanted.architecture, wanted.arguments, device, precisions, counts)
    (precision, threads), best = max(rates.items(), key=lambda item: item[1])
    others = ", ".join(
        f"{name}{f' on {count} threads' if len(counts) > 1 else ''} {rate:.0f}"
        for (name, count), rate in rates.items()
        if (name, count) != (precision, threads)
    )
    on = f" on {threads} thread{'s' * (threads > 1)}" if len(counts) > 1 else ""
    return Choice(precision, threads, f"{precision}{on}, measured: {best:.0f} images/s, {others}")


def stored_precision(checkpoint: Path) -> Precision | None:
    """Return the precision that a checkpoint was made with, None where there is none that can be read."""
    try:
        with safe_open(checkpoint, framework="pt") as file:
            found = json.loads(file.metadata()["progress"])["identity"]["recipe"]["precision"]
    except (OSError, SafetensorError, KeyError, TypeError, ValueError):
        return None  # `load_checkpoint` says what is wrong with it
    return cast(Precision, found) if found in PRECISIONS else None


def trial(
    architecture: str,
    arguments: dict[str, Any],
    device: torch.device,
    precisions: tuple[Precision, ...] = PRECISIONS,
    threads: tuple[int, ...] = (1,),
    *,
    seconds: float = 0.3,
) -> dict[tuple[Precision, int], float]:
    """Return the images a second that training steps of a network reach, by precision and threads.

    seconds : for each combination, after one step that is not counted; at least one step is
    """
    before = torch.get_num_threads()
    rates: dict[tuple[Precision, int], float] = {}
    devices = [device] if device.type == "cuda" else []
    try:
        with torch.random.fork_rng(devices=devices):
            member = build(architecture, **arguments).to(device).to(memory_format=torch.channels_last).train()
            images = torch.rand(IMAGES, 1, SIDE, SIDE, device=device)
            labels = torch.arange(IMAGES, device=device) % 7
            for precision, count in itertools.product(precisions, threads):
                torch.set_num_threads(count)
                steps, began = -1, 0.0
                while steps < 1 or time.perf_counter() - began < seconds:
                    with torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16"):
                        logits = member(images)
                    loss = F.cross_entropy(logits.float(), labels)
                    loss.backward()  # type: ignore[no-untyped-call]
                    float(loss.detach())  # reading a number waits for the device
                    steps += 1
                    began = time.perf_counter() if not steps else began
                rates[precision, count] = steps * IMAGES / (time.perf_counter() - began)
    finally:
        torch.set_num_threads(before)
    return rates
