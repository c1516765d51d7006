"""What holds for every weighting with every combiner; a new entry of a registry is tested the day it is added."""

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from fer_core.ensemble import COMBINERS, WEIGHTINGS, Combiner, Explorer, Setting, log_softmax
from fer_core.ensemble import weightings as weightings_module
from tests.examples import examples

QUICK = examples(12)
PAIRS = [
    (weighting, combiner)
    for weighting in WEIGHTINGS
    for combiner in COMBINERS
    if weighting in ("equal", "categorical", "manual") or combiner in ("mean_probability", "hard_vote")
]
FIXED = [pair for pair in PAIRS if COMBINERS[pair[1]].fit is None]
every_pair = pytest.mark.parametrize(("weighting", "combiner"), PAIRS)
every_fixed_pair = pytest.mark.parametrize(("weighting", "combiner"), FIXED)


@dataclass(frozen=True, eq=False)
class World:
    """Made-up logits of some members, and weights that a person might set."""

    names: tuple[str, ...]
    logits: dict[str, NDArray[np.float32]]
    labels: dict[str, NDArray[np.int64]]
    twins: dict[str, NDArray[np.bool_]]
    manual: tuple[float, ...]

    def explorer(self, **change: NDArray[np.float32]) -> Explorer:
        return Explorer(self.names, self.logits | change, self.labels, self.twins)

    def setting(self, weighting: str, combiner: str, at: list[int] | None = None, **more: object) -> Setting:
        at = list(range(len(self.names))) if at is None else at
        names, manual = tuple(self.names[i] for i in at), tuple(self.manual[i] for i in at)
        return replace(Setting(names, weighting, combiner, manual), **more)  # type: ignore[arg-type]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    """Draw up to six members over few images; some of the labels or sure members leave classes and votes out."""
    m, n = draw(st.integers(1, 6)), draw(st.integers(8, 40))
    rng, sure = np.random.RandomState(draw(st.integers(0, 10_000))), draw(st.sampled_from([0.3, 2.0, 200.0]))
    logits, labels, twins = {}, {}, {}
    for split in ("valid", "test"):
        own = rng.randint(0, draw(st.integers(2, 7)), n).astype(np.int64)
        raw = sure * (rng.standard_normal((m, n, 7)) + 1.2 * np.eye(7)[own])
        logits[split], labels[split], twins[split] = raw.astype(np.float32), own, rng.rand(n) < 0.2
        twins[split][0] = False
    manual = tuple(float(weight) for weight in rng.uniform(0.1, 1, m))
    return World(tuple(f"m{i}" for i in range(m)), logits, labels, twins, manual)


def test_every_entry_of_a_registry_is_tested_here() -> None:
    """Every weighting is paired with a mean and a vote, every combiner with three weightings; none is left out."""
    assert {weighting for weighting, _ in PAIRS} == set(WEIGHTINGS)
    assert {combiner for _, combiner in PAIRS} == set(COMBINERS)
    fits = {value for name, value in vars(weightings_module).items() if name.endswith("_weights")}
    assert fits == {entry.fit for entry in WEIGHTINGS.values() if entry.fit is not None}
    for entry in COMBINERS.values():
        assert (entry.pool is None) == (entry.fit is not None)


@pytest.mark.parametrize("entry", [*WEIGHTINGS.values(), *COMBINERS.values()], ids=lambda entry: entry.title)
def test_every_entry_is_explained(entry: weightings_module.Weighting | Combiner) -> None:
    assert entry.title
    assert entry.source
    assert entry.description.endswith(".")
    assert entry.description.count(". ") == 0
    assert entry.formula.count("{") == entry.formula.count("}")
    assert "\n" not in entry.formula


@every_pair
@QUICK
@given(world=worlds())
def test_rows_sum_to_one_and_weights_to_one_a_class(weighting: str, combiner: str, world: World) -> None:
    outcome = world.explorer().recompute(world.setting(weighting, combiner))
    np.testing.assert_allclose(outcome.decision.shares.sum(axis=1), 1)
    assert (outcome.decision.shares >= 0).all()
    assert outcome.decision.labels.shape == world.labels["test"].shape
    np.testing.assert_allclose(outcome.weights.sum(axis=0), 1)
    assert (outcome.weights >= 0).all()
    assert WEIGHTINGS[weighting].joint or (outcome.weights > 0).all()
    assert outcome.weights.shape == (len(world.names), 7)


@every_pair
@QUICK
@given(world=worlds(), member=st.integers(0, 5))
def test_one_member_alone_is_that_member(weighting: str, combiner: str, world: World, member: int) -> None:
    member %= len(world.names)
    if combiner == "stacking":
        return  # it reads that member otherwise than the member itself
    decision = world.explorer().decide(world.setting(weighting, combiner, [member]))
    logs = log_softmax(world.logits["test"][member])
    assert (decision.labels == logs.argmax(axis=1)).all()
    if combiner == "hard_vote":
        np.testing.assert_allclose(decision.shares, np.eye(7)[decision.labels], atol=1e-12)
    elif combiner not in ("borda", "dempster_shafer", "calibrated"):
        np.testing.assert_allclose(decision.shares, np.exp(logs), atol=1e-12)


