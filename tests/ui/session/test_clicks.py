"""Clicks that reach the server together, as fast ones do: each counts, whichever callback is called first."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest
from streamlit.runtime.scriptrunner import RerunException
from streamlit.runtime.scriptrunner_utils.script_requests import RerunData
from streamlit.runtime.state.session_state import WStates
from streamlit.testing.v1 import AppTest

from tests.pages import choice_of, opened, ran, say, use_shared
from tests.synthetic import ROSTER
from ui.session import controls as controls_module
from ui.session import memory, state
from ui.session.choice import Choice, default
from ui.session.controls import control_values
from ui.session.pin import Pin
from ui.votes.data import SHOWN

ONE = ("deep",)


def _one_on(at: AppTest) -> None:
    at.pills(key="control_on").set_value(list(ONE))


def _one_off(at: AppTest) -> None:
    say(at, members=["shallow", "agrawal"])


def _weights(at: AppTest) -> None:
    at.selectbox(key="control_weighting").set_value("accuracy")


@dataclass(frozen=True)
class Clicks:
    """A control and a button of a page that are clicked at once, and what has to come of it."""

    page: str
    query: dict[str, str]
    control: Callable[[AppTest], None]
    button: str
    wanted: Callable[[Choice], Any]


CLICKS = {
    "shares": Clicks(
        "diversity",
        {"combine": "median"},
        _one_on,
        "use_adds",
        lambda choice: replace(choice.with_members(ONE), combiner="mean_probability"),
    ),
    "subsets": Clicks(
        "gain",
        {"combine": "median"},
        _one_on,
        "gain_use_size",
        lambda choice: replace(choice.with_members(ONE), combiner="mean_probability"),
    ),
    "path": Clicks(
        "gain",
        {},
        _weights,
        "gain_step",
        lambda choice: replace(choice, weighting="accuracy", gain=replace(choice.gain, step=2)),
    ),
    "images": Clicks(
        "votes",
        {"kind": "all"},
        _weights,
        "votes_Next",
        lambda choice: replace(choice, weighting="accuracy", votes=replace(choice.votes, start=SHOWN)),
    ),
    "members": Clicks(
        "ensemble",
        {},
        _one_off,
        "Pin as A",
        lambda choice: replace(choice.with_members(("shallow", "agrawal")), pin=Pin.of(choice.setting())),
    ),
}


def press(at: AppTest, name: str) -> None:
    """Press the button of that label, or whose key begins so."""
    next(one for one in at.button if name == one.label or (one.key or "").startswith(name)).click()


@pytest.mark.parametrize("backwards", [False, True], ids=["in-order", "backwards"])
@pytest.mark.parametrize("name", CLICKS)
def test_no_click_undoes_another(monkeypatch: pytest.MonkeyPatch, name: str, backwards: bool) -> None:
    use_shared(monkeypatch)
    clicks = CLICKS[name]
    at = opened(clicks.page, **clicks.query)
    before: Choice = choice_of(at)
    clicks.control(at)
    press(at, clicks.button)
    if backwards:
        monkeypatch.setattr(WStates, "__iter__", lambda self: iter(reversed(list(self.states))))
    after: Choice = choice_of(ran(at))
    assert after == clicks.wanted(before)


def controls() -> None:
    from dataclasses import replace

    import streamlit as st

    from ui.data.artifacts import load
    from ui.session import state
    from ui.session.controls import echo

    def any_label() -> None:
        choice = state.taken()
        state.put(replace(choice, votes=replace(choice.votes, true="any")))

    state.start(load(), "votes")
    st.selectbox("Label", ["any", "sad", "fear"], key="control_votes_true", on_change=state.take_controls)
    st.radio("Kind", ["all", "broke"], key="control_votes_kind", on_change=state.take_controls)
    st.button("Any", on_click=any_label)
    echo()


def test_a_click_that_was_sent_before_controls_were_set_undoes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch)
    monkeypatch.setattr(controls_module, "HEARD", 60.0)
    at = AppTest.from_function(controls, default_timeout=120)
    at.query_params.update({"kind": "all", "true": "sad"})
    ran(at).radio[0].set_value("broke")
    late = at._tree.get_widget_states()
    at.radio[0].set_value("all")
    press(at, "Any")
    assert choice_of(ran(at)).votes.true == "any"
    at._run(late)  # what the browser says that has not yet heard of it
    assert (choice_of(at).votes.kind, choice_of(at).votes.true) == ("broke", "any")
    assert (at.radio[0].value, at.selectbox[0].value) == ("broke", "any")
    at.selectbox[0].set_value("sad")  # what it said before, but after it has heard
    assert choice_of(ran(at)).votes.true == "sad"
    press(at, "Any")
    assert choice_of(ran(at)).votes.true == "any"
    monkeypatch.setattr(controls_module, "HEARD", 0.0)  # a page that computes for long answers late
    at._run(late)
    assert choice_of(at).votes.true == "sad"


class Busy(dict[str, Any]):
    """A session in which another click comes in at one of the first accesses, as Streamlit then breaks off."""

    to_dict = dict.copy
    left = 0

    def __setitem__(self, key: str, value: object) -> None:
        self.left -= 1
        if self.left == 0:
            raise RerunException(RerunData())
        super().__setitem__(key, value)


@pytest.mark.parametrize("at", [1, 2, 30])
def test_another_click_does_not_break_off_a_callback(monkeypatch: pytest.MonkeyPatch, at: int) -> None:
    busy = Busy({memory.KEPT: memory.Kept(choice=default(ROSTER))})
    monkeypatch.setattr(state.st, "session_state", busy)
    busy.left = at
    with pytest.raises(RerunException):
        state.use("accuracy", "median")
    assert (state.get().weighting, state.get().combiner) == ("accuracy", "median")
    assert {key: busy[key] for key in control_values(state.get())} == control_values(state.get())
