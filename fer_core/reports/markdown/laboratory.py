"""What the laboratory's pages show of the present members, as the lines of docs/laboratory.md."""

from dataclasses import replace

import numpy as np

from fer_core.artifacts import Artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Explorer, Outcome, Setting, choose
from fer_core.ensemble.analysis.confidence import confidence_of
from fer_core.ensemble.analysis.decomposition import decompose
from fer_core.ensemble.analysis.diversity import disagreement, independent, pairs
from fer_core.ensemble.subsets.all_subsets import all_subsets, split_agreement
from fer_core.ensemble.subsets.contributions import by_place, leave_one_out, shapley
from fer_core.ensemble.subsets.every import every_subset
from fer_core.format import percent, points
from fer_core.metrics.crowd import Crowd, cross_entropy
from fer_core.metrics.scores import binned_gap
from fer_core.metrics.selective import risk_coverage
from fer_core.reports.markdown.headline import counted, reason
from fer_core.reports.summary import explorer_of

SURE = 0.7
"""The confidence from which on the example answers."""


def lessons(artifacts: Artifacts) -> str:
    """Return one line for each lesson: all members on PrivateTest at equal weight, mean probability."""
    explorer = explorer_of(artifacts)
    setting = Setting(explorer.members)
    whole = explorer.recompute(setting)
    if len(explorer.members) == 1:
        return f"- One member alone, `{whole.best_member}`, is right on {percent(whole.accuracy)}%."
    lines = [
        _more(whole),
        *_subsets(explorer, setting),
        _cost(artifacts, explorer, whole),
        *_contributions(explorer, setting),
        _together(explorer, whole),
        _differing(explorer, setting),
        _confidence(explorer, setting),
        *_labels(artifacts, explorer, setting),
    ]
    return "\n".join(f"- {line}" for line in lines)


def _more(whole: Outcome) -> str:
    own, best = whole.member_accuracy, whole.best_member
    mean = sum(own.values()) / len(own)
    return (
        f"**Compared with the mean member and with the best.** All {counted(len(own))} are right on "
        f"{percent(whole.accuracy)}%: {points(whole.accuracy - mean)} points over their mean member, "
        f"{points(whole.gain, 2)} over `{best}` alone. {reason(whole.gain, f'`{best}`', _quoted(own))}"
    )


def _quoted(own: dict[str, float]) -> dict[str, float]:
    return {f"`{name}`": value for name, value in own.items()}


def _subsets(explorer: Explorer, setting: Setting) -> list[str]:
    valid, test = all_subsets(explorer, replace(setting, split="valid")), all_subsets(explorer, setting)
    sizes, found = test.by_size(), split_agreement(valid, test)
    means = ", ".join(percent(value) for value in sizes.mean.tolist())
    agree = "" if found.correlation is None else f" Over all {len(test.numbers)} subsets r = {found.correlation:.2f}"
    agree += "" if found.upper is None else f", among the best tenth on PublicTest r = {found.upper:.2f}"
    gap = test.accuracy[found.best] - test.accuracy[found.chosen]
    return [
        f"**Subsets by size.** The mean subset of one member, two and so on to all: {means}%.",
        f"**Selection bias.** The subset that is best on PublicTest reaches {percent(test.accuracy[found.chosen])}% on "
        f"PrivateTest, the one that is best there {percent(test.accuracy[found.best])}%: choosing there overstates by "
        f"{points(float(gap), 2).lstrip('+')} points.{agree}{'.' if agree else ''}",
    ]


def _cost(artifacts: Artifacts, explorer: Explorer, whole: Outcome) -> str:
    def cost(members: tuple[str, ...]) -> str:
        return f"{sum(artifacts.cards[name].macs for name in members) / 1e6:,.0f} million multiply-adds"

    chosen = explorer.recompute(replace(choose(explorer).setting, split="test"))
    members, best = chosen.setting.members, whole.best_member
    if members == (best,):
        return f"**Cost.** `{best}` alone is what PublicTest chooses: {cost((best,))} for one view."
    return (
        f"**Cost.** `{best}` alone: {percent(whole.best_accuracy)}% for {cost((best,))} for one view. The ensemble "
        f"chosen on PublicTest ({', '.join(members)}): {percent(chosen.accuracy)}% for {cost(members)}."
    )


