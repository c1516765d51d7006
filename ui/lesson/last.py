"""The last steps of the lesson: faces rescued and broken, weights, choosing, test leakage, and proof."""

from dataclasses import replace

from fer_core.ensemble import WEIGHTINGS, Explorer, Setting, scheme_name
from fer_core.ensemble.analysis.lessons import leakage
from fer_core.ensemble.subsets.all_subsets import AllSubsets, all_subsets, scorable, split_agreement
from fer_core.format import p_value, percent, points
from fer_core.metrics import Mcnemar
from ui.data.artifacts import Loaded
from ui.lesson.choice import SCALES
from ui.lesson.step import Asked, Mark, Told, everyone, only_one

BY_EMOTION, LEAKING = "categorical", "caruana"
"""The weighting by emotion, and the one that is fitted to accuracy itself, so that leakage shows most."""
SHOWN = 600
"""Most subsets that are drawn."""
USUAL = 5.0
"""The chance in percent below which a difference is usually called statistically significant."""


def _against_best(loaded: Loaded) -> Mcnemar:
    return loaded.explorer.recompute(Setting(loaded.members)).mcnemar


def ask_rescued(loaded: Loaded) -> Asked:
    """Ask which share of the faces that change is rescued."""
    if nothing := only_one(loaded):
        return nothing
    best, test = loaded.explorer.best_member, _against_best(loaded)
    if not test.only_first + test.only_second:
        return Asked(why_not=f"The ensemble is right on the same faces as {best}: it rescues none and breaks none.")
    return Asked(
        f"Where {best} errs and the average of {everyone(loaded)} is right, a face is rescued. In the reverse case it "
        f"is broken. Of 100 faces that change, how many are rescued?"
    )


def tell_rescued(loaded: Loaded) -> Told:
    """Tell it, and what it comes to."""
    test, faces = _against_best(loaded), len(loaded.explorer.part("test").labels)
    rescued, broken = test.only_first, test.only_second
    net = (rescued - broken) / faces
    return Told(
        100 * rescued / (rescued + broken),
        f"{rescued:,} faces are rescued, {broken:,} broken",
        f"The {rescued + broken:,} faces that change come to {points(net)} points: an ensemble never only helps. It "
        f"gains where it rescues more than it breaks.",
    )


def ask_weights(loaded: Loaded) -> Asked:
    """Ask what weights by emotion add to equal ones."""
    if nothing := only_one(loaded):
        return nothing
    return Asked(
        "Now each network counts, emotion by emotion, by its confidence on validation images that show that emotion. "
        "How many points does that gain over equal weights?",
        (Mark("equal weights", (0.0,)),),
    )


def tell_weights(loaded: Loaded) -> Told:
    """Tell it beside all other weights that are fitted."""
    gains = {
        name: 100 * (_reached(loaded.explorer, name) - _reached(loaded.explorer, "equal"))
        for name, weighting in WEIGHTINGS.items()
        if weighting.fit is not None and name != "equal"
    }
    low, high = (points(end / 100) for end in (min(gains.values()), max(gains.values())))
    return Told(
        gains[BY_EMOTION],
        f"Weights by emotion gain {points(gains[BY_EMOTION] / 100)} points",
        f"Weights fitted in {len(gains)} ways, all on validation images, come to between {low} and {high} points: "
        "which of them to use is for validation to say, not for this picture.",
        tuple(Mark(WEIGHTINGS[name].title, (gain,)) for name, gain in gains.items() if name != BY_EMOTION),
    )


def _reached(explorer: Explorer, weighting: str) -> float:
    return explorer.recompute(Setting(explorer.members, weighting)).accuracy


def _subsets(loaded: Loaded) -> tuple[AllSubsets, AllSubsets]:
    setting = Setting(loaded.members)
    return all_subsets(loaded.explorer, replace(setting, split="valid")), all_subsets(loaded.explorer, setting)


def ask_subset(loaded: Loaded) -> Asked:
    """Ask how far the best subset of validation is behind that of the test."""
    if nothing := only_one(loaded):
        return nothing
    if not scorable(Setting(loaded.members)):
        return Asked(
            why_not=f"The ensembles that {len(loaded.members)} networks can form are too many to try them all."
        )
    number = 2 ** len(loaded.members) - 1
    return Asked(
        f"{len(loaded.members)} networks can form {number:,} ensembles; one of them is best on the validation images. "
        "How many points is it behind the one that turns out best on the test faces?",
        (Mark("the best of the test faces", (0.0,)),),
    )


