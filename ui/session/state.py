"""The visitor's choice, kept in the session and in the URL of every page.

Query parameters are read when a session starts, when the visitor goes back or forward in the browser's history, and
when a link on a page asks for it; otherwise they are written from the choice, so a visit to another page loses nothing.
They are written only where they mean something else, since each address that is written is a step of that history.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from fer_core.ensemble import Explorer
from fer_core.user_predictions import Extra
from ui.session import uploads
from ui.session.choice import Choice, from_query, moved
from ui.session.controls import caught_up, control_values, tell
from ui.session.live import take, told
from ui.session.memory import kept, unbroken

PHOTOS = "photos"
"""What a link adds to its query that was made beside photos: how many they were."""
OPEN = {"open": "yes"}
"""What a link from one page to another adds to its query, so that what it holds becomes the choice."""
MOST_PARKED = 8
"""Choices over other members that are remembered."""


class Roster(Protocol):
    """What is explored, as far as it is needed here: `ui.data.artifacts` gives it."""

    @property
    def members(self) -> tuple[str, ...]:
        """Names of all members, in order."""

    @property
    def explorer(self) -> Explorer:
        """What scores them."""

    @property
    def extras(self) -> tuple[Extra, ...]:
        """Files of the visitor's own that are part of it."""


def start(loaded: Roster, page: str = "") -> Choice:
    """Take the choice from the session or the URL, and write it back into the URL; called once a run by the frame.

    page : the page that is about to be drawn
    """
    held, asked = kept(), dict(st.query_params.items())
    choice, written, back = held.choice, held.query, _went_through_history()
    # A change of page is now and then two steps of the history: Streamlit writes the bare page, then the query.  Only
    # where a visit began does an empty query say that nothing was chosen.
    halfway = back and choice is not None and not asked and page != held.first
    if choice is None:
        held.photos, held.first = asked.get(PHOTOS, ""), page
        choice = _taken(asked, loaded)
    elif (back and not halfway) or (OPEN.items() <= asked.items() and held.page != page):
        choice, written = _taken(asked, loaded), None
    elif arrived := _arrived(loaded):
        choice = from_query(arrived, loaded.members)
        put(choice)
    elif tuple(choice.manual) != loaded.members:
        held.parked.pop(tuple(choice.manual), None)
        held.parked = dict([*held.parked.items(), (tuple(choice.manual), choice)][-MOST_PARKED:])
        choice = moved(choice, held.parked.get(loaded.members), loaded.members)
        put(choice)
    if choice.looked_at is None:
        choice = replace(choice, looked_at=(loaded.explorer.best_member,))
        put(choice)
    if held.page != page:
        held.page = page
        put(choice)  # a control that the page before drew would else fall back to its value of before that
    held.query = wanted = _query(choice, loaded, asked)
    # What a run before this one wrote may still be on its way to the browser, which would then keep it.
    if not halfway and (written not in (None, wanted) or (asked != wanted and _meant(asked, loaded) != wanted)):
        st.query_params.from_dict(wanted)
    return choice


def _taken(asked: dict[str, str], loaded: Roster) -> Choice:
    """Make what a query says the present choice; one that names files which are not here waits for them."""
    kept().waiting = asked if uploads.missing(asked.get("own", "")) else None
    choice = from_query(asked, loaded.members)
    put(choice)
    return choice


def _went_through_history() -> bool:
    """Tell whether this run comes from the browser's Back or Forward, which bring an address of before."""
    return bool(getattr(get_script_run_ctx(suppress_warning=True), "is_history_navigation", False))


def _meant(asked: Mapping[str, str], loaded: Roster) -> dict[str, str]:
    """Return what a query means here, as this module would write it."""
    found = from_query(asked, loaded.members)
    if found.looked_at is None:
        found = replace(found, looked_at=(loaded.explorer.best_member,))
    return found.to_query() | ({"own": asked["own"]} if "own" in asked else {})


def _arrived(loaded: Roster) -> dict[str, str] | None:
    """Return the query of a link that waited for files, once the last of them is here and shown."""
    held = kept()
    waiting = held.waiting
    if waiting is None or not loaded.extras or uploads.missing(waiting["own"]):
        return None
    held.waiting = None
    return waiting


