"""What the page Labels says."""

from fer_core.format import interval, p_value, percent, points
from fer_core.metrics.crowd import AGREED
from fer_core.reports.sentences import p_name
from ui.kit.headline import big, fact
from ui.kit.labels import IN_TITLE, short
from ui.kit.wording import number
from ui.labels.data import Compared, Row

TRUTHS = {
    "label": "FER-2013's label",
    "plurality": "the crowd's plurality",
    "distribution": "the crowd's vote distribution",
}
"""Whose answer counts, as a person reads it."""

NAMED = 3
"""Most members of one's own that are named."""
ABOUT = "Compare the members' answers with FER-2013's label and with what ten people said about the same faces."
ELSEWHERE = "Compare the labels of FER-2013 with what ten people said about the same faces."
NOT_THESE = ("No crowd has voted on these rows.", "FER+ has votes for FER-2013 only. Switch to it above.")
NO_VOTES = (
    "These artifacts hold no FER+ votes.",
    "Pack the data set with fer2013new.csv of FER+ (python -m fer_core data FER2013 --ferplus FILE) and collect again.",
)
NOBODY = ("No image is left to score.", "Count all images instead of those on which the crowd agrees.")
EXPLAINED = {
    "label": "FER-2013 has one label for each image.",
    "plurality": "The crowd's plurality is the emotion with most of ten votes. Images where two emotions tie, or "
    "where contempt, unknown or not-a-face has as many votes, have none.",
    "distribution": "Cross-entropy compares probabilities with the distribution of the crowd's votes for the seven "
    "emotions. No answer is better than the crowd's own entropy, and the rest is the Kullback-Leibler divergence. "
    "Images without "
    "a vote for any of the seven are left out.",
}


def name_of(row: Row) -> str:
    """Name a row in a sentence."""
    return row.member or "the ensemble"


def headline(found: Compared, *, exploratory: bool) -> str:
    """Return the score by the answer that counts, and what it stands on, as HTML."""
    first, best, left = found.first, found.best, found.total - found.images
    facts = [fact("images", f"{found.images:,}"), fact("without an answer", f"{left:,}")]
    if found.truth == "distribution":
        loss, other = first.loss, best.loss
        value = "–" if loss is None else number(loss.value)
        words = f"cross-entropy of {name_of(first)} to {TRUTHS[found.truth]}, less is better"
        if loss is not None and value == "–":
            words = f"{name_of(first)} gives no probability to what some people see, so there is no cross-entropy"
        bounds = None if loss is None else loss.interval
        facts = [
            fact("95% interval, nats", "–" if bounds is None else f"{bounds[0]:.3f} to {bounds[1]:.3f}"),
            *facts,
            fact("crowd's entropy", "–" if loss is None else number(loss.entropy)),
            fact("divergence", "–" if loss is None else number(loss.divergence)),
            fact(f"{best.name}, nats", "–" if other is None else number(other.value)),
        ]
        return _html(big(value, words, unit="" if value == "–" else " nats"), facts)
    share, other_share = (first.label, best.label) if found.truth == "label" else (first.crowd, best.crowd)
    gain = (share.value or 0.0) - (other_share.value or 0.0)
    words = f"how often {name_of(first)} gives {TRUTHS[found.truth]}"
    facts = [
        fact("95% interval, %", interval(share.interval)),
        *facts,
        fact(f"{best.name}, %", percent(other_share.value)),
        fact("gain over it, points", points(gain, 2)),
        fact(p_name(exploratory=exploratory), p_value(found.test.p) if found.test else "–"),
        fact("label is crowd's, %", percent(found.agreement.value)),
    ]
    return _html(big(percent(share.value), words), facts)


def _html(number_: str, facts: list[str]) -> str:
    return f'{number_}<div class="fer-facts">{"".join(facts)}</div>'


def explained(found: Compared, split: str, *, agreed: bool) -> str:
    """Say what counts as right, and what the figures are worth; split : what the images that are shown are called."""
    words = EXPLAINED[found.truth]
    if agreed:
        words += f" Only images are counted on which at least {AGREED} of 10 people name one emotion."
    known = len(found.unknown) < len(found.setting.members)
    chosen = "Epochs, weights" if not found.unknown else "Weights, all known epochs" if known else "Weights"
    words += f" {chosen} and the best member were chosen by the labels of PublicTest, none by votes on {split}."
    return f"{words} {learned(found)}"


