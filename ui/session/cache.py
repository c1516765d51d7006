"""Results that pages keep: those of the artifacts for all visitors, those of a visitor's own data in the session alone.

Both are bounded in bytes.  What is in the session goes with it, and before that with the file or the photo it is of.
"""

import hashlib
import sys
import threading
from collections.abc import Callable, Collection, Hashable, Mapping
from contextlib import nullcontext
from dataclasses import fields, is_dataclass
from functools import wraps
from operator import itemgetter
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import numpy as np
import streamlit as st
from cachetools import LRUCache
from numpy.typing import NDArray

from ui.session.garbage import let_go

MOST = 64 * 2**20
"""Bytes of results that are kept at most: for all visitors together, and of what one visitor brought."""
MODELS, FACES = "kept_of_models", "kept_of_faces"
"""Where the session keeps results of a visitor's own members, and of faces in a visitor's photos."""

P = ParamSpec("P")
R = TypeVar("R")


class Loaded(Protocol):
    """What `ui.data.artifacts` gives, as far as it is needed here."""

    @property
    def key(self) -> str:
        """What tells it from all others."""

    @property
    def extras(self) -> tuple[Any, ...]:
        """Files of the visitor's own that are part of it."""


L = TypeVar("L", bound=Loaded)


def size_of(result: Any) -> int:
    """Return about how many bytes a result takes: arrays and what holds them, each array once."""
    seen: set[int] = set()

    def size(value: Any) -> int:
        if id(value) in seen:
            return 0
        seen.add(id(value))
        if isinstance(value, np.ndarray):
            return int(value.nbytes) + sys.getsizeof(value, 0) - (int(value.nbytes) if value.base is None else 0)
        inside: list[Any] = []
        if isinstance(value, Mapping):
            inside = [*value.keys(), *value.values()]
        elif isinstance(value, (list, tuple, set, frozenset)):
            inside = list(value)
        elif is_dataclass(value) and not isinstance(value, type):
            inside = [getattr(value, field.name) for field in fields(value)]
        elif hasattr(value, "__dict__") and not isinstance(value, type):
            inside = list(vars(value).values())
        return sys.getsizeof(value, 64) + sum(map(size, inside))

    return size(result)


class Kept:
    """Results by key, bounded in bytes; the one that was asked for longest ago is dropped first."""

    def __init__(self, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self._found: LRUCache[Hashable, tuple[Any, int]] = LRUCache(most, getsizeof=itemgetter(1))

    def __len__(self) -> int:
        return len(self._found)

    @property
    def bytes(self) -> int:
        """About how many bytes the results take."""
        return int(self._found.currsize)

    def get(self, key: Hashable) -> Any:
        """Return a result, None where there is none."""
        with self._lock:
            found = self._found.get(key)
        return None if found is None else found[0]

    def put(self, key: Hashable, result: Any) -> None:
        """Keep a result, unless it alone is more than all may take."""
        size = size_of(result)
        with self._lock:
            self._found.pop(key, None)
            if size <= self._found.maxsize:
                self._found[key] = (result, size)

    def forget(self, fits: Callable[[Hashable], bool]) -> None:
        """Drop the results whose keys fit."""
        with self._lock:
            for key in [key for key in self._found if fits(key)]:
                del self._found[key]


@st.cache_resource(show_spinner=False)
def shared() -> Kept:
    """Return the results of this server that come from the artifacts and the data set alone."""
    return Kept()


def of_visitor(what: str) -> Kept:
    """Return the results that this session keeps; what : `MODELS` or `FACES`."""
    found: Kept = st.session_state.setdefault(what, Kept())
    return found


def cached(
    *, entries: int, spinner: str = ""
) -> Callable[[Callable[Concatenate[L, P], R]], Callable[Concatenate[L, P], R]]:
    """Make a function of what is loaded, and of arguments that can be hashed, remember what it returned.

    Of the artifacts alone that is kept for all visitors, with a visitor's own members among them in the session.
    Nobody may change what is returned.  entries : kept for all visitors at most; spinner : what is said meanwhile
    """

    def decorated(function: Callable[Concatenate[L, P], R]) -> Callable[Concatenate[L, P], R]:
        def run(key: str, _loaded: L, *arguments: Any) -> R:
            return function(_loaded, *arguments)  # type: ignore[call-arg]

        run.__module__, run.__qualname__ = function.__module__, function.__qualname__  # Streamlit tells caches so
        everybody = st.cache_data(show_spinner=spinner or False, max_entries=entries)(run)
        name = f"{function.__module__}.{function.__qualname__}"

        @wraps(function)
        def call(loaded: L, *arguments: P.args, **none: P.kwargs) -> R:
            if not loaded.extras:
                return everybody(loaded.key, loaded, *arguments)
            store, key = of_visitor(MODELS), (name, loaded.key, *arguments)
            found = store.get(key)
            if found is None:
                with st.spinner(spinner, show_time=False) if spinner else nullcontext():
                    found = function(loaded, *arguments)  # type: ignore[call-arg]
                store.put(key, found)
            answer: R = found
            return answer

        return call  # type: ignore[return-value]

    return decorated


def put_anew(name: str, value: Any) -> None:
    """Set what the session holds under a name; Streamlit would hold the value of before until the next run but one."""
    st.session_state.pop(name, None)
    st.session_state[name] = value


def forget_models() -> None:
    """Let go of all results of the visitor's own members."""
    let_go()
    st.session_state.pop(MODELS, None)


def digest(image: NDArray[np.uint8]) -> str:
    """Return what tells a face from all others; keys of results of faces have it in the second place."""
    return hashlib.sha256(image.tobytes()).hexdigest()


def forget_faces(left: Collection[str]) -> None:
    """Let go of the results of all faces of the visitor's photos but those of some digests."""
    let_go()
    if FACES in st.session_state:
        of_visitor(FACES).forget(lambda key: isinstance(key, tuple) and key[1] not in left)
