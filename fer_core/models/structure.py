"""A member's blocks, one after the other, as its card lists them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode
from torch.utils.hooks import RemovableHandle

from fer_core.artifacts.card import Layer
from fer_core.emotions import SIDE
from fer_core.models import SPECS
from fer_core.models.agrawal import SameConv2d
from fer_core.models.densenet import DenseLayer
from fer_core.models.member import Member

BLOCKS = {module: words for spec in SPECS for module, words in spec.blocks.items()}
"""Modules that are one block whatever is in them: name and detail in plain words."""


@dataclass
class _Block:
    """Modules that make one row.

    name : what its most important module is; None until there is one with weights
    many : how many modules like the first it holds
    """

    details: list[str]
    modules: list[nn.Module]
    name: str | None = None
    many: int = 1


def _square(size: int | tuple[int, ...] | None) -> str:
    side = size if isinstance(size, int) else (size or (1,))[0]
    return f"{side}×{side}"


def _words(module: nn.Module) -> str | None:
    """Return a plain layer in words, None for one that does nothing when a trained network is used."""
    match module:
        case SameConv2d():
            return _words(module.conv)
        case nn.Conv2d():
            alone = module.groups == module.in_channels > 1
            stride = f", stride {module.stride[0]}" if module.stride[0] > 1 else ""
            return f"convolution {_square(module.kernel_size)}{' of each channel by itself' if alone else ''}{stride}"
        case nn.Linear():
            return "fully connected"
        case nn.MaxPool2d():
            return f"max pooling {_square(module.kernel_size)}"
        case nn.AvgPool2d():
            return f"mean pooling {_square(module.kernel_size)}"
        case nn.AdaptiveAvgPool2d():
            return "global mean pooling"
        case nn.BatchNorm1d() | nn.BatchNorm2d():
            return "batch norm"
        case nn.Flatten() | nn.Dropout() | nn.Dropout2d() | nn.Identity():
            return None
        case _:
            return type(module).__name__


def _named(module: nn.Module) -> tuple[str, str] | None:
    """Return name and detail of a module that is one block, None for a plain layer."""
    if type(module) in BLOCKS:
        return BLOCKS[type(module)]
    if isinstance(module, SameConv2d) or not any(True for _ in module.children()):
        return None
    words = "".join(f" {sign.lower()}" if sign.isupper() else sign for sign in type(module).__name__).strip()
    return words, words


def _stretches(part: nn.Module) -> Iterator[list[nn.Module]]:
    """Yield the modules of a part in order, cut where a nested sequence begins or ends."""
    loose: list[nn.Module] = []
    for child in part if isinstance(part, nn.Sequential) else [part]:
        if isinstance(child, nn.Sequential):
            yield loose
            loose = []
            yield from _stretches(child)
        else:
            loose.append(child)
    yield loose


def _blocks(part: nn.Module) -> list[_Block]:
    """Group the modules of `features` or `head` into blocks.

    A stretch begins a block, and in it a module of `BLOCKS` and a second layer with weights do; norms, activations and
    poolings belong to the block before them.  Dense layers in a row are one block.
    """
    found: list[_Block] = []
    for stretch in _stretches(part):
        last: _Block | None = None
        for module in stretch:
            named, words = _named(module), _words(module)
            if isinstance(module, DenseLayer) and last is not None and isinstance(last.modules[0], DenseLayer):
                last.many += 1
            elif named is not None:
                last = _Block([named[1]], [], named[0])
                found.append(last)
            elif words is None:
                continue
            else:
                works = isinstance(module, nn.Conv2d | nn.Linear | SameConv2d)
                if last is None or (works and last.name is not None):
                    last = _Block([], [])
                    found.append(last)
                last.name = words.split(",")[0] if works else last.name
                last.details.append(words)
            last.modules.append(module)
    return found


def structure(member: Member) -> tuple[Layer, ...]:
    """Run one view of an empty image through a member and return its blocks in order, input to logits.

    Leaves no hook and no changed statistics behind; parameters and operations of all blocks add up to the network's.
    """
    blocks = [*_blocks(member.features), *_blocks(member.head)]
    begun: dict[nn.Module, int] = {}
    done: dict[nn.Module, int] = {}
    shapes: dict[nn.Module, tuple[int, ...]] = {}
    counter = FlopCounterMode(display=False)

    def begin(module: nn.Module, inputs: object) -> None:
        begun[module] = counter.get_total_flops()

    def end(module: nn.Module, inputs: object, output: Tensor) -> None:
        done[module], shapes[module] = counter.get_total_flops(), tuple(output.shape[1:])

    training = member.training
    hooks: list[RemovableHandle] = []
    try:
        for module in [module for block in blocks for module in block.modules]:
            hooks += [module.register_forward_pre_hook(begin), module.register_forward_hook(end)]
        member.eval()
        with torch.no_grad(), counter:
            member(torch.zeros(1, 1, SIDE, SIDE, device=next(member.parameters()).device))
    finally:
        member.train(training)
        for hook in hooks:
            hook.remove()
    return tuple(_layer(block, shapes, lambda module: (done[module] - begun[module]) // 2) for block in blocks)


def _layer(block: _Block, shapes: dict[nn.Module, tuple[int, ...]], macs: Callable[[nn.Module], int]) -> Layer:
    shape = shapes[block.modules[-1]]
    name = block.name or block.details[0]
    if block.many > 1:
        name = f"{block.many} {name}s"
    return Layer(
        name=f"{name}, {shape[0]}" if block.name else name,
        detail=", ".join(block.details),
        shape=shape[:1] if shape[1:] in ((), (1, 1)) else shape,
        parameters=sum(p.numel() for module in block.modules for p in module.parameters()),
        macs=sum(macs(module) for module in block.modules),
    )
