"""What the page Saliency offers, and the link that holds what was chosen."""

from dataclasses import fields, replace

import pytest
from hypothesis import given, settings

from fer_core.saliency import ATTRIBUTIONS, BASELINES, Arguments, resolved
from tests.saliency_choices import MEMBERS, SALIENCY_CHOICES
from ui import saliency_choice as offered
from ui.choice import default
from ui.choice import from_query as whole
from ui.saliency_choice import LIMITS, METHODS, QUERY, SaliencyChoice, control_values, from_query, taken
from ui.saliency_controls import BASELINE_TITLES, SLIDERS
from ui.saliency_text import UNITS


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


def test_no_parameter_of_a_link_has_two_meanings() -> None:
    names = [QUERY.get(field.name, field.name) for field in fields(SaliencyChoice)]
    choice = replace(default(MEMBERS), looked_at=("deep",), weighting="manual")
    faces = replace(choice.faces, detector="haar", small=True, illumination="clahe", view="full", example="sad")
    others = set(replace(choice, faces=faces).to_query())
    assert len(set(names)) == len(names)
    assert not others & set(names)


@settings(deadline=None, derandomize=True, max_examples=200)
@given(SALIENCY_CHOICES)
def test_a_link_and_the_controls_hold_the_choice(choice: SaliencyChoice) -> None:
    assert from_query(choice.to_query(), MEMBERS) == choice
    assert whole(choice.to_query(), MEMBERS).saliency == choice
    controls = control_values(choice, MEMBERS[:2])
    assert taken(SaliencyChoice(hidden=choice.hidden), controls, MEMBERS, MEMBERS[:2]) == choice
    assert taken(choice, {}, MEMBERS, MEMBERS) == choice


def test_the_default_leaves_the_link_short() -> None:
    assert SaliencyChoice().to_query() == {}


@pytest.mark.parametrize(
    ("key", "value"),
    [(key, value) for key in ("method", "explain", "against", "face", "mean", "label", "baseline", "emotion", "mean_by")
     for value in ("", "<script>", "none_such", "0")]
    + [(key, value) for key in ("row", "steps", "samples", "window", "stride", "seed", "noise", "strength")
       for value in ("", "-1", "nan", "inf", "1e9", "99999999999999999999", "x", "9" * 5000)]
    + [("wrong", "maybe"), ("unsigned", "1"), ("hide", "nobody,"), ("closer", "nobody")],
)  # fmt: skip
def test_what_means_nothing_falls_back(key: str, value: str) -> None:
    assert from_query({key: value}, MEMBERS) == SaliencyChoice()


def test_what_contradicts_itself_is_put_right() -> None:
    assert from_query({"explain": "sad", "against": "sad"}, MEMBERS).against == "none"
    assert from_query({"window": "6", "stride": "20"}, MEMBERS).stride == 6


def test_hidden_members_outlive_a_visit_without_them() -> None:
    choice = SaliencyChoice(hidden=("shallow",))
    assert choice.shown(("deep", "agrawal")) == ("deep", "agrawal")
    state = control_values(choice, ("deep", "agrawal")) | {offered.SHOWN: ["deep"]}
    assert taken(choice, state, MEMBERS, ("deep", "agrawal")).hidden == ("shallow", "agrawal")