@every_pair
@QUICK
@given(world=worlds(), data=st.data())
def test_the_order_of_members_changes_nothing(weighting: str, combiner: str, world: World, data: st.DataObject) -> None:
    order = data.draw(st.permutations(range(len(world.names))))
    explorer = world.explorer()
    first = explorer.recompute(world.setting(weighting, combiner))
    second = explorer.recompute(world.setting(weighting, combiner, list(order)))
    assert (first.decision.shares == second.decision.shares).all()
    assert (first.decision.labels == second.decision.labels).all()
    assert (first.weights[list(order)] == second.weights).all()
    if WEIGHTINGS[weighting].joint or COMBINERS[combiner].fit is not None:
        return  # a tie goes to the first in order, and what is learned is exact to a tolerance only
    # And so where the explorer itself was built in another order: up to rounding.
    logits = {split: part[list(order)] for split, part in world.logits.items()}
    other = Explorer([world.names[i] for i in order], logits, world.labels, world.twins)
    third = other.recompute(world.setting(weighting, combiner, list(order)))
    np.testing.assert_allclose(first.decision.shares, third.decision.shares, atol=1e-12)


@every_fixed_pair
@QUICK
@given(world=worlds(), data=st.data())
def test_weight_zero_is_leaving_out(weighting: str, combiner: str, world: World, data: st.DataObject) -> None:
    """For any weights of the scheme, by the combiner itself; for manual ones by the explorer too."""
    assume(len(world.names) > 1)
    out = data.draw(st.integers(0, len(world.names) - 1))
    kept = [i for i in range(len(world.names)) if i != out]
    explorer, logs = world.explorer(), log_softmax(world.logits["test"])
    weights = explorer.weights(world.setting(weighting, combiner))
    weights[out] = 0
    assume((weights.sum(axis=0) > 0).all())
    zero = COMBINERS[combiner].combine(logs, weights)
    left = COMBINERS[combiner].combine(logs[kept], weights[kept])
    np.testing.assert_allclose(zero.shares, left.shares, atol=1e-12)
    assert (zero.labels == left.labels).all()
    if weighting == "manual":
        manual = tuple(0.0 if i == out else weight for i, weight in enumerate(world.manual))
        found = explorer.decide(world.setting(weighting, combiner, manual=manual))
        expected = explorer.decide(world.setting(weighting, combiner, kept))
        np.testing.assert_allclose(found.shares, expected.shares, atol=1e-12)


@every_pair
@QUICK
@given(world=worlds(), constant=st.sampled_from([-64.0, 0.5, 1024.0]), member=st.integers(0, 5))
def test_a_constant_added_to_logits_changes_nothing(
    weighting: str, combiner: str, world: World, constant: float, member: int
) -> None:
    logits = {split: part.astype(np.float64).astype(np.float32) for split, part in world.logits.items()}
    # Rounded to a grid that float32 holds with the constant too: the sum is exact, so only the method is tested.
    logits = {split: np.round(part * 64) / 64 for split, part in logits.items()}
    shifted = {split: part.copy() for split, part in logits.items()}
    for part in shifted.values():
        part[member % len(part)] += np.float32(constant)
    setting = world.setting(weighting, combiner)
    first, second = (world.explorer(**given_).recompute(setting) for given_ in (logits, shifted))
    np.testing.assert_allclose(first.decision.shares, second.decision.shares, atol=1e-9)
    assert (first.decision.labels == second.decision.labels).all()
    assert first.best_member == second.best_member


@every_fixed_pair
@QUICK
@given(world=worlds())
def test_the_scale_of_weights_changes_nothing(weighting: str, combiner: str, world: World) -> None:
    logs, weights = log_softmax(world.logits["test"]), world.explorer().weights(world.setting(weighting, combiner))
    first = COMBINERS[combiner].combine(logs, weights)
    for scale in (0.5, 1e6):
        np.testing.assert_allclose(first.shares, COMBINERS[combiner].combine(logs, weights * scale).shares, atol=1e-12)


@every_pair
@QUICK
@given(world=worlds(), split=st.sampled_from(["valid", "test"]), twins=st.booleans())
def test_an_outcome_agrees_with_itself(weighting: str, combiner: str, world: World, split: str, twins: bool) -> None:
    explorer = world.explorer()
    outcome = explorer.recompute(world.setting(weighting, combiner, split=split, twins=twins))
    n = len(world.labels[split]) - (0 if twins else int(world.twins[split].sum()))
    assert outcome.n == n == outcome.confusion.sum() == len(outcome.decision.labels)
    assert outcome.correct == np.trace(outcome.confusion) == outcome.right.sum()
    assert outcome.accuracy == outcome.correct / n
    assert outcome.interval[0] <= outcome.accuracy <= outcome.interval[1]
    difference = outcome.mcnemar.only_first - outcome.mcnemar.only_second
    assert outcome.gain == pytest.approx(difference / n)
    assert outcome.best_accuracy == outcome.member_accuracy[outcome.best_member]
    alone = explorer.recompute(Setting((outcome.best_member,), split=split, twins=twins))
    assert alone.accuracy == outcome.best_accuracy
    assert alone.gain == 0
    assert alone.mcnemar.p == 1
    np.testing.assert_allclose(outcome.recalls - alone.recalls, outcome.recall_gain)