def _contributions(explorer: Explorer, setting: Setting) -> list[str]:
    values = every_subset(explorer, setting).accuracy.copy()
    values[0] = 1 / len(EMOTIONS)
    shares, steps = shapley(values), by_place(values).mean(axis=0)
    low, high = int(shares.argmin()), int(shares.argmax())
    spare = [name for name, lost in zip(explorer.members, leave_one_out(values), strict=True) if lost <= 0]
    missed = f"{counted(len(spare)).capitalize()} of {counted(len(shares))} could each leave alone without a loss."
    return [
        f"**Contributions.** Shapley values lie between {percent(shares[low])} points (`{explorer.members[low]}`) and "
        f"{percent(shares[high])} (`{explorer.members[high]}`) and add up to {percent(float(shares.sum()))}, the lead "
        f"of the whole over a guess. The second member to join adds {points(float(steps[1]))} points on average, the "
        f"last {points(float(steps[-1]), 2)}. {missed}"
    ]


def _together(explorer: Explorer, whole: Outcome) -> str:
    right = explorer.part("test").right
    apart = [value for _, _, value in pairs(disagreement(right))]
    return (
        f"**Members make errors together.** They disagree on {percent(min(apart), 0)} to {percent(max(apart), 0)}% of "
        "the images. With unrelated errors and the same confusion matrices they would reach "
        f"{percent(independent(explorer, whole.setting).mean)}% (simulated); at least one is right on "
        f"{percent(float(right.any(axis=0).mean()))}%."
    )


def _differing(explorer: Explorer, setting: Setting) -> str:
    brier = decompose(explorer, setting)
    loss = decompose(explorer, replace(setting, combiner="mean_log_probability"))
    assert brier is not None
    assert loss is not None
    return (
        f"**Diversity lowers the loss.** It takes {brier.diversity:.3f} off a mean Brier score of "
        f"{brier.mean_member:.3f}; under mean log-probability {loss.diversity:.3f} nats off {loss.mean_member:.3f}."
    )


def _confidence(explorer: Explorer, setting: Setting) -> str:
    found = confidence_of(explorer, setting)
    right, before = found.right, found.before
    sure, accuracy = float(before.mean()), float(right.mean())
    state = "underconfident" if sure < accuracy else "overconfident"
    text = (
        f"**Averaging and confidence.** The ensemble is {percent(sure, 0)}% sure and right on {percent(accuracy, 0)}%, "
        f"so it is {state}."
    )
    if found.after is None:
        return text
    answered = risk_coverage(found.after, right).at(SURE)
    said = found.after >= SURE
    shares = [float(said[found.labels == c].mean()) if (found.labels == c).any() else 0.0 for c in range(len(EMOTIONS))]
    most, least = int(np.argmax(shares)), int(np.argmin(shares))
    return (
        f"{text} With its temperature, {found.temperature:.2f}, its calibration error goes from "
        f"{percent(binned_gap(before, right))} to {percent(binned_gap(found.after, right))} points. Abstaining below "
        f"{percent(SURE, 0)}% confidence, it is right on {percent(answered.value, 0)}% of the "
        f"{percent(answered.images / len(right), 0)}% that it answers: {percent(shares[most], 0)}% of the "
        f"{EMOTIONS[most]} faces and {percent(shares[least], 0)}% of the {EMOTIONS[least]} ones."
    )


def _labels(artifacts: Artifacts, explorer: Explorer, setting: Setting) -> list[str]:
    if not artifacts.has("ferplus.npz"):
        return []
    # Imported here, as in the report: pages need nothing of the data set.
    from fer_core.dataset.ferplus import class_votes, plurality

    votes, labels = artifacts.ferplus("test"), explorer.part("test").labels
    crowd = Crowd.of(votes, plurality(votes))
    decided = {f"`{name}`": explorer.decide(Setting((name,))) for name in explorer.members}
    decided["the ensemble"] = explorer.decide(setting)
    known, counted_votes = crowd.plurality >= 0, class_votes(votes)
    some = counted_votes.any(axis=1)
    if not known.any() or not some.any():
        return []
    by_label = max(decided, key=lambda name: float((decided[name].labels == labels).mean()))
    by_crowd = max(decided, key=lambda name: float((decided[name].labels == crowd.plurality)[known].mean()))
    losses = {name: cross_entropy(told.shares[some], counted_votes[some]).value for name, told in decided.items()}
    by_votes = min(losses, key=lambda name: losses[name])
    return [
        f"**Whose label counts.** By FER-2013's labels {by_label} leads, by the crowd's plurality {by_crowd}, by the "
        f"cross-entropy to the crowd's vote distribution {by_votes}."
    ]
