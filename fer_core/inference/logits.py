"""From images to logits, as the cache holds them, and how long one face takes."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from fer_core.emotions import EMOTIONS, SIDE
from fer_core.models import Member

BATCH = 64
"""Images that a CPU takes at once: with 256, feature maps outgrow its caches, and a network takes 1.2 to 1.7 times as
long on one thread for the same logits, bit for bit."""

FULL = "flips x nine crops"
"""What the card calls the full test-time augmentation."""


_SWITCHING = threading.Lock()
_INSIDE: Counter[Member] = Counter()
"""How many threads compute with each member now."""
_TRAINING: dict[Member, list[nn.Module]] = {}
"""Of each member that is computed with, the modules that were in training mode before."""
_BEFORE = [False, False]
"""Whether TF32 was allowed for matrix products and for convolutions."""


@contextmanager
def _exact(member: Member) -> Iterator[None]:
    """Switch to eval mode and true float32 matrix products (no TF32) for a while.

    Threads share both: the first that comes switches them, and the last that leaves puts them back.
    """
    with _SWITCHING:
        if not _INSIDE:
            _BEFORE[:] = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
        if member not in _INSIDE:
            _TRAINING[member] = [module for module in member.modules() if module.training]
            member.eval()
        _INSIDE[member] += 1
    try:
        with torch.no_grad():
            yield
    finally:
        with _SWITCHING:
            _INSIDE[member] -= 1
            if not _INSIDE[member]:
                del _INSIDE[member]
                for module in _TRAINING.pop(member):
                    module.training = True
            if not _INSIDE:
                torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = _BEFORE


def to_tensor(images: NDArray[np.uint8], device: torch.device | str = "cpu") -> Tensor:
    """Turn images `uint8 [N,48,48]` into `float32 [N,1,48,48]` in 0..1."""
    return torch.from_numpy(np.ascontiguousarray(images)).to(device).unsqueeze(1).float() / 255


def views(member: Member) -> int:
    """Return how many views of an image the member's full test-time augmentation looks at."""
    return 2 * len(list(member.preprocessing.offsets()))


def augmented_logits(member: Member, images: Tensor) -> Tensor:
    """Return the log of the member's mean probability over all crops and flips: `[N,1,48,48]` -> `[N,7]`.

    Always finite: computed by logsumexp, so that softmax of it is the mean probability.
    """
    logs = [
        torch.log_softmax(member(view, offset=offset), dim=1)
        for view in (images, images.flip(3))
        for offset in member.preprocessing.offsets()
    ]
    return torch.logsumexp(torch.stack(logs), dim=0) - float(np.log(len(logs)))


def member_logits(
    member: Member,
    images: NDArray[np.uint8],
    *,
    full: bool = True,
    batch: int | None = None,
    advance: Callable[[int], None] = lambda images: None,
) -> NDArray[np.float32]:
    """Return a member's logits, images `uint8 [N,48,48]` -> `float32 [N,7]`.

    full : True looks at every crop and flip, False at the centre crop alone (then log-probabilities of one view)
    batch : images a forward pass takes (default: `BATCH` on a CPU, else 256)
    advance : called with the number of images done since the last call
    """
    if images.dtype != np.uint8 or images.ndim != 3:
        raise ValueError(f"images: expected uint8 [N,48,48], got {images.dtype} {list(images.shape)}")
    device = next(member.parameters()).device
    batch = batch or (BATCH if device.type == "cpu" else 256)
    out = np.empty((len(images), len(EMOTIONS)), np.float32)
    with _exact(member):
        for start in range(0, len(images), batch):
            part = to_tensor(images[start : start + batch], device)
            logits = augmented_logits(member, part) if full else torch.log_softmax(member(part), dim=1)
            out[start : start + batch] = logits.cpu().numpy()
            advance(len(part))
    return out


@dataclass(frozen=True)
class Latency:
    """Milliseconds from one face `uint8 [48,48]` to its logits, one view, and the threads that worked on it."""

    median: float
    p95: float
    runs: int
    threads: int


def latency(member: Member, *, runs: int = 20, warmups: int = 5) -> Latency:
    """Time `runs` forward passes of one view of one face, after `warmups` that are not counted.

    The first passes of a network choose kernels and allocate memory, which is not what the hundredth visitor waits for.
    """
    if runs < 1 or warmups < 0:
        raise ValueError(f"runs and warmups: expected at least 1 and 0, got {runs} and {warmups}")
    face = np.random.RandomState(0).randint(0, 256, (1, SIDE, SIDE)).astype(np.uint8)
    times = []
    for _ in range(warmups + runs):
        began = time.perf_counter()
        member_logits(member, face, full=False)
        times.append(1000 * (time.perf_counter() - began))
    median, p95 = np.percentile(times[warmups:], [50, 95])
    return Latency(float(median), float(p95), runs, torch.get_num_threads())
