"""Maps of every method: no trace, the same from twenty threads as from one, and one sentence where there is none."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from fer_core.errors import SaliencyError
from fer_core.models import Member
from fer_core.saliency import ATTRIBUTIONS, Arguments, Subject, Surroundings, Target
from fer_core.saliency.explainer import Map, explain
from fer_core.saliency.score import EnsembleScore, Tick, twin
from tests.subjects import PAIR, QUICK, ensemble, faces, member, networks, served, state, surroundings
from tests.tiny import opinionated

__all__ = ["faces", "networks", "surroundings"]
pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.mark.parametrize("method", ATTRIBUTIONS)
def test_every_method_maps_every_subject_that_it_serves_and_leaves_no_trace(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings, method: str
) -> None:
    entry = ATTRIBUTIONS[method]
    for subject in (*(member(networks, name) for name in networks), ensemble(networks)):
        if subject.why_not(method) is not None:
            continue
        before, drawn = [state(network) for network in subject.networks], torch.get_rng_state()
        np.random.seed(5)
        found = explain(subject, faces, method, surroundings, arguments=QUICK)
        assert found.values.shape == (3, 48, 48)
        assert found.values.dtype == np.float32
        assert np.isfinite(found.values).all()
        assert entry.signed or (found.values >= 0).all()
        assert [state(network) for network in subject.networks] == before, subject.name
        assert torch.equal(torch.get_rng_state(), drawn)
        assert np.random.randint(1000) == np.random.RandomState(5).randint(1000)
        assert torch.is_grad_enabled()


def test_a_callers_gradient_mode_does_not_matter(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    subject = member(networks, "vgg")
    usual = explain(subject, faces, "saliency", surroundings)
    with torch.no_grad():
        assert np.array_equal(explain(subject, faces, "saliency", surroundings).values, usual.values)
        assert not torch.is_grad_enabled()


def test_twenty_threads_give_what_one_gives(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    work = [pair for pair in served(networks) if pair[0].name in ("deep", "resnet", "crnn", "ensemble")]
    together = threading.Barrier(20)

    def one(pair: tuple[Subject, str], *, wait: bool = False) -> Map:
        if wait:
            together.wait()
        return explain(pair[0], faces[:1], pair[1], surroundings, arguments=QUICK)

    alone = [one(pair) for pair in work]
    torch.set_num_threads(1)
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda pair: one(pair, wait=True), work[:20]))  # all twenty begin together
        rounds = [list(pool.map(one, order)) for order in (work, work[::-1])]
    for found in (rounds[0], rounds[1][::-1]):
        for pair, first, second in zip(work, alone, found, strict=True):
            assert np.array_equal(first.values, second.values), (pair[0].name, pair[1])


def test_a_twin_shares_weights_and_nothing_else(networks: dict[str, Member]) -> None:
    for network in networks.values():
        copy = twin(network)
        for (key, mine), (other, theirs) in zip(
            network.state_dict(keep_vars=True).items(), copy.state_dict(keep_vars=True).items(), strict=True
        ):
            assert key == other
            assert mine is theirs
        assert not set(map(id, network.modules())) & set(map(id, copy.modules()))


@pytest.mark.parametrize(("label", "against"), [(7, None), (-1, None), (0, 9), (3, 3)])
def test_a_class_that_does_not_exist_is_refused(label: int, against: int | None) -> None:
    with pytest.raises(ValueError, match=r"^(label|against): expected"):
        Target(label, against)


@pytest.mark.parametrize(
    "wrong",
    [{"baseline": "white"}, {"steps": 1}, {"samples": 0}, {"window": 49}, {"stride": 9}, {"noise": 0.0}, {"seed": -1}],
)
def test_arguments_that_no_method_can_use_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=f"^{next(iter(wrong))}: expected"):
        Arguments(**wrong)  # type: ignore[arg-type]


def test_what_cannot_be_served_says_why(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    vote = ensemble(networks, combiner="hard_vote")
    with pytest.raises(SaliencyError, match="through means alone"):
        explain(vote, faces, "saliency", surroundings)
    assert np.isfinite(explain(vote, faces, "occlusion", surroundings).values).all()
    with pytest.raises(SaliencyError, match="cannot serve an ensemble"):
        explain(ensemble(networks), faces, "deep_lift", surroundings)
    with pytest.raises(SaliencyError, match="cannot serve resnet: its channel gates"):
        explain(member(networks, "resnet"), faces, "deep_lift", surroundings)


def test_broken_weights_are_named(faces: NDArray[np.uint8], surroundings: Surroundings) -> None:
    broken = {name: opinionated(name).requires_grad_(False) for name in PAIR}
    with torch.no_grad():
        next(broken["deep"].parameters()).fill_(float("nan"))
    for subject in (member(broken, "deep"), ensemble(broken)):
        with pytest.raises(SaliencyError, match=r"^deep gives no finite numbers: its weights are damaged\.$"):
            explain(subject, faces, "saliency", surroundings)


def test_a_picture_of_one_colour_gives_a_map_of_numbers(
    networks: dict[str, Member], surroundings: Surroundings
) -> None:
    flat = np.zeros((1, 48, 48), np.uint8)
    for subject, method in served(networks):
        if subject.name in ("deep", "ensemble"):
            values = explain(subject, flat, method, surroundings, arguments=QUICK).values
            assert np.isfinite(values).all()
            if method in ("input_x_gradient", "integrated_gradients"):
                assert not values.any()


def test_progress_counts_images_and_can_stop_a_map(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings
) -> None:
    seen: list[int] = []
    for method in ("integrated_gradients", "occlusion", "smoothgrad", "gradient_shap"):
        seen.clear()
        explain(ensemble(networks), faces[:1], method, surroundings, arguments=QUICK, tick=seen.append)
        expected = 2 * ATTRIBUTIONS[method].passes(QUICK)
        assert expected <= sum(seen) <= expected + 4, method

    class Enough(Exception):
        pass

    def stop(images: int) -> None:
        raise Enough

    subject = member(networks, "deep")
    before = state(networks["deep"])
    for method in ATTRIBUTIONS:
        with pytest.raises(Enough):
            explain(subject, faces[:1], method, surroundings, arguments=QUICK, tick=stop)
    assert state(networks["deep"]) == before


def test_every_method_says_what_it_is() -> None:
    assert len(ATTRIBUTIONS) == 15
    for name, entry in ATTRIBUTIONS.items():
        assert entry.title, name
        assert entry.measures.endswith("."), name
        assert entry.paper[-4:].isdigit(), name
        assert entry.cost(Arguments()).startswith(str(entry.passes(Arguments()))), name
        assert ("baseline" in entry.uses) == bool(entry.baseline), name


def test_scores_refuse_weights_of_another_shape(networks: dict[str, Member]) -> None:
    with pytest.raises(ValueError, match=r"^weights: expected shape \[1,7\]"):
        EnsembleScore([networks["deep"]], np.ones((2, 7)), "mean_probability")
    with pytest.raises(ValueError, match=r"^combiner: expected one of"):
        EnsembleScore([networks["deep"]], np.ones((1, 7)), "loudest")


@pytest.mark.parametrize("method", [name for name, entry in ATTRIBUTIONS.items() if entry.drawn])
def test_two_threads_compute_sampled_maps_at_once_and_each_gets_its_own(
    networks: dict[str, Member], faces: NDArray[np.uint8], surroundings: Surroundings, method: str
) -> None:
    subject, together = member(networks, "deep"), threading.Barrier(2, timeout=20)

    def made(seed: int, tick: Tick = lambda images: None) -> NDArray[np.float32]:
        asked = Arguments(samples=4, seed=seed)
        return explain(subject, faces[:1], method, surroundings, arguments=asked, tick=tick).values

    alone = [made(seed) for seed in (1, 2)]
    before = torch.random.get_rng_state(), np.random.get_state()[1].copy()
    met = threading.local()

    def meet(images: int) -> None:
        met.passes = getattr(met, "passes", 0) + 1
        if met.passes == 3:  # the first pass is before anything is drawn
            together.wait()

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda seed: made(seed, meet), (1, 2)))
    for one, other in zip(alone, found, strict=True):
        assert np.array_equal(one, other)
    assert torch.equal(torch.random.get_rng_state(), before[0])
    assert np.array_equal(np.random.get_state()[1], before[1])
