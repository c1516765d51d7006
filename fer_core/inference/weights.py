"""A member's weights on disk: safetensors, float16 where that is harmless, and the way back."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from fer_core.errors import ArtifactDamaged
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
        tensors = {k: v.float() if v.is_floating_point() else v for k, v in load(content).items()}
        member = build(card["architecture"], preprocessing=card["preprocessing"], **card["arguments"])
        member.load_state_dict(tensors, strict=True)
    except (SafetensorError, RuntimeError, ValueError, KeyError, TypeError) as error:
        raise ArtifactDamaged(f"{where} does not hold the weights that its card describes.") from error
    return member.to(device).to(memory_format=torch.channels_last).eval()
