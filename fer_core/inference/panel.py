"""All members of the artifacts, loaded once and shared by everybody."""

import threading
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.artifacts.card import WEIGHTS
from fer_core.emotions import EMOTIONS
from fer_core.inference.logits import member_logits
from fer_core.inference.weights import unpack_member
from fer_core.models import Member


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
