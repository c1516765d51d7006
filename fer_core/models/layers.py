"""Blocks that more than one family uses."""

from collections.abc import Sequence

from torch import nn

from fer_core.emotions import EMOTIONS


def conv_block(inputs: int, outputs: int, kernel: int, *, stride: int = 1, pool: int = 0) -> nn.Sequential:
    """Convolution (odd `kernel`, padded by half of it), batch norm, ReLU, and max pooling over `pool` pixels if any."""
    layers: list[nn.Module] = [
        nn.Conv2d(inputs, outputs, kernel, stride=stride, padding=kernel // 2, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(),
    ]
    if pool:
        layers.append(nn.MaxPool2d(pool))
    return nn.Sequential(*layers)


def classifier(inputs: int, hidden: Sequence[int], *, dropout: float) -> nn.Sequential:
    """Flatten, one fully connected layer (batch norm, ReLU) for each of `hidden`, then the linear map to the logits.

    Dropout stands before each of them.
    """
    layers: list[nn.Module] = [nn.Flatten()]
    for width in hidden:
        layers += [nn.Dropout(dropout), nn.Linear(inputs, width, bias=False), nn.BatchNorm1d(width), nn.ReLU()]
        inputs = width
    return nn.Sequential(*layers, nn.Dropout(dropout), nn.Linear(inputs, len(EMOTIONS)))


def separable(inputs: int, outputs: int) -> list[nn.Module]:
    """A 3x3 convolution of each channel by itself, a 1x1 one across channels, and batch norm."""
    return [
        nn.Conv2d(inputs, inputs, 3, padding=1, groups=inputs, bias=False),
        nn.Conv2d(inputs, outputs, 1, bias=False),
        nn.BatchNorm2d(outputs),
    ]


def pooled_classifier(inputs: int, *, dropout: float) -> nn.Sequential:
    """Average each map, drop some of the means in training, and map them to the logits."""
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Dropout(dropout), nn.Linear(inputs, len(EMOTIONS)))


def initialise(module: nn.Module) -> None:
    """Draw convolutions for ReLU networks (He et al. 2015, arXiv 1502.01852), linear layers small; biases start at 0.

    Small linear weights let training start from nearly equal probabilities however many features are summed.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight, mode="fan_out")
        elif isinstance(layer, nn.Linear):
            nn.init.normal_(layer.weight, std=0.01)
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
            nn.init.zeros_(layer.bias)
