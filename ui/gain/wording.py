"""What the page Gain says in words, titles included."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fer_core.ensemble import COMBINERS, WEIGHTINGS
from fer_core.ensemble.subsets.all_subsets import AllSubsets, BySize, SplitAgreement
from fer_core.ensemble.subsets.every import not_for_every_subset
from fer_core.ensemble.subsets.selection import Step
from fer_core.format import percent, points
from fer_core.metrics import wilson
from fer_core.terminology import FER, Words
from ui.data.artifacts import Loaded
from ui.gain.data import Gain
from ui.session.choice import Choice

COSTS = {"macs": "multiply-adds", "parameters": "parameters", "latency": "milliseconds"}
CLOSE = 0.005
"""Half a point: how much worse than the best a cheaper subset may be."""
EDGE = 1e-9
"""Differences of shares below this are rounding."""
LATENCY = (
    "Multiply-adds are those of one view. How many milliseconds a face costs depends on the machine, which is timed "
    "when you ask."
)
COST = (
    "A subset costs what its members cost together. The line joins the subsets that nothing as cheap beats (the Pareto "
    "front). To its right, the extra cost buys nothing."
)
COST_ALONE = "An ensemble costs what its members cost together. Here is each member alone, and your choice (large)."
CLICK = (
    "Line: the mean of each size. Dotted: the best and the worst. Large: your choice{a}. Click a dot to use its "
    "members, here and in the figure of costs."
)
CLICK_HERE = (
    "Line: the mean of each size. Dotted: the best and the worst. Large: your choice{a}. Click a dot to use its "
    "members."
)
NO_COST = "The cost of these members is not known: only their predictions were uploaded."


def under(text: str) -> str:
    """Return the second line of a title."""
    return f"<br><span style='font-weight:400'>{text}</span>"


def amount(value: float) -> str:
    """Return a positive number with about two digits, and never as a power of ten."""
    if value >= 10:
        return f"{value:,.0f}"
    return f"{value:.2g}" if value < 1 else f"{value:.1f}".removesuffix(".0")


def priced(value: float, cost: str) -> str:
    """Return a cost in milliseconds or millions."""
    return f"{amount(value)} ms" if cost == "latency" else f"{amount(value / 1e6)} M"


def counted(number: int, word: str = "member") -> str:
    """Return a number with its word."""
    return f"{number} {word}{'s' if number != 1 else ''}"


def beside(gain: Gain) -> str:
    """Say in a few words what the big number is measured against."""
    if len(gain.members) == 1:
        return f"points: {gain.best} alone has no other member to gain from"
    best = gain.outcome.accuracy - gain.outcome.member_accuracy[gain.best]
    side = points(best, 2)
    return f"points over the mean of its {counted(len(gain.members))}, {side} over {gain.best}, the best of them"


def size_title(sizes: BySize) -> str:
    """Say what one member more does to the mean subset."""
    mean, most = sizes.mean, int(sizes.sizes[-1])
    if len(mean) == 1:
        return f"One size alone: {percent(mean[0])}%" + under("nothing to compare it with")
    steps, top = np.diff(mean), int(mean.argmax())
    first, last = f"{percent(mean[0])}% with {sizes.sizes[0]}", f"{percent(mean[-1])}% with all {most}"
    range_ = f"mean subset: {first}, {last}"
    if np.abs(steps).max() < EDGE:
        return "Members that agree add nothing" + under(range_)
    if (steps > 0).all():
        less = len(steps) > 1 and (np.diff(steps) < EDGE).all()
        return ("Each further member helps less" if less else "Each further member helps") + under(range_)
    if (steps <= EDGE).all():
        return "More members make the mean subset worse" + under(range_)
    if top < len(mean) - 1:
        peak = f"{percent(mean[top])}% with {sizes.sizes[top]}"
        return f"The mean subset is best with {counted(int(sizes.sizes[top]))}" + under(f"{first}, {peak}, {last}")
    return "More members help, but not at every step" + under(range_)


def cost_title(subsets: AllSubsets, costs: NDArray[np.float64], on: Sequence[int], cost: str) -> str:
    """Say what the last bit of accuracy costs.

    on : positions of the Pareto front, the cheapest first
    """
    best = on[-1]
    near = next(at for at in on if subsets.accuracy[at] >= subsets.accuracy[best] - CLOSE - EDGE)
    said = {at: f"{percent(subsets.accuracy[at])}% for {priced(costs[at], cost)}" for at in (near, best)}
    what = "" if cost == "latency" else f" {COSTS[cost]}"
    if len(on) == 1:
        return "Nothing beats the cheapest" + under(f"{said[best]}{what}")
    if near == best:
        return "Nothing cheaper comes within half a point of the best" + under(f"{said[best]}{what}")
    times, gap = amount(costs[best] / costs[near]), percent(subsets.accuracy[best] - subsets.accuracy[near], 2)
    return f"The last {gap} points cost {times} times as much" + under(f"{said[near]}{what}, {said[best]}")


def agreement_title(found: SplitAgreement, subsets: int, words: Words = FER) -> str:
    """Say how much of a lead on PublicTest is left on PrivateTest."""
    if found.slope is None or found.correlation is None:
        return "All subsets tie, so there is no lead" + under(f"on {words.valid} or on {words.test}")
    upper = "" if found.upper is None else f", {number(found.upper)} in the best tenth"
    title = f"{percent(found.slope, 0)}% of a lead on {words.valid} carries over"
    if found.slope > 1:
        title = f"A lead on {words.valid} grows to {percent(found.slope, 0)}%"
    elif found.slope < 0:
        title = f"A lead on {words.valid} reverses"
    return title + under(f"correlation {number(found.correlation)} over {counted(subsets, 'subset')}{upper}")


def path_title(steps: Sequence[Step], best: int, forward: bool, names: tuple[str, str], split: str = FER.valid) -> str:
    """Say which step PublicTest likes best, and what it is worth on PrivateTest.

    best : the number of that step, from 1; names : both splits, in their colours; split : the one that chooses
    """
    first, there = steps[0], steps[best - 1]
    title = f"On {split} step {best} is best: {points(there.valid - first.valid, 2)} points"
    if best == 1:
        title = f"On {split} no step beats the first" if forward else f"On {split} all together are best"
    elif not forward:
        title = f"On {split} {len(there.members)} of {counted(len(first.members))} are best"
    valid, test = (f"{percent(a)} to {percent(b)}%" for a, b in ((first.valid, there.valid), (first.test, there.test)))
    if best == 1:
        valid, test = f"{percent(there.valid)}%", f"{percent(there.test)}%"
    return title + under(f"{names[0]} {valid}, {names[1]} {test}")


def number(value: float) -> str:
    """Return a correlation with a true minus."""
    return f"{value:.2f}".replace("-", "−")


def not_scored(gain: Gain) -> str:
    """Say why not all subsets are shown."""
    choice = gain.choice
    if gain.several > gain.most:
        return f"All subsets are shown for at most {counted(gain.most)}. {gain.several} are on, so switch some off."
    every = 2**gain.several - 1
    if why := not_for_every_subset(choice.weighting, choice.combiner):
        return (
            f"{why}, so each of the {counted(every, 'subset')} would have to be fitted again. They are not shown here."
        )
    return "Not all subsets can be scored at once here."


def no_path(gain: Gain) -> str:
    """Say why there is no path of the kind that is asked for."""
    if gain.choice.gain.path == "backward":
        return not_scored(gain)
    combiner = COMBINERS[gain.choice.combiner]
    if not combiner.weighs:
        return f"{combiner.title} ignores weights, so how often a member is added makes no difference."
    return f"{combiner.title} is fitted again for each choice of members, so there is no path here."


def hindsight(loaded: Loaded, choice: Choice) -> str:
    """Say that what is best on the shown images was not known before."""
    if choice.split == "test":
        return (
            "The best subsets here are chosen on the test set. They show what chance can look like, and prove nothing."
        )
    if loaded.alone:
        return f"{loaded.words.valid} chose the fitted weights, so its figures are optimistic."
    epochs = "the epochs of all members but yours" if loaded.extras else "the epochs"
    return f"PublicTest chose {epochs} and the weights, so its figures are optimistic."


def optimist(loaded: Loaded, gain: Gain, valid: AllSubsets, test: AllSubsets, found: SplitAgreement) -> str:
    """Say how much the subset that is best on PublicTest falls behind on PrivateTest."""
    words = loaded.words
    chosen, best = (" + ".join(valid.names(at)) for at in (found.chosen, found.best))
    ahead, left = (float(subsets.accuracy[found.chosen] - subsets.accuracy.mean()) for subsets in (valid, test))
    gap = float(test.accuracy[found.best] - test.accuracy[found.chosen])
    lines = [
        f"**Chosen on {words.valid}:** {chosen}. It reaches {percent(valid.accuracy[found.chosen])}% there and "
        f"**{percent(test.accuracy[found.chosen])}%** on {words.test}. Its lead over the mean subset goes from "
        f"{points(ahead, 2)} to {points(left, 2)} points.",
        f"**Chosen on the test set:** {best}, {percent(test.accuracy[found.best])}% on {words.test}.",
    ]
    if found.best == found.chosen:
        lines[1] = "**Chosen on the test set:** the same."
    lines.append(
        f"**Selection bias** is {percent(gap, 2)} points. A report that picks its ensemble on the {words.items} that "
        f"score it overstates accuracy by this much."
    )
    if WEIGHTINGS[gain.choice.weighting].fitted:
        lines.append(f"The weights are fitted on {words.valid}, so accuracies there are slightly optimistic.")
    if not gain.choice.twins and not loaded.alone:
        lines.append("Both splits are scored without images that have a twin in Training.")
    return "\n\n".join(lines)


def step_words(step: Step, *, forward: bool) -> str:
    """Say who is in the ensemble of a step, and how often."""
    counts = zip(step.members, step.counts, strict=True)
    return " + ".join(name if count == 1 or not forward else f"{count} × {name}" for name, count in counts)


def narrow(steps: Sequence[Step], images: int, words: Words = FER) -> str:
    """Say how far apart the steps are, beside how sure one accuracy is."""
    values = [step.test for step in steps]
    low, high = wilson(round(max(values) * images), images)
    spread, sure = max(values) - min(values), (high - low) / 2
    than = "less" if spread < sure else "more"
    return (
        f"On {words.test} the steps lie within {percent(spread, 2)} points of each other, {than} than the ±"
        f"{percent(sure)} points of one accuracy's 95% interval."
    )


def idle(loaded: Loaded, gain: Gain, subsets: AllSubsets) -> str:
    """Say whose subsets are not among those that are shown, a sentence and a space, or nothing."""
    if len(loaded.members) > gain.most:
        return f"Only those of {counted(len(loaded.members))} that are on and have weight are here. "
    without = [name for name in loaded.members if name not in subsets.members]
    return f"Left out, for their weight is zero: {', '.join(without)}. " if without else ""


def unpriced(loaded: Loaded) -> str:
    """Say who is not among what is shown by its cost, nothing where all are."""
    known = len(loaded.cards) == len(loaded.members)
    return "" if known else " The cost of your own members is not known, so no subset with one of them is shown here."


def clicks(loaded: Loaded, gain: Gain) -> str:
    """Say what the marks in a figure are, and what a click does."""
    return (CLICK if loaded.cards else CLICK_HERE).format(a="" if gain.a is None else "; A: what is pinned")


def of_a(gain: Gain) -> str:
    """Say what A gains over its own members, nothing where there is no A beside the choice."""
    if gain.a is None:
        return ""
    if len(gain.a.members) == 1:
        return f"A is {gain.a.members[0]} alone, {percent(gain.a.accuracy)}%, and has no other member to gain from."
    return (
        f"A ({percent(gain.a.accuracy)}%): {points(gain.a.accuracy - gain.a.mean)} points over the mean of its "
        f"{counted(len(gain.a.members))} ({percent(gain.a.mean)}%)."
    )
