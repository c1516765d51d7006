"""A member's weights on disk and the way back, and all members of the artifacts, loaded once and shared by all."""

import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError
from safetensors.torch import load as load_tensors
from safetensors.torch import save
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from fer_core.artifacts import Artifacts
from fer_core.artifacts.card import WEIGHTS
from fer_core.emotions import EMOTIONS
from fer_core.errors import ArtifactDamaged
from fer_core.inference.logits import member_logits
from fer_core.models import Member, build


def _norm_keys(network: nn.Module) -> set[str]:
    """Return the names of all norm parameters and statistics, which float16 would harm."""
    return {
        f"{name}.{key}"
        for name, module in network.named_modules()
        if isinstance(module, _BatchNorm | nn.LayerNorm | nn.GroupNorm)
        for key in module.state_dict()
    }


def pack_weights(member: Member) -> bytes:
    """Return the weights as the bytes of a safetensors file: float16, but norms in float32."""
    kept = _norm_keys(member)

    def narrow(key: str, value: Tensor) -> Tensor:
        narrowed = value.half() if value.is_floating_point() and key not in kept else value
        return narrowed.detach().cpu().contiguous()

    return save({key: narrow(key, value) for key, value in member.state_dict().items()})


def load_member(path: Path, card: Mapping[str, Any], *, device: torch.device | str = "cpu") -> Member:
    """Rebuild a member from its card and the file of its weights, as `unpack_member` does."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ArtifactDamaged(f"{path} cannot be read: {error.strerror}.") from error
    return unpack_member(content, card, where=path, device=device)


def unpack_member(
    content: bytes, card: Mapping[str, Any], *, where: Path, device: torch.device | str = "cpu"
) -> Member:
    """Rebuild a member from its card alone and load its weights strictly, as float32, ready to run.

    content : a safetensors file; card : `architecture`, `arguments` and `preprocessing` as in card.json
    Raises ArtifactDamaged, naming the file `where`, when weights and card do not belong together.
    """
    try:
        tensors = {k: v.float() if v.is_floating_point() else v for k, v in load_tensors(content).items()}
        member = build(card["architecture"], preprocessing=card["preprocessing"], **card["arguments"])
        member.load_state_dict(tensors, strict=True)
    except (SafetensorError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise ArtifactDamaged(f"{where} does not hold the weights that its card describes.") from error
    return member.to(device).to(memory_format=torch.channels_last).eval()


def load(artifacts: Artifacts, name: str) -> Member:
    """Return a member of the artifacts, its weights checked against the manifest."""
    card, relative = artifacts.card(name), f"members/{name}/{WEIGHTS}"
    described = {"architecture": card.architecture, "arguments": card.arguments, "preprocessing": card.preprocessing}
    return unpack_member(artifacts.read(relative), described, where=artifacts.root / relative)


class Panel:
    """The members of some artifacts, on the CPU, in float32.

    They are loaded at the first need.  After that nothing in them changes, so threads share them.
    """

    def __init__(self, artifacts: Artifacts) -> None:
        self.artifacts = artifacts
        self._lock = threading.Lock()
        self._members: Mapping[str, Member] | None = None

    @property
    def members(self) -> Mapping[str, Member]:
        """Return the networks by name, in the manifest's order."""
        with self._lock:
            if self._members is None:
                self._members = {
                    # Nobody trains them, so a gradient for an image need not keep what weights would need.
                    name: load(self.artifacts, name).requires_grad_(False)
                    for name in self.artifacts.manifest.members
                }
            return self._members

    def logits(self, faces: NDArray[np.uint8], *, full: bool = False) -> NDArray[np.float32]:
        """Return the logits of all members for faces `uint8 [F,48,48]`: float32 [M,F,7].

        full : look at all crops and flips instead of the centre crop alone
        """
        networks = self.members.values()
        if not len(faces):
            return np.empty((len(networks), 0, len(EMOTIONS)), np.float32)
        return np.stack([member_logits(network, faces, full=full) for network in networks])