def _query(choice: Choice, loaded: Roster, asked: dict[str, str]) -> dict[str, str]:
    """Return the query of the present choice, files included; of a link that waits for files, the link's until then."""
    waiting = kept().waiting
    query = choice.to_query() | ({"own": uploads.text_of(loaded.extras)} if loaded.extras else {})
    if waiting is None:
        return query
    first = from_query(waiting, loaded.members)
    if first.looked_at is None:
        first = replace(first, looked_at=choice.looked_at)
    return waiting if choice == first else query | {"own": waiting["own"]}


def waiting() -> list[str]:
    """Return the names of files that the link spoke of and that are not here."""
    return uploads.missing((kept().waiting or {}).get("own", ""))


def photos_elsewhere() -> int:
    """Return with how many photos the link was made that brought the visitor here."""
    said = kept().photos
    return int(said) if said.isdecimal() and len(said) < 4 else 0


def wait_no_more() -> None:
    """Forget the files that the link spoke of; a callback."""
    kept().waiting = None


def query() -> dict[str, str]:
    """Return the query of a link to what is shown."""
    found = kept().query
    if found is None:
        raise RuntimeError("state.start was not called")
    return found


def started() -> bool:
    """Tell whether the frame has run in this session."""
    return kept().choice is not None


def start_over() -> None:
    """Forget everything that was chosen; a callback."""
    held = kept()
    held.choice = held.waiting = None
    held.parked = {}
    st.query_params.clear()


def get() -> Choice:
    """Return the present choice."""
    choice = kept().choice
    if choice is None:
        raise RuntimeError("state.start was not called")
    return choice


def put(choice: Choice) -> None:
    """Make `choice` the present one and set every control to it; call from a callback or before controls are drawn."""
    kept().choice = choice
    tell(control_values(choice))


def use(weighting: str, combiner: str) -> None:
    """Weigh and combine in another way; a callback."""
    put(replace(taken(), weighting=weighting, combiner=combiner))


def restore_controls() -> None:
    """Set controls that Streamlit dropped while another page was shown."""
    for key, value in control_values(get()).items():
        st.session_state.setdefault(key, value)


def taken() -> Choice:
    """Return what the controls now say; every callback that changes the choice starts from it.

    Clicks that come in while the script runs are handled together, and their callbacks in no order: one that started
    from the choice of before would undo the others.
    """
    choice = get()
    state = caught_up(choice)
    if (live := take(kept().live, state, choice)) is not choice:
        choice = kept().choice = live
        state |= control_values(choice)  # the controls of other pages are not there, and say what they said
    looked_at = state.get("control_looked_at", choice.looked_at or ())
    known = tuple(choice.manual)
    strip = state.get("control_on")
    return Choice(
        members=choice.members if strip is None else tuple(name for name in known if name in strip),
        manual=choice.manual,
        weighting=state.get("control_weighting") or choice.weighting,
        combiner=state.get("control_combiner") or choice.combiner,
        split=state.get("control_split") or choice.split,
        twins=bool(state.get("control_twins", choice.twins)),
        looked_at=tuple(name for name in known if name in looked_at),
        pin=choice.pin,
        **{name: page.taken(state, known, choice.members) for name, page in choice.pages().items()},
    )


@unbroken
def take_live() -> None:
    """Make the choice what the browser's own controls say; their callback."""
    put(taken())


def live() -> tuple[str, int]:
    """Return the revision under which the browser's own controls are told the choice, and the input taken last."""
    held = kept().live
    return told(held, get()), held.seq


def take_controls() -> None:
    """Make the choice what the controls now say; the callback of every control."""
    said = st.session_state.to_dict()
    kept().choice = choice = taken()
    # One control may change what another can say: a class is not put against itself, a member that is off has no map.
    # A control that says it already is left alone: what is set here would undo a click that is on its way.
    others = {}
    for key, value in control_values(choice).items():
        says = said.get(key, value)
        if says != value and not (isinstance(value, list) and set(says or ()) == set(value)):
            others[key] = value
    tell(others)
