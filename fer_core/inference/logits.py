"""From images to logits, as the cache holds them: float32 arithmetic, full test-time augmentation."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from fer_core.emotions import EMOTIONS
from fer_core.models import Member

FULL = "flips x nine crops"
"""What the card calls the full test-time augmentation."""


@contextmanager
def _exact(member: Member) -> Iterator[None]:
    """Switch to eval mode and true float32 matrix products (no TF32) for a while; both are put back after."""
    training = member.training
    matmul, cudnn = torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    member.eval()
    try:
        with torch.no_grad():
            yield
    finally:
        member.train(training)
        torch.backends.cuda.matmul.allow_tf32, torch.backends.cudnn.allow_tf32 = matmul, cudnn


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
    batch: int = 256,
    advance: Callable[[int], None] = lambda images: None,
) -> NDArray[np.float32]:
    """Return a member's logits, images `uint8 [N,48,48]` -> `float32 [N,7]`.

    full : True looks at every crop and flip, False at the centre crop alone (then log-probabilities of one view)
    batch : images a forward pass takes
    advance : called with the number of images done since the last call
    """
    if images.dtype != np.uint8 or images.ndim != 3:
        raise ValueError(f"images: expected uint8 [N,48,48], got {images.dtype} {list(images.shape)}")
    device = next(member.parameters()).device
    out = np.empty((len(images), len(EMOTIONS)), np.float32)
    with _exact(member):
        for start in range(0, len(images), batch):
            part = to_tensor(images[start : start + batch], device)
            logits = augmented_logits(member, part) if full else torch.log_softmax(member(part), dim=1)
            out[start : start + batch] = logits.cpu().numpy()
            advance(len(part))
    return out