def learned(found: Compared) -> str:
    """Say which members were trained on the votes of Training images."""
    on, more = len(found.setting.members), ""
    if found.unknown:
        names = f"{len(found.unknown)} of your own" if len(found.unknown) > NAMED else ", ".join(found.unknown)
        more = f" Nothing is known about the training of {names}."
    if len(found.unknown) == on:
        return more.strip()
    if not found.learned:
        return f"No {'other ' if more else ''}member that is on was trained on the crowd's votes.{more}"
    if len(found.learned) == on and on > 1:
        return "All members that are on were trained on the crowd's votes of Training images, too."
    return f"Trained on the crowd's votes of Training images, too: {', '.join(found.learned)}.{more}"


def leaders(rows: tuple[Row, ...], truth: str) -> tuple[str, bool]:
    """Return who is best by one answer, and whether that is more than one."""
    most = max(row.score(truth) for row in rows)
    names = [short(row.name, IN_TITLE) for row in rows if row.score(truth) == most]
    return (f"{len(names)} of them", True) if len(names) > 1 else (names[0], False)


def swapped(rows: tuple[Row, ...], truth: str) -> tuple[int, int]:
    """Return how many pairs stand in another order by the label than by this answer, of how many."""
    pairs = [(a, b) for i, a in enumerate(rows) for b in rows[:i]]
    turned = [(a.score("label") - b.score("label")) * (_finite(a, truth) - _finite(b, truth)) < 0 for a, b in pairs]
    return sum(turned), len(pairs)


def _finite(row: Row, truth: str) -> float:
    return max(row.score(truth), -1e9)


def order_title(found: Compared) -> str:
    """Say who is best by the answer that counts, and whether the label puts them in another order."""
    rows, truth = found.drawn, found.truth
    who, many = leaders(rows, truth)
    lead = "lead" if many else "leads"
    if truth == "label":
        return f"{_capital(who)} {lead} by the label" if len(rows) > 1 else f"{short(rows[0].name)} by the label"
    if len(rows) == 1:
        return f"{short(rows[0].name)} by the label and by the crowd"
    other, others = leaders(rows, "label")
    if who != other:
        return f"{_capital(other)} {'lead' if others else 'leads'} by label, {who} by crowd"
    turned, pairs = swapped(rows, truth)
    if not turned:
        return f"{_capital(who)} {lead}; label and crowd rank alike"
    return f"{_capital(who)} {lead} by both; {turned} of {pairs} pairs swap"


def sides_title(found: Compared) -> str:
    """Say whose side the ensemble takes where label and crowd differ."""
    whose = found.first.sides
    if not whose.images:
        return "Label and crowd differ nowhere"
    label, crowd = (percent(count / whose.images, 0) for count in (whose.label, whose.crowd))
    return f"Where they differ: {crowd}% with the crowd, {label}% the label"


def flows_title(found: Compared) -> str:
    """Say which label the crowd contradicts most often."""
    if not found.flows:
        return "Label and crowd differ nowhere"
    label, other, whose = found.flows[0]
    return f"Label {label}, crowd {other}: {whose.images:,} images"


def voted_title(found: Compared) -> str:
    """Say how much harder faces are on which people disagree."""
    known = [(votes, label) for votes, label, _ in found.voted]
    if len(known) < 2:
        return "Nothing to compare: the crowd agrees alike everywhere"
    (few, low), (many, high) = known[0], known[-1]
    return f"Right on {percent(high.value, 0)}% at {many} votes, {percent(low.value, 0)}% at {few}"


def conflict(found: Compared) -> str:
    """Say how often label and crowd differ, and whose side is taken."""
    whose, leads = found.first.sides, found.agreement.images
    if not whose.images:
        return f"On all {leads:,} images with a plurality of the crowd, it is the label."
    neither = percent(whose.neither / whose.images)
    return (
        f"The crowd's plurality is another emotion than the label on {whose.images:,} of {leads:,} images. There, "
        f"{name_of(found.first)} says what the crowd says on {whose.crowd:,}, what the label says on {whose.label:,}, "
        f"and neither on {whose.neither:,} ({neither}%)."
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:] if text == "ensemble" else text
