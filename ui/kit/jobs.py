"""Maps for the page: computed once, with progress and a way to stop where it takes long."""

import time
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray
from streamlit.delta_generator import DeltaGenerator

from fer_core.errors import FerError
from ui.data import networks, photos
from ui.data.artifacts import Loaded
from ui.session.cache import FACES, Kept, digest, of_visitor, shared

if TYPE_CHECKING:
    from fer_core.saliency import Explainer, Subject


NEEDED = ("captum",)
WITHOUT = "Maps need PyTorch and Captum: pip install -r requirements.txt"
QUICK = 250
"""Images through a network, forward and back, that take about a second: fewer are computed without a word."""
EVERY = 0.1
"""Seconds between two signs of progress."""
STOPPED = "saliency_stopped"


def available() -> bool:
    """Tell whether everything that maps need is installed, without importing it."""
    return photos.available() and networks.installed(*NEEDED)


@dataclass(frozen=True, eq=False)
class Job:
    """One result that is wanted.

    key : all that it depends on; title : what is being computed; passes : images through networks that it takes, about
    run : computes it, given a function that is told of images that went through
    own : whether it is of a face in a visitor's photo, so that only the session may keep it
    """

    key: Hashable
    title: str
    passes: int
    run: Callable[[Callable[[int], None]], Any]
    own: bool = False

    @property
    def store(self) -> Kept:
        """Where its result is kept."""
        return store_of(own=self.own)


def store_of(*, own: bool) -> Kept:
    """Return where results of a face are kept: of one in a visitor's photo in the session, else for all visitors."""
    return of_visitor(FACES) if own else shared()


@st.cache_resource(show_spinner="Loading the networks", max_entries=2)
def _explainer(fingerprint: str, _loaded: Loaded) -> "Explainer":
    predictor = photos.predictor(_loaded)
    return networks.saliency.Explainer(
        _loaded.artifacts, panel=predictor.panel, calibrated_ensemble=predictor.calibrated_ensemble
    )


def explainer(loaded: Loaded) -> "Explainer":
    """Return what explains the artifacts' members, on the networks that Try a face has loaded."""
    return _explainer(loaded.artifacts.fingerprint, loaded)


def key_of(loaded: Loaded, image: NDArray[np.uint8], subject: "Subject", *more: Hashable) -> Hashable:
    """Return all that a result of a subject depends on.

    more : the method, the target, the arguments
    """
    weights = b"" if subject.weights is None else subject.weights.tobytes()
    return (
        loaded.artifacts.fingerprint,
        digest(image),
        subject.name,
        subject.members,
        weights,
        subject.combiner,
        *more,
    )


def results(jobs: Sequence[Job], place: DeltaGenerator, *, name: str) -> Mapping[Hashable, Any]:
    """Return what jobs give by their keys: a result, or the FerError that says why there is none.

    Where it takes long, progress and a button to stop are drawn into `place`; what a visitor stopped is missing.

    name : of the place, for its buttons
    """
    found = {job.key: result for job in jobs if (result := job.store.get(job.key)) is not None}
    missing = [job for job in jobs if job.key not in found]
    if not missing:
        return found
    whole = hash(tuple(job.key for job in jobs))
    long = sum(job.passes for job in missing) > QUICK
    if st.session_state.get(STOPPED, {}).get(name) == whole:
        with place.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"Cancelled: {len(found)} of {len(jobs)} were done.")
            st.button(
                "Compute the rest", key=f"{name}_again", on_click=_stop, args=(name, None), icon=":material/play_arrow:"
            )
        return found
    advance = _progress(missing, whole, place, name=name) if long else lambda job, images: None
    for job in missing:
        advance(job, 0)
        try:
            found[job.key] = job.run(lambda images, job=job: advance(job, images))  # type: ignore[misc]
        except FerError as error:
            found[job.key] = error
        else:
            job.store.put(job.key, found[job.key])
    if long:
        place.empty()
    return found


def _progress(jobs: Sequence[Job], whole: int, place: DeltaGenerator, *, name: str) -> Callable[[Job, int], None]:
    """Draw the bar and the button; return what moves the bar.

    Streamlit stops the script where it draws something after the visitor did something, so moving the bar is also what
    lets a map be stopped half-way.
    """
    with place.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0, text=" ")
        st.button("Cancel", key=f"{name}_cancel", on_click=_stop, args=(name, whole), icon=":material/close:")
    total, done, last = sum(job.passes for job in jobs), 0, 0.0

    def advance(job: Job, images: int) -> None:
        nonlocal done, last
        done += images
        if not images or time.monotonic() - last >= EVERY:
            last = time.monotonic()
            bar.progress(min(done / total, 1.0), text=f"{job.title}, {1 + jobs.index(job)} of {len(jobs)}")

    return advance


def _stop(name: str, whole: int | None) -> None:
    st.session_state.setdefault(STOPPED, {})[name] = whole
