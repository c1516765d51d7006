"""What the page Saliency offers, and the link that holds what was chosen."""

from dataclasses import fields

import pytest
from hypothesis import given

from fer_core.saliency import ATTRIBUTIONS, BASELINES, Arguments, resolved
from tests.examples import examples
from tests.page_choices import MEMBERS, choices_of
from ui.saliency import choice as offered
from ui.saliency.choice import LIMITS, METHODS, SaliencyChoice
from ui.saliency.controls import BASELINE_TITLES, SLIDERS
from ui.saliency.wording import UNITS


def test_what_is_offered_is_what_the_library_has() -> None:
    assert {name: entry.title for name, entry in ATTRIBUTIONS.items()} == METHODS
    assert tuple(METHODS) == tuple(ATTRIBUTIONS)
    assert set(UNITS) == set(METHODS)
    assert ("own", *BASELINES) == offered.BASELINES
    assert BASELINE_TITLES == BASELINES


def test_arguments_are_the_librarys_with_its_defaults_within_its_limits() -> None:
    first, ours = Arguments(), SaliencyChoice()
    for field in fields(Arguments):
        if field.name != "baseline":
            assert getattr(ours, field.name) == getattr(first, field.name)
    for entry in ATTRIBUTIONS.values():
        assert resolved(entry, Arguments(**ours.arguments(entry.uses))) == resolved(entry, first)
        for name in entry.uses:
            assert name in SLIDERS or name in ("baseline", "absolute", "seed")
            for value in LIMITS.get(name, ()):
                Arguments(**{"window": 48} | {name: value})


@examples(200)
@given(choices_of(SaliencyChoice))
def test_controls_hold_the_choice_while_a_member_is_off(choice: SaliencyChoice) -> None:
    before = SaliencyChoice(hidden=choice.hidden)
    assert before.taken(choice.control_values(MEMBERS[:2]), MEMBERS, MEMBERS[:2]) == choice


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key in ("method", "explain", "against", "face", "mean", "label", "baseline", "emotion", "mean_by")
     for value in ("", "<script>", "none_such", "0")]
    + [(key, value) for key in ("row", "steps", "samples", "window", "stride", "seed", "noise", "strength")
       for value in ("", "-1", "nan", "inf", "1e9", "99999999999999999999", "x", "9" * 5000)]
    + [("wrong", "maybe"), ("unsigned", "1"), ("hide", "nobody,"), ("closer", "nobody")],
)  # fmt: skip
def test_what_means_nothing_falls_back(key: str, value: str) -> None:
    assert SaliencyChoice.from_query({key: value}, MEMBERS) == SaliencyChoice()


def test_what_contradicts_itself_is_put_right() -> None:
    assert SaliencyChoice.from_query({"explain": "sad", "against": "sad"}, MEMBERS).against == "none"
    assert SaliencyChoice.from_query({"window": "6", "stride": "20"}, MEMBERS).stride == 6


def test_hidden_members_outlive_a_visit_without_them() -> None:
    choice = SaliencyChoice(hidden=("shallow",))
    assert choice.shown(("deep", "agrawal")) == ("deep", "agrawal")
    state = choice.control_values(("deep", "agrawal")) | {offered.SHOWN: ["deep"]}
    assert choice.taken(state, MEMBERS, ("deep", "agrawal")).hidden == ("shallow", "agrawal")
