"""Maps for the page: computed once for all visitors, with progress and a way to stop where it takes long."""

import hashlib
import importlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.errors import FerError
from ui import photos
from ui.load import Loaded

NEEDED = ("captum",)
WITHOUT = "Maps need PyTorch and Captum: pip install -r requirements.txt"
QUICK = 250
"""Images through a network, forward and back, that take about a second: fewer are computed without a word."""
MOST = 2000
"""Results that are kept: maps of 9 KB, and few larger ones."""
EVERY = 0.1
"""Seconds between two signs of progress."""
STOPPED = "saliency_stopped"


def available() -> bool:
    """Tell whether everything that maps need is installed, without importing it."""
    return photos.available() and all(find_spec(name) is not None for name in NEEDED)


class Kept:
    """Results that all visitors share; what nobody asked for longest is let go first."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock = most, threading.Lock()
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: Hashable) -> Any:
        """Return a result, None where there is none."""
        with self._lock:
            if key in self._found:
                self._found.move_to_end(key)
            return self._found.get(key)

    def put(self, key: Hashable, result: Any) -> None:
        """Keep a result."""
        with self._lock:
            self._found[key] = result
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)


@st.cache_resource(show_spinner=False)
def kept() -> Kept:
    """Return the results of this server."""
    return Kept()


@dataclass(frozen=True, eq=False)
class Job:
    """One result that is wanted.

    key : all that it depends on; title : what is being computed; passes : images through networks that it takes, about
    run : computes it, given a function that is told of images that went through
    """

    key: Hashable
    title: str
    passes: int
    run: Callable[[Callable[[int], None]], Any]


@st.cache_resource(show_spinner="Loading the networks", max_entries=2)
def _explainer(fingerprint: str, _loaded: Loaded) -> Any:
    predictor = photos.predictor(_loaded)
    return importlib.import_module("fer_core.saliency").Explainer(
        _loaded.artifacts, panel=predictor.panel, judge=predictor.judge
    )


def explainer(loaded: Loaded) -> Any:
    """Return the `fer_core.saliency.Explainer` of the artifacts, on the networks that Try a face has loaded."""
    return _explainer(loaded.artifacts.fingerprint, loaded)


def key_of(loaded: Loaded, image: NDArray[np.uint8], subject: Any, *more: Hashable) -> Hashable:
    """Return all that a result of a subject depends on.

    subject : a `fer_core.saliency.Subject`; more : the method, the target, the arguments
    """
    weights = b"" if subject.weights is None else subject.weights.tobytes()
    pixels = hashlib.sha256(image.tobytes()).hexdigest()
    return (loaded.artifacts.fingerprint, pixels, subject.name, subject.members, weights, subject.combiner, *more)


def results(jobs: Sequence[Job], place: Any, *, name: str) -> Mapping[Hashable, Any]:
    """Return what jobs give by their keys: a result, or the FerError that says why there is none.

    Where it takes long, progress and a button to stop are drawn into `place`; what a visitor stopped is missing.

    name : of the place, for its buttons
    """
    cache = kept()
    found = {job.key: result for job in jobs if (result := cache.get(job.key)) is not None}
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
            cache.put(job.key, found[job.key])
    if long:
        place.empty()
    return found


def _progress(jobs: Sequence[Job], whole: int, place: Any, *, name: str) -> Callable[[Job, int], None]:
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
