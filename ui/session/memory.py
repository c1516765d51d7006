"""What a session keeps of what its visitor chose, and callbacks that do all that they do."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from secrets import token_hex
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from ui.session.choice import Choice

P = ParamSpec("P")
KEPT = "kept"
"""Where in the session it is."""


@dataclass
class Told:
    """What the browser's own controls are known to say.

    setting : what they said, or were told, last; seq : the number of the last input that was taken
    visit, times : this session, and how often it set them, which together name the revision
    """

    setting: tuple[object, ...] | None = None
    seq: int = 0
    visit: str = field(default_factory=lambda: token_hex(4))
    times: int = 0

    @property
    def revision(self) -> str:
        """The name of what the controls were set to last."""
        return f"{self.visit}-{self.times}"


@dataclass
class Kept:
    """What a session keeps of what the visitor chose.

    choice : the present one, None before the first run; parked : those over other members
    page : the page that is drawn; first : where the visit began
    query : of a link to what is shown; waiting : of a link that names files which are not here
    photos : with how many the link was made that brought the visitor here, as it says
    told : by control, values that it had before it was set, as long as the browser may still say them
    times : how often controls were set; at : when last, in seconds of `time.monotonic`
    clicks : on figures
    live : what the browser's own controls of the page Ensemble say, or were told last

    One object, since Streamlit may break off a callback wherever that looks into `st.session_state`.
    """

    choice: Choice | None = None
    parked: dict[tuple[str, ...], Choice] = field(default_factory=dict)
    page: str | None = None
    first: str | None = None
    query: dict[str, str] | None = None
    waiting: dict[str, str] | None = None
    photos: str = ""
    told: dict[str, list[object]] = field(default_factory=dict)
    times: int = 0
    at: float = 0.0
    clicks: int = 0
    live: Told = field(default_factory=Told)


def kept() -> Kept:
    """Return what this session keeps, without a point at which Streamlit would break off a callback."""
    found: Kept | None = st.session_state.to_dict().get(KEPT)
    if found is None:
        st.session_state[KEPT] = found = Kept()
    return found


def unbroken(callback: Callable[P, None]) -> Callable[P, None]:
    """Let a callback do all that it does: decorates one that may be begun anew.

    Once there is another click, Streamlit breaks off where `st.session_state` is looked into, and does not call it
    again.
    """

    @wraps(callback)
    def whole(*args: P.args, **kwargs: P.kwargs) -> None:
        click = None
        while True:
            try:
                callback(*args, **kwargs)
                break
            except RerunException as another:
                click = another
        if click is not None:
            raise click

    return whole
