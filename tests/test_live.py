"""What the browser's own controls say: taken once, in sequence, and only if it makes sense."""

from typing import Any

import pytest

from tests.synthetic import ROSTER
from ui.session.choice import Choice, default
from ui.session.live import INPUT, KEY, known, setting_of, take, told
from ui.session.memory import Told

EVERY = default(ROSTER)


def says(held: Told, **changes: Any) -> dict[str, Any]:
    given = setting_of(EVERY) | {"members": ["deep"], "revision": held.revision, "seq": held.seq + 1} | changes
    return {KEY: {INPUT: given}}


def test_an_input_is_taken_once_and_none_before_it() -> None:
    held = Told()
    revision = told(held, EVERY)
    one = says(held, seq=2)
    choice = take(held, one, EVERY)
    assert choice == EVERY.with_members(("deep",))
    assert take(held, one, EVERY) is EVERY
    assert take(held, says(held, seq=1, members=[]), choice) is choice
    assert told(held, choice) == revision  # the browser knows what it said itself
    assert take(held, says(held, seq=3, members=["agrawal", "shallow"]), choice).members == ("shallow", "agrawal")


def test_an_input_that_has_not_heard_of_a_new_setting_undoes_nothing() -> None:
    held = Told()
    told(held, EVERY)
    late = says(held)
    link = EVERY.with_members(("agrawal",))
    assert told(held, link) != late[KEY][INPUT]["revision"]
    assert take(held, late, link) is link
    assert take(held, says(held), link).members == ("deep",)
    assert take(Told(), late, link) is link  # of another visit


@pytest.mark.parametrize(
    "changes",
    [
        {"members": "deep"},
        {"members": None},
        {"manual": [1, 1]},
        {"manual": [1, 1, 2.05]},
        {"manual": [1, 1, float("nan")]},
        {"manual": [1, 1, "1"]},
        {"weighting": "loud"},
        {"combiner": None},
        {"split": "train"},
        {"split": ["test"]},
        {"seq": "1"},
        {"revision": None},
    ],
)
def test_what_makes_no_sense_is_none(changes: dict[str, Any]) -> None:
    held = Told()
    told(held, EVERY)
    assert take(held, says(held, **changes), EVERY) is EVERY
    assert held.seq == 0


@pytest.mark.parametrize("state", [{}, {KEY: None}, {KEY: {}}, {KEY: {INPUT: 3}}])
def test_nothing_said_is_nothing_taken(state: dict[str, Any]) -> None:
    held = Told()
    assert take(held, state, EVERY) is EVERY
    assert known(state) is None


def test_unknown_members_are_left_out() -> None:
    held, found = Told(), EVERY
    told(held, found)
    taken: Choice = take(held, says(held, members=["nobody", "deep", "deep"]), found)
    assert taken.members == ("deep",)
