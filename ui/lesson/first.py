"""The first steps of the lesson: one network, copies of it, all together, and what they would do unrelated."""

from fer_core.ensemble import Setting
from fer_core.ensemble.analysis.diversity import independent as made_independent
from fer_core.ensemble.analysis.lessons import of_copies, shared_errors
from fer_core.format import percent, points
from fer_core.metrics import wilson
from fer_core.reports.markdown import significant
from fer_core.reports.markdown.headline import reason
from ui.data.artifacts import Loaded
from ui.kit.theme import SYMBOLS
from ui.kit.wording import glyph
from ui.lesson.step import Asked, Mark, Told, beside, everyone, only_one, weakest

PEOPLE = (60.0, 70.0)
"""Percent right of people on FER-2013: 65 +- 5 (Goodfellow et al. 2013)."""
FEWEST, OTHERS = 100, (1000, 10_000)
"""Numbers of faces whose intervals are shown beside that of the test set, the first before its answer."""


def _accuracy(loaded: Loaded, name: str) -> float:
    return loaded.explorer.member_accuracy("test")[name]


def ask_alone(loaded: Loaded) -> Asked:
    """Ask how often the weakest member is right."""
    name, faces = weakest(loaded), len(loaded.explorer.part("test").labels)
    who = f"{name} is the only network here"
    if len(loaded.members) > 1:
        who = f"Of {everyone(loaded)}, none is weaker than {name} on the validation images"
    return Asked(
        f"{who}; it tells {len(loaded.explorer.classes)} emotions apart. "
        f"How many percent of the {faces:,} test faces does it name as their label does?",
        (Mark(f"chance, one in {len(loaded.explorer.classes)}", (100 / len(loaded.explorer.classes),)),),
    )


def tell_alone(loaded: Loaded) -> Told:
    """Tell it beside chance, the commonest emotion, and people."""
    name, classes, test = weakest(loaded), loaded.explorer.classes, loaded.explorer.part("test")
    truth, valid = 100 * _accuracy(loaded, name), loaded.explorer.part("valid").labels
    commonest = max(range(len(classes)), key=(valid.tolist()).count)
    always = 100 * float((test.labels == commonest).mean())
    low, high = PEOPLE
    where = "as often as people" if low <= truth <= high else f"{'more' if truth > high else 'less'} often than people"
    return Told(
        truth,
        f"{name} is right on {truth:.1f}%",
        f"That is {beside((truth - always) / 100, f'always saying {classes[commonest]}')}, and {where} "
        "(65 ± 5%, Goodfellow et al. 2013): the labels themselves are in doubt.",
        (
            Mark(f"always {classes[commonest]}", (always,)),
            Mark("people, 65 ± 5", (sum(PEOPLE) / 2,), PEOPLE, show=False),
        ),
    )


def ask_sure(loaded: Loaded) -> Asked:
    """Ask for the width of the interval of the same number."""
    name, faces = weakest(loaded), len(loaded.explorer.part("test").labels)
    return Asked(
        f"{name} is right on {percent(_accuracy(loaded, name))}% of {faces:,} faces, but {faces:,} others would have "
        "given another number. How many points wide is the 95% interval around it?",
        (Mark(f"with {FEWEST} faces", (_width(_accuracy(loaded, name), FEWEST),)),),
    )


def tell_sure(loaded: Loaded) -> Told:
    """Tell it beside the intervals of the same share of fewer faces and of more."""
    name, faces = weakest(loaded), len(loaded.explorer.part("test").labels)
    right = round(_accuracy(loaded, name) * faces)
    low, high = wilson(right, faces)
    return Told(
        100 * (high - low),
        f"The interval runs from {percent(low)} to {percent(high)}%",
        f"Four times as many faces would narrow it to {_width(right / faces, 4 * faces):.1f} points: networks that are "
        "closer than that are told apart only by comparing them face by face.",
        tuple(Mark(f"with {number:,} faces", (_width(right / faces, number),)) for number in OTHERS),
    )


