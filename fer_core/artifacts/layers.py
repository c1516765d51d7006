"""The blocks of a network as its card lists them, so that a page can draw it without building it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Layer:
    """One block of a network, from its input to its output.

    name : in plain words, with its width ("convolution 5×5, 32"); detail : all that it does, in order
    shape : of its output for one view, [channels, height, width] or [units]
    parameters, macs : numbers of weights, and of multiply-accumulate operations of one view
    """

    name: str
    detail: str
    shape: tuple[int, ...]
    parameters: int
    macs: int

    @property
    def channels(self) -> int:
        """Maps, or units, of the output."""
        return self.shape[0]

    @property
    def side(self) -> int:
        """Side of the output's maps in pixels, 1 for units."""
        return self.shape[-1] if len(self.shape) == 3 else 1


def read_layers(found: object) -> tuple[Layer, ...]:
    """Read what a card holds under `layers`; raises ValueError where that is no list of blocks."""
    if not isinstance(found, list):
        raise ValueError("layers: expected a list")
    return tuple(_layer(item) for item in found)


def _layer(item: object) -> Layer:
    if not isinstance(item, Mapping):
        raise ValueError(f"layers: expected objects, got {type(item).__name__}")
    values: dict[str, Any] = {key: item.get(key) for key in ("name", "detail", "shape", "parameters", "macs")}
    shape = values["shape"]
    texts = all(isinstance(values[key], str) for key in ("name", "detail"))
    if not texts or not isinstance(shape, list) or len(shape) not in (1, 3):
        raise ValueError("layers: expected a name, a detail and a shape of one or three sides")
    if not all(type(count) is int and count >= 0 for count in (*shape, values["parameters"], values["macs"])):
        raise ValueError("layers: expected whole numbers")
    return Layer(**values | {"shape": tuple(shape)})
