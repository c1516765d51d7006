"""What is shown of classes and names that are too many or too long."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ui.kit.labels import largest, named, of_how_many, short


@given(st.text(max_size=60), st.integers(3, 40))
def test_a_short_name_has_the_begin_and_the_end_of_a_long_one(name: str, most: int) -> None:
    found = short(name, most)
    assert len(found) == min(len(name), most)
    if len(name) <= most:
        assert found == name
        return
    same = [a == b for a, b in zip(found, name, strict=False)]
    begin = same.index(False) if False in same else len(same)
    assert any(found[:at] == name[:at] and name.endswith(found[at + 1 :]) for at in range(1, begin + 1))


@given(st.lists(st.floats(0, 10) | st.just(np.nan), min_size=1, max_size=50), st.integers(1, 30))
def test_the_largest_are_those_that_a_loop_takes(values: list[float], most: int) -> None:
    known = [0.0 if np.isnan(value) else value for value in values]
    expected = sorted(range(len(known)), key=lambda at: (-known[at], at))[:most]
    assert largest(values, most) == sorted(expected)


def test_names_of_an_axis_are_all_said_as_they_are() -> None:
    axis = named(["0", "1", "a name that is rather long"])
    assert axis["type"] == "category"
    assert axis["tickvals"] == ["0", "1", "a name that is rather long"]
    assert axis["ticktext"] == ["0", "1", short("a name that is rather long")]
    assert of_how_many(3, 3, "classes") == ""
    assert of_how_many(20, 37, "classes") == "20 of 37 classes"
