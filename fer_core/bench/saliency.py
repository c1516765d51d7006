"""How long maps take: ours, beside Captum on a deep copy of the network, the plain way to be safe between threads."""

import copy
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.inference import to_tensor
from fer_core.saliency import ATTRIBUTIONS, Explainer, Subject
from fer_core.saliency.explainer import explain
from fer_core.saliency.method import camera
from fer_core.saliency.score import Score
from fer_core.training.machine import hardware

RUNS, WARM_UP = 20, 3
SINGLE = ("saliency", "input_x_gradient", "guided_backprop", "grad_cam", "guided_grad_cam", "deep_lift")
"""Methods that send one image, or it and a baseline, through a network once."""


@dataclass(frozen=True)
class MapTiming:
    """Milliseconds of one call; peer_ms : median of Captum on a deep copy, None where it was not timed."""

    what: str
    maps: int
    median_ms: float
    p95_ms: float
    peer_ms: float | None = None


@dataclass(frozen=True)
class Maps:
    """Timings, and with what they were taken."""

    device: str
    threads: int
    torch: str
    members: int
    runs: int
    timings: tuple[MapTiming, ...]

    def to_json(self) -> dict[str, Any]:
        """Return what `--json` prints."""
        return asdict(self)


def _seconds(call: Callable[[], object], runs: int) -> list[float]:
    seconds = []
    for run in range(runs + WARM_UP):
        began = time.perf_counter()
        call()
        if run >= WARM_UP:
            seconds.append(time.perf_counter() - began)
    return seconds


def _timing(
    what: str, maps: int, call: Callable[[], object], runs: int, peer: Callable[[], object] | None = None
) -> MapTiming:
    median, p95 = np.percentile(1000 * np.array(_seconds(call, runs)), [50, 95])
    beside = None if peer is None else 1000 * float(np.median(_seconds(peer, runs)))
    return MapTiming(what, maps, float(median), float(p95), beside)


def _plain(subject: Subject, method: str, image: Tensor) -> Callable[[], object]:
    """Return Captum's own call on a deep copy that is made for it."""
    from captum.attr import InputXGradient, IntegratedGradients, LayerGradCam, Saliency

    def call() -> object:
        network = copy.deepcopy(subject.networks[0])
        score = Score([network])
        watched = image.clone().requires_grad_()
        along = (torch.eye(len(EMOTIONS))[3:4],)
        if method == "integrated_gradients":
            return IntegratedGradients(score).attribute(
                watched, additional_forward_args=along, n_steps=50, internal_batch_size=32
            )
        if method == "grad_cam":
            return LayerGradCam(score, camera(network, subject.cameras[0]).layer).attribute(
                watched, additional_forward_args=along
            )
        simple = {"saliency": Saliency, "input_x_gradient": InputXGradient}[method]
        return simple(score).attribute(watched, additional_forward_args=along)

    return call


COMPARED = ("saliency", "input_x_gradient", "grad_cam", "integrated_gradients")
"""Methods that are Captum's own call and nothing more, so that like is compared with like."""


def time_maps(artifacts: Artifacts, *, runs: int = RUNS, say: Callable[[str], None] = lambda text: None) -> Maps:
    """Time maps of the mean happy face: single-pass methods for the slowest member, Grad-CAM and IG for all.

    runs : calls that a median is taken of; say : told what is being done
    """
    explainer = Explainer(artifacts)
    face = artifacts.mean_faces()[EMOTIONS.index("happy")][None]
    image, around = to_tensor(face), explainer.surroundings
    subjects = [explainer.member(name) for name in artifacts.manifest.members]

    def ours(some: list[Subject], method: str) -> Callable[[], object]:
        return lambda: [explain(subject, face, method, around) for subject in some]

    def theirs(some: list[Subject], method: str) -> Callable[[], object] | None:
        calls = [_plain(subject, method, image) for subject in some]
        return (lambda: [call() for call in calls]) if method in COMPARED else None

    timings = []
    for method in SINGLE:
        say(f"Timing {ATTRIBUTIONS[method].title}")
        served = [subject for subject in subjects if subject.why_not(method) is None]
        each = [
            _timing(f"{ATTRIBUTIONS[method].title}, {subject.name}", 1, ours([subject], method), runs)
            for subject in served
        ]
        slowest = max(range(len(each)), key=lambda i: each[i].median_ms)
        timings.append(
            _timing(each[slowest].what, 1, ours([served[slowest]], method), runs, theirs([served[slowest]], method))
        )
    for method, times in (("grad_cam", runs), ("integrated_gradients", max(1, runs // 5))):
        say(f"Timing {ATTRIBUTIONS[method].title} of all")
        what = f"{ATTRIBUTIONS[method].title}, all {len(subjects)}"
        timings.append(_timing(what, len(subjects), ours(subjects, method), times, theirs(subjects, method)))
    return Maps(
        device=hardware(torch.device("cpu")),
        threads=torch.get_num_threads(),
        torch=torch.__version__,
        members=len(subjects),
        runs=runs,
        timings=tuple(timings),
    )
