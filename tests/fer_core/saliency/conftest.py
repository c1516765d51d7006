"""What tests of maps share: members of made-up artifacts, faces, and a network whose right map is known."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from fer_core.artifacts import open_artifacts
from fer_core.saliency import Explainer, Subject, Surroundings
from tests.subjects import Linear


@pytest.fixture(scope="module")
def explainer(photo_artifacts: Path) -> Explainer:
    return Explainer(open_artifacts(photo_artifacts))


@pytest.fixture(scope="module")
def surroundings(explainer: Explainer) -> Surroundings:
    return explainer.surroundings


@pytest.fixture(scope="module")
def faces() -> NDArray[np.uint8]:
    blocks = np.random.RandomState(3).randint(0, 256, (3, 12, 12)).astype(np.uint8)
    return blocks.repeat(4, axis=1).repeat(4, axis=2)


@pytest.fixture
def linear() -> tuple[Subject, Linear]:
    network = Linear().eval().requires_grad_(False)
    return Subject("linear", ("linear",), (network,), ("linear",), (0,)), network
