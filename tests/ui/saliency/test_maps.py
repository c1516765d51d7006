"""Maps of the page: computed once, and stopped without a trace."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.errors import SaliencyError
from fer_core.saliency import Explainer
from tests.synthetic import ROSTER
from ui.kit import jobs as saliency_run
from ui.kit.jobs import Job, key_of, results
from ui.session.cache import shared

Tick = Callable[[int], None]


class Place:
    """Stands for `st.empty()` where nothing is drawn."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("nothing is drawn for what is quick")


@pytest.fixture(autouse=True)
def fresh() -> None:
    st.cache_resource.clear()


def job(key: str, run: Callable[[Tick], Any], passes: int = 1) -> Job:
    return Job(("test", key), key, passes, run)


def test_each_is_computed_once_and_errors_are_not_kept() -> None:
    calls: list[str] = []

    def fails(tick: Tick) -> Any:
        calls.append("fails")
        raise SaliencyError("no.")

    jobs = [job("one", lambda tick: calls.append("one") or 1), job("two", fails)]
    for _ in range(2):
        found = results(jobs, Place(), name="test")
        assert found["test", "one"] == 1
        assert str(found["test", "two"]) == "no."
    assert calls == ["one", "fails", "fails"]


def test_what_is_stopped_half_way_is_not_kept() -> None:
    class Stop(BaseException):
        pass

    def stopped(tick: Tick) -> Any:
        raise Stop

    with pytest.raises(Stop):
        results([job("done", lambda tick: 1), job("half", stopped)], Place(), name="test")
    assert shared().get(("test", "done")) == 1
    assert shared().get(("test", "half")) is None


def slow_page() -> None:
    """Draw a page of its own, as a visitor who has cancelled sees it."""
    import streamlit as st

    from ui.kit.jobs import STOPPED, Job, results

    def run(tick: object) -> int:
        st.session_state["runs"] = st.session_state.get("runs", 0) + 1
        for _ in range(10):
            tick(100)  # type: ignore[operator]
        return 1

    jobs = [Job(("slow", i), f"map {i}", 1000, run) for i in range(2)]
    if st.session_state.get("stop"):
        st.session_state[STOPPED] = {"slow": hash(tuple(one.key for one in jobs))}
        st.session_state["stop"] = False
    place = st.empty()
    st.caption(f"{len(results(jobs, place, name='slow'))} there")


def test_a_cancelled_visitor_is_told_and_may_go_on() -> None:
    at = AppTest.from_function(slow_page)
    at.session_state["stop"] = True
    at.run()
    assert not at.exception
    assert [markdown.value for markdown in at.markdown] == ["Cancelled: 0 of 2 were done."]
    assert at.caption[0].value == "0 there"
    assert "runs" not in at.session_state
    at.button(key="slow_again").click()
    at.run()
    assert at.session_state["runs"] == 2
    assert at.caption[0].value == "2 there"
    assert not at.button, "the bar and its button are gone when all is there"


def test_all_that_a_map_depends_on_is_in_its_key(photo_artifacts: Path) -> None:
    explainer = Explainer(open_artifacts(photo_artifacts))

    class Loaded:
        artifacts = explainer.artifacts

    def key(*, shade: int = 0, subject: Any = None, method: str = "saliency") -> Any:
        image = np.full((48, 48), shade, np.uint8)
        return key_of(Loaded(), image, subject or explainer.member("deep"), method)  # type: ignore[arg-type]

    others = [Setting(ROSTER, "accuracy"), Setting(ROSTER[:2]), Setting(ROSTER, combiner="hard_vote")]
    keys = [key(), key(shade=1), key(method="vargrad"), key(subject=explainer.member("shallow"))]
    keys += [key(subject=explainer.ensemble(setting)) for setting in (Setting(ROSTER), *others)]
    assert len(set(keys)) == len(keys)
    assert key() == key()


def test_methods_are_quick_or_show_progress() -> None:
    from fer_core.saliency import ATTRIBUTIONS, Arguments, resolved

    for entry in ATTRIBUTIONS.values():
        passes = 18 * entry.passes(resolved(entry, Arguments()))
        assert passes <= saliency_run.QUICK or passes >= 288, "about a second lies between the two"
