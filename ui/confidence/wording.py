"""What the page Confidence says."""

from html import escape

from fer_core.ensemble import WEIGHTINGS
from fer_core.format import interval, percent, points
from fer_core.metrics import Reliability
from fer_core.terminology import Words
from ui.confidence.data import Sure
from ui.kit.headline import big, fact
from ui.kit.labels import IN_CARD, short

FAIR = 0.01
"""A mean confidence nearer than this to the accuracy is about right."""

VOTES = "Some class gets no probability at all, as in votes. No temperature changes a zero, so none is fitted here."
AREA = (
    "AURC, the area under the curve, is the mean error over all shares of {items} answered: less is better. The excess "
    "is what it has above the same errors in the best order, all of them the least sure "
    "([Geifman & El-Yaniv 2017](https://arxiv.org/abs/1705.08500), "
    "[Geifman et al. 2019](https://arxiv.org/abs/1805.08206)). {Items} of one confidence are answered together or not "
    "at all."
)
UNFAIR = (
    "Abstaining when unsure does not affect everybody equally. It can exclude some groups much more than others "
    "([Jones et al. 2021](https://arxiv.org/abs/2010.14134))."
)


def area(words: Words) -> str:
    """Say what the area under the curve is."""
    return AREA.format(items=words.items, Items=words.items.capitalize())


def verdict(found: Reliability) -> str:
    """Say whether confidences are too high, too low, or about right."""
    if abs(found.excess) < FAIR:
        return "about as confident as accurate"
    return "overconfident" if found.excess > 0 else "underconfident"


def headline(found: Sure) -> str:
    """Return the accuracy among answered images, and what it stands on, as HTML."""
    said, answered = found.said, found.answered
    share = answered.images / said.curve.images
    item, items = found.words.item, found.words.items
    words = f"right of the {percent(share)}% of {items} that {found.name} answers"
    if not answered.images:
        words = f"no {item} is answered: the surest is {percent(said.curve.thresholds[0])}% sure"
    elif answered.images == said.curve.images:
        words = f"right of all {items}: {found.name} answers every one"
    note = f"{found.best_name}, the best member, on as many of its surest {items}: {percent(found.matched)}% right."
    if not answered.images:
        note = "Lower the confidence to get answers."
    elif found.setting.members == (found.best_name,):
        note = f"{found.best_name} alone, the best member."
    if found.pin_matched is not None:
        note += f" A, on as many of its surest {items}: {percent(found.pin_matched)}% right."
    errors = percent(said.before.ece) + ("" if said.after is None else f" → {percent(said.after.ece)}")
    temperature = said.confidence.temperature
    under = said.curve.aurc
    facts = [
        fact("answered", f"{answered.images:,} of {said.curve.images:,}"),
        fact("95% interval, %", interval(answered.interval)),
        fact("right on the rest, %", percent(found.rest.value)),
        fact("temperature", "–" if temperature is None else f"{temperature:.2f}"),
        fact("calib. error, %", errors),
        fact("AURC, %", percent(under, 2)),
        fact("excess AURC, %", percent(under - said.curve.least_aurc, 2)),
    ]
    return (
        big(percent(answered.value) if answered.images else "–", words, unit=" %" if answered.images else "")
        + f'<p class="fer-note">{escape(note)}</p><div class="fer-facts">{"".join(facts)}</div>'
    )


def temperature(found: Sure) -> str:
    """Say what the temperature means, and what the figures are worth."""
    value, name = found.said.confidence.temperature, found.name
    split, valid = found.setting.split, found.words.valid
    if value is None:
        words = VOTES
    else:
        means = "was underconfident" if value < 1 else "was overconfident"
        words = f"Temperature {value:.2f}, fitted on {valid} after pooling: "
        words += f"{'below' if value < 1 else 'above'} 1, so {name} {means}."
        if split == "valid":
            words += f" Here, each {found.words.item} has the temperature that the other four fifths of {valid} set."
    words += averaging(found)
    if split == "valid":
        flatters = ("epochs and the " if found.epochs else "") + "best member"
        flatters += " and weights" if WEIGHTINGS[found.setting.weighting].fitted else ""
        return f"{words} {valid} chose the {flatters}, so its figures are optimistic."
    return f"{words} A confidence threshold picked with {found.words.test} in view is exploratory."


def averaging(found: Sure) -> str:
    """Say how sure and how often right members are on average, beside the ensemble; nothing of one member."""
    own = [said.confidence for said in found.members.values()]
    if len(own) == 1:
        return ""
    sure = sum(float(one.before.mean()) for one in own) / len(own)
    right = sum(float(one.right.mean()) for one in own) / len(own)
    whole = found.said.confidence
    return (
        f" Its members are {percent(sure)}% sure and {percent(right)}% right on average, the ensemble "
        f"{percent(float(whole.before.mean()))}% sure and {percent(float(whole.right.mean()))}% right."
    )


def left_out(found: Sure) -> str:
    """Return the title of who gets answers."""
    shares = {one.name: one.answered.value for one in found.true if one.answered.value is not None}
    most, least = max(shares, key=lambda name: shares[name]), min(shares, key=lambda name: shares[name])
    if not found.answered.images:
        return "The ensemble abstains on everything"
    if shares[least] == 1:
        return f"Every {found.words.face} gets an answer"
    names = short(most, IN_CARD), short(least, IN_CARD)
    return f"Answered: {percent(shares[most], 0)}% of {names[0]}, {percent(shares[least], 0)}% of {names[1]}"


def surest(found: Sure) -> str:
    """Return the title of where confidence and accuracy differ most."""
    gaps = {one.name: one.sure - (one.right.value or 0.0) for one in found.decided if one.sure is not None}
    worst = max(gaps, key=lambda name: gaps[name])
    if gaps[worst] >= FAIR:
        return f"Most overconfident on {short(worst, IN_CARD)}: {points(gaps[worst])} points"
    shy = min(gaps, key=lambda name: gaps[name])
    if gaps[shy] > -FAIR:
        return f"About as confident as accurate on every {found.words.kind}"
    return f"Most underconfident on {short(shy, IN_CARD)}: {points(gaps[shy])} points"
