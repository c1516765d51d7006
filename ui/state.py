"""The visitor's choice, kept in the session and in the URL of every page.

Query parameters are read when a session starts, or when they become ones that this session did not write (a link
pasted into the open tab); otherwise they are written from the choice, so a visit to another page loses nothing.
"""

from dataclasses import replace

import streamlit as st

from ui import own
from ui.choice import PAGES, Choice, from_query, moved
from ui.load import Loaded

CHOICE, LAST, BEFORE, WRITTEN, PAGE = "choice", "last_shown", "shown_before", "written_queries", "page"
QUERY, WAITING, PARKED = "query", "waiting_query", "parked_choices"
PHOTOS, ELSEWHERE = "photos", "photos_elsewhere"


def start(loaded: Loaded, page: str = "") -> Choice:
    """Take the choice from the session or the URL, and write it back into the URL; called once a run by the frame.

    page : the page that is about to be drawn
    """
    asked = dict(st.query_params.items())
    written: set[str] = st.session_state.setdefault(WRITTEN, set())
    choice: Choice | None = st.session_state.get(CHOICE)
    if choice is None or (asked and _key(asked) not in written):
        st.session_state.pop(WAITING, None)
        if own.missing(asked.get("own", "")):
            st.session_state[WAITING] = asked
        st.session_state[ELSEWHERE] = asked.get(PHOTOS, "")
        choice = from_query(asked, loaded.members)
        put(choice)
    elif arrived := _arrived(loaded):
        choice = from_query(arrived, loaded.members)
        put(choice)
    elif tuple(choice.manual) != loaded.members:
        parked: dict[tuple[str, ...], Choice] = st.session_state.setdefault(PARKED, {})
        parked[tuple(choice.manual)] = choice
        choice = moved(choice, parked.get(loaded.members), loaded.members)
        put(choice)
    if choice.looked_at is None:
        choice = replace(choice, looked_at=(loaded.explorer.best_member,))
        put(choice)
    if st.session_state.get(PAGE) != page:
        st.session_state[PAGE] = page
        put(choice)  # a control that the page before drew would else fall back to its value of before that
    wanted = _query(choice, loaded, asked)
    written.add(_key(wanted))
    st.session_state[QUERY] = wanted
    if asked != wanted:
        st.query_params.from_dict(wanted)
    return choice


def _arrived(loaded: Loaded) -> dict[str, str] | None:
    """Return the query of a link that waited for files, once the last of them is here and shown."""
    waiting: dict[str, str] | None = st.session_state.get(WAITING)
    if waiting is None or not loaded.extras or own.missing(waiting["own"]):
        return None
    del st.session_state[WAITING]
    return waiting


def _query(choice: Choice, loaded: Loaded, asked: dict[str, str]) -> dict[str, str]:
    """Return the query of the present choice, files included; of a link that waits for files, the link's until then."""
    waiting: dict[str, str] | None = st.session_state.get(WAITING)
    query = choice.to_query() | ({"own": own.text_of(loaded.extras)} if loaded.extras else {})
    if waiting is None:
        return query
    first = from_query(waiting, loaded.members)
    if first.looked_at is None:
        first = replace(first, looked_at=choice.looked_at)
    return waiting if choice == first else query | {"own": waiting["own"]}


def waiting() -> list[str]:
    """Return the names of files that the link spoke of and that are not here."""
    return own.missing(st.session_state.get(WAITING, {}).get("own", ""))


def photos_elsewhere() -> int:
    """Return with how many photos the link was made that brought the visitor here."""
    said = st.session_state.get(ELSEWHERE, "")
    return int(said) if said.isdecimal() and len(said) < 4 else 0


def wait_no_more() -> None:
    """Forget the files that the link spoke of; a callback."""
    st.session_state.pop(WAITING, None)


def query() -> dict[str, str]:
    """Return the query of a link to what is shown."""
    found: dict[str, str] = st.session_state[QUERY]
    return found


def started() -> bool:
    """Tell whether the frame has run in this session."""
    return CHOICE in st.session_state


def _key(query: dict[str, str]) -> str:
    return "&".join(f"{key}={query[key]}" for key in sorted(query))


def get() -> Choice:
    """Return the present choice."""
    choice: Choice = st.session_state[CHOICE]
    return choice


def put(choice: Choice) -> None:
    """Make `choice` the present one and set every control to it; call from a callback or before controls are drawn."""
    st.session_state[CHOICE] = choice
    for key, value in control_values(choice).items():
        st.session_state[key] = value


def control_values(choice: Choice) -> dict[str, object]:
    """Return the value of every control by its widget key."""
    values: dict[str, object] = {
        "control_weighting": choice.weighting,
        "control_combiner": choice.combiner,
        "control_split": choice.split,
        "control_twins": choice.twins,
        "control_looked_at": list(choice.looked_at or ()),
        "control_on": list(choice.members),
    }
    for page in choice.pages().values():
        values |= page.control_values(choice.members)
    values |= {f"control_member_{name}": name in choice.members for name in choice.manual}
    return values | {f"control_weight_{name}": weight for name, weight in choice.manual.items()}


def restore_controls() -> None:
    """Set controls that Streamlit dropped while another page was shown."""
    for key, value in control_values(get()).items():
        st.session_state.setdefault(key, value)


def take_members() -> None:
    """Make the members that are switched on those of the strip; its callback."""
    on = st.session_state.get("control_on") or ()
    st.session_state.update({f"control_member_{name}": name in on for name in get().manual})
    take_controls()


def take_controls() -> None:
    """Make the choice what the controls now say; the callback of every control."""
    choice, state = get(), st.session_state
    looked_at = state.get("control_looked_at", choice.looked_at or ())
    known = tuple(choice.manual)
    taken = Choice(
        members=tuple(name for name in known if state.get(f"control_member_{name}", name in choice.members)),
        manual={name: float(state.get(f"control_weight_{name}", old)) for name, old in choice.manual.items()},
        weighting=state.get("control_weighting") or choice.weighting,
        combiner=state.get("control_combiner") or choice.combiner,
        split=state.get("control_split") or choice.split,
        twins=bool(state.get("control_twins", choice.twins)),
        looked_at=tuple(name for name in known if name in looked_at),
        pin=choice.pin,
        **{name: page.taken(state, known, choice.members) for name, page in choice.pages().items()},
    )
    st.session_state[CHOICE] = taken
    # One control may change what another can say: a class is not put against itself, a member that is off has no map.
    for page in taken.pages().values():
        st.session_state.update(page.control_values(taken.members))


def last_setting(choice: Choice) -> Choice | None:
    """Return the choice that was shown before this one, None for the first; remembers this one.

    What is looked at on other pages makes no difference.
    """
    choice = replace(choice, looked_at=None, pin=None, **{name: page() for name, page in PAGES.items()})
    last: Choice | None = st.session_state.get(LAST)
    if last != choice:
        st.session_state[BEFORE], st.session_state[LAST] = last, choice
    before: Choice | None = st.session_state.get(BEFORE)
    return before if before is not None and before.manual.keys() == choice.manual.keys() else None
