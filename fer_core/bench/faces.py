"""How long every network of the registry takes for one face, and to be loaded from disk."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts, Manifest
from fer_core.artifacts.manifest import Files, hash_tree
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.inference import load_member, member_logits, pack_weights, unpack_member
from fer_core.models import MODELS, Member, arguments_of, build
from fer_core.training.machine import hardware

RUNS, LOADS = 30, 5
"""Faces, and loads from disk, that a median is taken of."""


@dataclass(frozen=True)
class FaceTiming:
    """Milliseconds of one network, or of all one after the other.

    trained : False for first weights, which take as long and serve the timing alone
    load_ms : weights read, their SHA-256 compared, network built; median_ms, p95_ms : one face, one view, float32
    anew_ms : one face by a network that is built and loaded for it, without a look at any SHA-256
    """

    what: str
    trained: bool
    parameters: int
    load_ms: float
    median_ms: float
    p95_ms: float
    anew_ms: float


@dataclass(frozen=True)
class Faces:
    """Timings of each network and of all, and with what they were taken.

    first_load_ms : the first load of all, which finds less in the caches than those of `load_ms` do
    """

    device: str
    threads: int
    torch: str
    faces: int
    loads: int
    untrained: tuple[str, ...]
    first_load_ms: float
    members: tuple[FaceTiming, ...]
    total: FaceTiming

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


@dataclass(frozen=True)
class _Stored:
    """A member on disk."""

    name: str
    trained: bool
    files: Files
    relative: str
    card: Mapping[str, Any]

    def load(self) -> Member:
        """Load it as the app does."""
        return unpack_member(self.files.read(self.relative), self.card, where=self.files.root / self.relative)

    def load_plainly(self) -> Member:
        """Load it without a look at its SHA-256."""
        return load_member(self.files.root / self.relative, self.card)


def _stored(artifacts: Artifacts | None, folder: Path) -> list[_Stored]:
    """Return every network of `MODELS` on disk; those that the artifacts lack are written to `folder`, untrained."""
    there = artifacts.manifest.members if artifacts is not None else ()
    cards: dict[str, dict[str, Any]] = {}
    for name in (name for name in MODELS if name not in there):
        torch.manual_seed(0)
        member = build(name)
        cards[name] = {
            "architecture": name,
            "arguments": arguments_of(name),
            "preprocessing": member.preprocessing.as_dict(),
        }
        (folder / f"{name}.safetensors").write_bytes(pack_weights(member))
    made = Files(folder, Manifest(tuple(MODELS), EMOTIONS, files=hash_tree(folder)).to_json().encode())
    found = []
    for name in MODELS:
        if artifacts is None or name in cards:
            found.append(_Stored(name, False, made, f"{name}.safetensors", cards[name]))
        else:
            card = artifacts.card(name)
            kept = {key: getattr(card, key) for key in ("architecture", "arguments", "preprocessing")}
            found.append(_Stored(name, True, artifacts, f"members/{name}/model.safetensors", kept))
    return found


def _seconds(calls: list[Callable[[], object]], runs: int) -> NDArray[np.float64]:
    """Return seconds float64 [runs, calls]; a run makes all calls, one after the other."""
    taken = np.empty((runs, len(calls)))
    for run in range(runs):
        for i, call in enumerate(calls):
            began = time.perf_counter()
            call()
            taken[run, i] = time.perf_counter() - began
    return taken


def time_faces(artifacts: Artifacts | None, *, runs: int | None = None, loads: int | None = None) -> Faces:
    """Load all networks of the registry from disk and show them one 48x48 face, one view in float32, on the CPU.

    artifacts : where trained members come from; what they lack is timed untrained
    runs, loads : faces, and loads, that a median is taken of (default: `RUNS` and `LOADS`)
    """
    runs, loads = RUNS if runs is None else runs, LOADS if loads is None else loads
    for name, given in (("runs", runs), ("loads", loads)):
        if given < 1:
            raise ValueError(f"{name}: expected at least 1, got {given}")
    face = np.random.RandomState(0).randint(0, 256, (1, SIDE, SIDE)).astype(np.uint8)

    def answer(member: Member) -> object:
        return member_logits(member, face, full=False)

    def answer_anew(one: _Stored) -> object:
        return answer(one.load_plainly())

    with TemporaryDirectory() as folder:
        stored = _stored(artifacts, Path(folder))
        first = _seconds([member.load for member in stored], 1)
        load = _seconds([member.load for member in stored], loads)
        members = [member.load() for member in stored]
        for member in members:  # the first answer of a network also prepares its kernels
            answer(member)
        face_taken = _seconds([partial(answer, member) for member in members], runs)
        anew = _seconds([partial(answer_anew, one) for one in stored], loads)

    def timing(what: str, trained: bool, parameters: int, at: slice) -> FaceTiming:
        loading, showing, both = (1000 * taken[:, at].sum(axis=1) for taken in (load, face_taken, anew))
        return FaceTiming(
            what=what,
            trained=trained,
            parameters=parameters,
            load_ms=float(np.median(loading)),
            median_ms=float(np.median(showing)),
            p95_ms=float(np.percentile(showing, 95)),
            anew_ms=float(np.median(both)),
        )

    sizes = [sum(p.numel() for p in member.parameters()) for member in members]
    untrained = tuple(one.name for one in stored if not one.trained)
    return Faces(
        device=hardware(torch.device("cpu")),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        faces=runs,
        loads=loads,
        untrained=untrained,
        first_load_ms=1000 * float(first.sum()),
        members=tuple(
            timing(one.name, one.trained, size, slice(i, i + 1))
            for i, (one, size) in enumerate(zip(stored, sizes, strict=True))
        ),
        total=timing(f"all {len(stored)}", not untrained, sum(sizes), slice(None)),
    )
