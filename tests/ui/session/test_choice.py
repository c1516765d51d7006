"""The state of the explorer and the link that holds it."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fer_core.artifacts import VIEWS
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.photo.detect import DETECTORS
from fer_core.photo.framing import ILLUMINATIONS
from tests.examples import examples
from tests.page_choices import MEMBERS, choices_of, some_members
from ui.session import choice as offered
from ui.session.choice import PAGES, Choice, default, from_query
from ui.session.page_choice import PageChoice

CHOICES = st.builds(
    Choice,
    members=some_members(),
    manual=st.tuples(*[st.sampled_from([0.0, 0.05, 0.35, 1.0, 2.0])] * 3).map(
        lambda w: dict(zip(MEMBERS, w, strict=True))
    ),
    weighting=st.sampled_from(sorted(WEIGHTINGS)),
    combiner=st.sampled_from(sorted(COMBINERS)),
    split=st.sampled_from(["valid", "test"]),
    twins=st.booleans(),
    looked_at=st.none() | some_members(),
    **{name: choices_of(page) for name, page in PAGES.items()},
)


@examples(200)
@given(CHOICES)
def test_a_link_restores_everything(choice: Choice) -> None:
    restored = from_query(choice.to_query(), MEMBERS)
    expected = choice if choice.weighting == "manual" else replace(choice, manual=dict.fromkeys(MEMBERS, 1.0))
    assert restored == expected


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"members": "nobody"},
        {"weights": "best"},
        {"combine": ""},
        {"on": "train"},
        {"twins": "maybe"},
        {"weights": "equal", "manual": "1,2"},
        {"members": "<script>", "manual": "nan,1,1"},
        {"look": "nobody,"},
        {"detect": "eyes", "light": "1", "views": "two", "example": "joy", "small": "perhaps"},
    ],
)
def test_a_bad_value_falls_back(query: dict[str, str]) -> None:
    assert from_query(query, MEMBERS) == default(MEMBERS)


def test_members_looked_at_are_put_in_order_and_strangers_ignored() -> None:
    assert from_query({"look": "agrawal,nobody,shallow,agrawal"}, MEMBERS).looked_at == ("shallow", "agrawal")
    assert from_query({"look": "none"}, MEMBERS).looked_at == ()


@pytest.mark.parametrize("manual", ["nan,1,1", "1,1", "inf,1,1", "-1,1,1", "3,1,1", "a,b,c", ""])
def test_bad_sliders_become_ones(manual: str) -> None:
    choice = from_query({"weights": "manual", "manual": manual}, MEMBERS)
    assert choice.manual == dict.fromkeys(MEMBERS, 1.0)
    assert choice.weighting == "manual"


def test_empty_states_are_told_apart() -> None:
    choice = default(MEMBERS)
    assert choice.empty() is None
    assert choice.with_members(()).empty() == "No member is switched on."
    zero = replace(choice, weighting="manual", manual=dict.fromkeys(MEMBERS, 0.0))
    assert zero.empty() == "Every weight is zero."
    only_off = replace(zero, members=("deep",), manual={"shallow": 1.0, "deep": 0.0, "agrawal": 1.0})
    assert only_off.empty() == "Every weight is zero."


def test_the_setting_has_weights_of_chosen_members_only() -> None:
    choice = Choice(("deep",), {"shallow": 0.1, "deep": 0.2, "agrawal": 0.3}, weighting="manual")
    assert choice.setting().manual == (0.2,)
    assert replace(choice, weighting="equal").setting().manual == ()


def test_what_the_page_for_photos_offers_is_what_the_library_has() -> None:
    assert tuple(DETECTORS) == offered.DETECTORS
    assert tuple(ILLUMINATIONS) == offered.ILLUMINATIONS
    assert offered.VIEWS == VIEWS
    assert sorted(offered.EXAMPLES) == sorted((*EMOTIONS, "all"))


def test_no_parameter_of_a_link_has_two_meanings() -> None:
    own = ["members", "weights", "combine", "on", "twins", "manual", "look"]
    names = own + [page.parameter(name) for page in PAGES.values() for name in page.defaults()]
    assert sorted(names) == sorted(set(names))
    prefixes = [page.PREFIX for page in PAGES.values()]
    assert len(set(prefixes)) == len(prefixes)


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_links_and_controls_hold_what_a_page_adds(page: type[PageChoice]) -> None:
    assert page().to_query() == {}

    @examples(60)
    @given(choices_of(page))
    def hold(choice: PageChoice) -> None:
        assert page.from_query(choice.to_query(), MEMBERS) == choice
        assert page().taken(choice.control_values(MEMBERS), MEMBERS, MEMBERS) == choice
        assert choice.taken({}, MEMBERS, MEMBERS) == choice

    hold()


@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
@pytest.mark.parametrize("text", ["", "<script>", "-1e9", "nan", "inf", "1e9", "99999999999999999999", "9" * 5000])
def test_what_means_nothing_to_a_page_falls_back(page: type[PageChoice], text: str) -> None:
    for name in page.defaults():
        assert page.from_query({page.parameter(name): text}, MEMBERS) == page()
