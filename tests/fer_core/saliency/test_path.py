"""The path of Integrated Gradients: frames end at the map, and what has added up follows the number."""

from pathlib import Path

import numpy as np
import pytest

from fer_core.artifacts import open_artifacts
from fer_core.ensemble import Setting
from fer_core.errors import SaliencyError
from fer_core.saliency import Arguments, Explainer, Subject, Target
from fer_core.saliency.path import path
from tests.synthetic import ROSTER

pytestmark = pytest.mark.usefixtures("one_thread")
STEPS = Arguments(steps=24)


@pytest.fixture(scope="module")
def explainer(photo_artifacts: Path) -> Explainer:
    return Explainer(open_artifacts(photo_artifacts))


def subject(explainer: Explainer, name: str) -> Subject:
    return explainer.ensemble(Setting(ROSTER)) if name == "ensemble" else explainer.member(name)


@pytest.mark.parametrize("name", [*ROSTER, "ensemble"])
@pytest.mark.parametrize("target", [Target(), Target(2, 4)])
def test_the_last_frame_is_the_map_of_the_same_steps(explainer: Explainer, name: str, target: Target) -> None:
    image = explainer.artifacts.mean_faces()[3]
    who = subject(explainer, name)
    found = path(who, image, explainer.surroundings, target=target, arguments=STEPS)
    whole = explainer.explain(who, image[None], "integrated_gradients", target=target, arguments=STEPS)
    np.testing.assert_allclose(found.maps[-1], whole.values[0], rtol=1e-3, atol=1e-5 * np.abs(whole.values).max())
    np.testing.assert_array_equal(found.direction, whole.direction[0])
    np.testing.assert_allclose(found.numbers[-1], whole.explained[0], atol=1e-5)
    assert (found.images.shape, found.maps.shape) == ((11, 48, 48), (11, 48, 48))
    assert not found.images[0].any()
    np.testing.assert_allclose(found.images[-1], image / 255, atol=1e-6)


@pytest.mark.parametrize("baseline", ["black", "mean_face", "blurred"])
def test_what_has_added_up_follows_the_number(explainer: Explainer, baseline: str) -> None:
    image = explainer.artifacts.mean_faces()[5]
    steps = Arguments(baseline=baseline, steps=200)
    found = path(explainer.member("deep"), image, explainer.surroundings, arguments=steps, frames=9)
    assert not found.maps[0].any()
    assert (np.diff(found.shares) > 0).all()
    np.testing.assert_allclose(found.shares, np.linspace(0, 1, 9), atol=0.01)
    gained = found.numbers - found.numbers[0]
    assert np.ptp(gained) > 0.01
    np.testing.assert_allclose(found.maps.sum(axis=(1, 2)), gained, atol=0.04 * np.ptp(gained))


def test_a_tick_stops_it_and_nothing_is_left_behind(explainer: Explainer) -> None:
    class Stopped(Exception):
        pass

    def stop(images: int) -> None:
        raise Stopped

    image, who = explainer.artifacts.mean_faces()[0], explainer.member("shallow")
    before = path(who, image, explainer.surroundings, arguments=STEPS)
    with pytest.raises(Stopped):
        path(who, image, explainer.surroundings, arguments=STEPS, tick=stop)
    again = path(who, image, explainer.surroundings, arguments=STEPS)
    np.testing.assert_array_equal(again.maps, before.maps)


def test_passes_are_told(explainer: Explainer) -> None:
    seen: list[int] = []
    image, who = explainer.artifacts.mean_faces()[0], subject(explainer, "ensemble")
    path(who, image, explainer.surroundings, arguments=STEPS, frames=5, tick=seen.append)
    assert sum(seen) == len(ROSTER) * (24 + 5)


def test_few_steps_make_few_frames_and_one_is_none(explainer: Explainer) -> None:
    image, who = explainer.artifacts.mean_faces()[0], explainer.member("deep")
    few = path(who, image, explainer.surroundings, arguments=Arguments(steps=3))
    np.testing.assert_allclose(few.shares, [0, 5 / 18, 13 / 18, 1])
    with pytest.raises(ValueError, match="frames: expected at least 2, got 1"):
        path(who, image, explainer.surroundings, frames=1)


def test_a_vote_has_no_path(explainer: Explainer) -> None:
    vote = explainer.ensemble(Setting(ROSTER, combiner="hard_vote"))
    with pytest.raises(SaliencyError, match="through means alone"):
        path(vote, explainer.artifacts.mean_faces()[0], explainer.surroundings)


@pytest.mark.parametrize("combiner", ["calibrated", "stacking", "knora"])
def test_a_combiner_that_has_learned_is_explained_as_what_it_says(explainer: Explainer, combiner: str) -> None:
    setting, image = Setting(ROSTER, "equal", combiner), explainer.artifacts.mean_faces()[3]
    who = explainer.ensemble(setting)
    found = explainer.explain(who, image[None], "occlusion")
    logits = explainer.panel.logits(image[None])
    shares = explainer.calibrated_ensemble.explorers["one_view"].decide_on(setting, logits).shares
    np.testing.assert_allclose(found.probabilities, np.maximum(shares, 1e-6), rtol=1e-3, atol=1e-5)
    assert np.ptp(found.values) > 0
    assert "through means alone" in (who.why_not("saliency") or "")