def tell_subset(loaded: Loaded) -> Told:
    """Tell it, and which place it has."""
    valid, test = _subsets(loaded)
    found = split_agreement(valid, test)
    behind = 100 * (test.accuracy.max() - test.accuracy)
    truth, total = float(behind[found.chosen]), len(test.numbers)
    said = f"Validation's best is number {test.rank(found.chosen)} of {total:,}"
    lesson = "that much choosing on the test set would claim, and nobody can promise it of new faces."
    if not truth:
        lesson = "here both choices tie, which choosing on validation images cannot promise."
    best = percent(test.accuracy.max())
    return Told(
        truth,
        said,
        f"{', '.join(valid.names(found.chosen))} reaches {percent(test.accuracy[found.chosen])}%, the best of all "
        f"{best}%: {lesson}",
        (_near(behind[test.some(SHOWN)].tolist(), total),),
        flag="The best of the test faces was chosen on the test set: a figure to learn from, not to report.",
    )


def _near(behind: list[float], total: int) -> Mark:
    """Return the ensembles that are near the best one of the test: those that the picture has room for."""
    high = SCALES["subset"].high
    near = tuple(value for value in behind if value <= high)
    return Mark(f"of {total:,} ensembles, those within {high:g} points", near, show=False)


def ask_cheat(loaded: Loaded) -> Asked:
    """Ask what weights seem to gain that are fitted on the test."""
    if nothing := only_one(loaded):
        return nothing
    return Asked(
        "Greedy selection gives a network weight as long as accuracy rises. How many points more do its weights seem "
        "to reach when they are fitted on the test faces themselves, not on the validation images?",
        (Mark("fitted on validation images", (0.0,)),),
    )


def tell_cheat(loaded: Loaded) -> Told:
    """Tell it beside what such weights reach on faces that they have not seen."""
    found = leakage(loaded.explorer, loaded.members, LEAKING)
    seeming, unseen = found.leaked - found.honest, found.unseen - found.honest
    end = "what is lost between is overfitting to those faces."
    if unseen >= seeming:
        end = "here nothing is lost between, which nobody can know before."
    return Told(
        100 * seeming,
        f"Seemingly {percent(found.leaked)}%, honestly {percent(found.honest)}%",
        f"Fitted on one half of the test faces and scored on the other they come to {points(unseen)} points, "
        f"not {points(seeming)}: {end}",
        (Mark("fitted on one half, scored on the other", (100 * unseen,)),),
        flag="These weights were chosen on the test set: a figure to learn from, not to report.",
    )


def ask_proven(loaded: Loaded) -> Asked:
    """Ask how likely chance alone would give the difference of the chosen ensemble."""
    if nothing := only_one(loaded):
        return nothing
    outcome, setting = loaded.outcome, loaded.chosen.setting
    best = outcome.best_member
    if setting.members == (best,):
        return Asked(why_not=f"On the validation images no ensemble beats {best} alone, so there is no gain to test.")
    return Asked(
        f"Chosen on validation images: {', '.join(setting.members)} ({scheme_name(setting.weighting, setting.combiner)}"
        f"), right on {percent(outcome.accuracy)}% against {percent(outcome.best_accuracy)}% of {best}. Were both "
        "equally good, in how many of 100 such tests would chance alone set them at least that far apart?",
        (Mark("usual limit", (USUAL,)),),
    )


def tell_proven(loaded: Loaded) -> Told:
    """Tell it, and what to take home."""
    test, gain = loaded.outcome.mcnemar, loaded.outcome.gain
    truth = 100 * test.p
    significant = truth < USUAL
    verdict = f"is right {'less' if gain < 0 else 'more'} often than its best member, and that difference is"
    if not gain:
        verdict = "is right as often as its best member, so the difference is"
    return Told(
        truth,
        f"McNemar p {p_value(test.p)}: {'' if significant else 'not '}statistically significant",
        f"With {test.only_first:,} faces rescued and {test.only_second:,} broken, the ensemble {verdict} "
        f"{'' if significant else 'not '}statistically significant. Remember: members that make different errors, "
        f"weights and choices made without the test set, and one paired test at the end.",
    )
