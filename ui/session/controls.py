"""Controls and the choice: what each widget says, and what the browser was told of it and may not have heard yet.

Streamlit sends what every widget says with each click.  One that was set by the program still says what it said before
until the browser has drawn it anew, and a click that is sent meanwhile would undo what set it.
"""

import time
from typing import Any

import streamlit as st

from ui.session.choice import Choice
from ui.session.memory import kept, unbroken

ECHO = "echo"
HEARD = 1.0
"""Seconds after which a browser has heard what controls were set to, whatever else a page is still computing."""
MOST_TOLD = 20
"""Values that one control was told and that the browser may still say."""


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
    return values


def tell(values: dict[str, object]) -> None:
    """Set controls, and remember what the browser may still say of them until it has heard so."""
    held, says = kept(), said()
    for key, value in values.items():
        if key in says and says[key] != value:
            held.told[key] = [*held.told.get(key, ()), says[key]][-MOST_TOLD:]
    held.times, held.at = held.times + 1, time.monotonic()
    _set(values)


@unbroken
def _set(values: dict[str, object]) -> None:
    for key, value in values.items():
        st.session_state[key] = value


def said() -> dict[str, Any]:
    """Return what every widget says, and forget what the browser was told once it has heard: then it answers `echo`."""
    held, says = kept(), st.session_state.to_dict()
    if says.get(ECHO) == str(held.times) or time.monotonic() - held.at > HEARD:
        held.told = {}
    return says


def caught_up(choice: Choice) -> dict[str, Any]:
    """Return what every control says, but for one that the browser had not yet set when it sent a click.

    Until the browser has heard, a control that says what it said before it was set was not clicked.
    """
    says = said()
    told = kept().told
    return says | {
        key: value
        for key, value in control_values(choice).items()
        if key in says and says[key] != value and says[key] in told.get(key, ())
    }


def unclicked(name: str) -> str:
    """Return a key of a figure that nobody has clicked under it."""
    return f"{name}_{kept().clicks}"


def is_click(key: str) -> bool:
    """Tell whether a selection in the figure of that key is a click; every such figure is then a new one.

    The browser says the click of a figure again that is gone, until a run has ended.
    """
    held = kept()
    if not key.endswith(f"_{held.clicks}"):
        return False
    held.clicks += 1
    return True


def echo() -> None:
    """Draw, below the controls of a page, what the browser answers once it has set them."""
    st.session_state[ECHO] = str(kept().times)
    st.text_input("Echo", key=ECHO, label_visibility="collapsed")
