"""Back and Forward: an address of before becomes the choice, but for the bare page that Streamlit writes on the way."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages import choice_of, ran, use
from tests.synthetic import ROSTER
from ui.session import state
from ui.session.memory import KEPT


def visit() -> None:
    import streamlit as st

    from ui.data.artifacts import load
    from ui.session import state
    from ui.session.controls import echo

    state.start(load(), st.session_state["where"])
    echo()


def at_page(at: AppTest, page: str) -> AppTest:
    at.session_state["where"] = page
    return ran(at)


def test_back_to_a_bare_page_keeps_what_was_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(tmp_path, monkeypatch)
    at = at_page(AppTest.from_function(visit, default_timeout=120), "ensemble")
    assert not at.query_params  # the defaults need no address
    at.session_state[KEPT].choice = choice_of(at).with_members(("deep",))
    at_page(at, "members")
    assert at.query_params["members"] == "deep"
    monkeypatch.setattr(state, "_went_through_history", lambda: True)
    at.query_params.clear()
    at_page(at, "members")
    assert choice_of(at).members == ("deep",)
    assert not at.query_params  # an address that is written would cut off what is forward
    at_page(at, "ensemble")
    assert choice_of(at).members == ROSTER  # here the visit began, with nothing chosen
    at.query_params["members"] = "agrawal"
    at_page(at, "members")
    assert choice_of(at).members == ("agrawal",)


def test_an_address_on_its_way_to_the_browser_is_followed_by_the_right_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(tmp_path, monkeypatch)
    at = at_page(AppTest.from_function(visit, default_timeout=120), "ensemble")
    every = choice_of(at)
    at.session_state[KEPT].choice = every.with_members(())
    assert at_page(at, "ensemble").query_params["members"] == "none"
    at.session_state[KEPT].choice = every
    at.query_params.clear()  # the browser has not heard of it yet
    assert at_page(at, "ensemble").query_params["members"] == ",".join(ROSTER)


def test_a_long_visit_holds_no_more_than_a_short_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use(tmp_path, monkeypatch)
    at = at_page(AppTest.from_function(visit, default_timeout=120), "ensemble")

    def held(changes: int) -> int:
        for change in range(changes):
            choice = choice_of(at)
            at.session_state[KEPT].choice = choice.with_members(ROSTER[change % 2 :])
            at_page(at, ("ensemble", "gain", "votes")[change % 3])
        at.session_state[KEPT].at = 0.0  # a clock, whose digits are more or fewer
        return sum(len(repr(value)) for value in at.session_state._state.filtered_state.values())

    first = held(12)
    assert held(60) == first
