"""What a card says of where and with what a member was trained."""

import os
import platform
import subprocess
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import torch


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