def _width(share: float, faces: int) -> float:
    """Return how many points wide the interval of a share of so many faces is."""
    low, high = wilson(round(share * faces), faces)
    return 100 * (high - low)


def _copies(loaded: Loaded) -> int:
    return max(len(loaded.members), 3)


def ask_copies(loaded: Loaded) -> Asked:
    """Ask what copies of one member gain."""
    return Asked(
        f"Take {_copies(loaded)} exact copies of {weakest(loaded)}: equally good, and wrong on the same faces. "
        "How many points more than one of them does the average of all reach?",
        (Mark("one copy alone", (0.0,)),),
    )


def tell_copies(loaded: Loaded) -> Told:
    """Tell that they gain nothing."""
    name, count = weakest(loaded), _copies(loaded)
    truth = 100 * (of_copies(loaded.explorer, name, count) - _accuracy(loaded, name))
    lesson = "The average of one opinion is that opinion: being many helps nothing as long as all make the same errors."
    if truth:
        lesson = "Copies can only tip a face on which two emotions tie: being many with the same errors helps nothing."
    return Told(truth, f"{count} copies gain {points(truth / 100)} points", lesson)


def _ensemble(loaded: Loaded) -> Setting:
    return Setting(loaded.members)


def ask_together(loaded: Loaded) -> Asked:
    """Ask how all members together stand to the best of them."""
    if nothing := only_one(loaded):
        return nothing
    best, accuracy = loaded.explorer.best_member, loaded.explorer.member_accuracy("test")
    behind = tuple(100 * (value - accuracy[best]) for value in accuracy.values())
    return Asked(
        f"{best} is best on the validation images and right on {percent(accuracy[best])}% of the test faces. How many "
        f"points above or below it is the average of {everyone(loaded)}, each counting the same?",
        (
            Mark("each alone", behind, symbols=tuple(SYMBOLS[glyph(loaded, name)] for name in accuracy)),
            Mark("their mean, one by one", (sum(behind) / len(behind),)),
        ),
    )


def tell_together(loaded: Loaded) -> Told:
    """Tell it, and what they gain on their mean."""
    outcome = loaded.explorer.recompute(_ensemble(loaded))
    mean = sum(outcome.member_accuracy.values()) / len(loaded.members)
    end = "and beats even the best."
    if outcome.gain <= 0:
        end = "but does not beat the best one."
    elif not significant(outcome.gain, outcome.mcnemar.p):
        end = "and is above even the best, though by no more than chance may give."
    why = reason(outcome.gain, outcome.best_member, outcome.member_accuracy, valid="the validation images")
    return Told(
        100 * outcome.gain,
        f"Together they are right on {percent(outcome.accuracy)}%",
        f"The average stands {beside(outcome.accuracy - mean, 'the mean of its members')}, {end} {why}",
    )


def ask_independent(loaded: Loaded) -> Asked:
    """Ask what members would reach if each erred on faces of its own."""
    if nothing := only_one(loaded):
        return nothing
    outcome = loaded.explorer.recompute(_ensemble(loaded))
    return Asked(
        f"Together they are right on {percent(outcome.accuracy)}%. How many percent would {everyone(loaded)} reach, "
        "if each made as many errors as now, but unrelated to the others?",
        (
            Mark(f"{outcome.best_member} alone", (100 * outcome.best_accuracy,)),
            Mark("together, as they are", (100 * outcome.accuracy,)),
        ),
    )


def tell_independent(loaded: Loaded) -> Told:
    """Tell it, and on how many faces all of them err."""
    truth, errors = (
        made_independent(loaded.explorer, _ensemble(loaded)).mean,
        shared_errors(loaded.explorer, loaded.members),
    )
    chance = f"{errors.by_chance:,.0f}" if errors.by_chance >= 0.5 else "not one"
    return Told(
        100 * truth,
        f"Unrelated, they would be right on {percent(truth)}%",
        f"In truth {everyone(loaded)} err together on {errors.images:,} faces, where by chance it would be {chance}: "
        "what limits an ensemble is what its members have in common.",
    )
