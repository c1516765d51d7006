"""Running trained members on images."""

from fer_core.inference.logits import FULL, augmented_logits, member_logits, to_tensor, views
from fer_core.inference.panel import Panel, load, load_member, pack_weights, unpack_member

__all__ = [
    "FULL",
    "Panel",
    "augmented_logits",
    "load",
    "load_member",
    "member_logits",
    "pack_weights",
    "to_tensor",
    "unpack_member",
    "views",
]
