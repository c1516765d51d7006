"""The page Votes in words."""

import numpy as np

from fer_core.ensemble.analysis.rescues import Ballots
from fer_core.reports.sentences import p_words
from fer_core.terminology import FER, Words
from ui.data.artifacts import Loaded
from ui.kit.headline import big, fact
from ui.kit.labels import IN_CARD, short
from ui.kit.wording import caution, glyph
from ui.votes.choice import ANY
from ui.votes.data import Votes

KIND_TITLES = {"rescued": "Rescued", "broke": "Broken", "hardest": "Hardest first", "all": "All"}
MOST = {"rescued": "Rescued", "broke": "Broken", "hardest": "Disputed", "all": "Disputed"}
NO_CROWD = "These artifacts hold no FER+ votes, so the crowd's answers are not shown."
NO_PICTURES = "These rows have no pictures, no crowd votes and no twins."


def about(words: Words) -> str:
    """Say what the page is about."""
    return f"See the {words.faces} where the ensemble is right and its best member is wrong, and the reverse."


def who(ballots: Ballots) -> str:
    """Name what decides: the one member that is on, or the ensemble."""
    return ballots.members[0] if len(ballots.members) == 1 else "the ensemble"


def alone(ballots: Ballots) -> bool:
    """Tell whether the best member decides by itself, held against itself."""
    return ballots.against is None and ballots.members == (ballots.best_member,)


def rival(ballots: Ballots) -> str:
    """Name what the ensemble is held against."""
    return ballots.best_member if ballots.against is None else "A"


def headline(found: Votes, *, exploratory: bool) -> str:
    """Return what the ensemble gains over what it is held against in images, and how sure that is."""
    ballots, test, counts = found.ballots, found.ballots.test(), found.ballots.counts()
    gain = test.only_first - test.only_second
    sign = f"{gain:+,}".replace("-", "−") if gain else "0"
    p = p_words(test.p, exploratory=exploratory)
    held = "" if ballots.against is None else " against A"
    words = f"{test.only_first:,} rescued{held}, {test.only_second:,} broken, {p}"
    if alone(ballots):
        words = f"{ballots.best_member} alone, the best member: nothing is rescued or broken"
    right = ballots.members_right
    facts = [
        fact(found.words.items, f"{len(ballots.rows):,}"),
        fact("rescued", f"{counts['rescued']:,}"),
        fact("broken", f"{counts['broken']:,}"),
        fact("both right", f"{counts['both right']:,}"),
        fact("both wrong", f"{counts['both wrong']:,}"),
        fact("every member right", f"{int((right == len(ballots.members)).sum()):,}"),
        fact("no member right", f"{int((right == 0).sum()):,}"),
    ]
    return big(sign, words, unit=f" {found.words.item if abs(gain) == 1 else found.words.items}") + (
        f'<div class="fer-facts">{"".join(facts)}</div>'
    )


def worth(loaded: Loaded, found: Votes, *, fixed: bool) -> str:
    """Say what the figures are worth; fixed : whether all that is compared was so without looking at the test set."""
    if found.ballots.against is None or found.choice.split == "valid" or fixed:
        return caution(loaded, found.choice, None)
    return f"Exploratory: this setting or A was picked with {found.words.test} in view, so the p-value proves nothing."


def explained(found: Votes) -> str:
    """Say what rescued and broken are."""
    best, by = found.ballots.best_member, who(found.ballots)
    other = f"{best}, the best member by {found.words.valid}," if found.ballots.against is None else "A"
    return (
        f"Rescued: {by} is right, {other} is wrong. Broken: the reverse. Hardest: fewest members right, then lowest "
        f"probability of the label."
    )


def legend(loaded: Loaded, found: Votes) -> str:
    """Say how a card is read."""
    best = found.ballots.best_member
    off = "" if best in found.ballots.members else ", which is off"
    return (
        f"On each card, a shape is a member's vote: filled where it is {found.words.label}, a hollow frame where it is "
        f"not. {glyph(loaded, best)} is {best}, the best member{off}."
    )


def title(found: Votes) -> str:
    """Say what to see in the confusion matrix."""
    cells, kind, classes, words = found.cells, found.chosen.kind, found.ballots.classes, found.words
    if not cells.any():
        return f"No {words.item} to show here"
    if found.whole:
        shares = np.where(np.eye(len(classes), dtype=bool), -1.0, cells / np.maximum(found.totals, 1)[:, None])
        true, taken = np.unravel_index(int(shares.argmax()), shares.shape)
        if not shares[true, taken]:
            return f"No {words.face} is taken for another {words.kind}"
        name, other = (short(classes[code], IN_CARD) for code in (true, taken))
        whose = f"{name} {words.faces}" if words is FER else f"{words.faces} of {name}"
        return f"{100 * shares[true, taken]:.0f}% of {whose} are taken for {other}"
    most = int(cells.max())
    on = np.argwhere(cells == most).tolist()
    named = _cell(found, *on[0], rightly=kind != "rescued") if len(on) == 1 else f"{len(on)} cells"
    return f"{MOST[kind]} most often: {named} ({images(found, most)}{' each' if len(on) > 1 else ''})"


def how_to_click(found: Votes) -> str:
    """Say what can be done with the matrix, and what its colours are."""
    items = found.words.items
    share = f"the {items} with this label" if found.whole else f"the {items} counted here"
    return f"Click a cell to see its {items}, and click again to see all. Colour: share of {share}."


def _cell(found: Votes, true: int, taken: int, *, rightly: bool) -> str:
    name, other = (short(found.ballots.classes[code], IN_CARD) for code in (true, taken))
    return name + (", rightly so called" if rightly else "") if true == taken else f"{name} taken for {other}"


def images(found: Votes, count: int) -> str:
    """Return a number of images."""
    return f"{count:,} {found.words.item if count == 1 else found.words.items}"


def range_shown(found: Votes) -> str:
    """Say which images are on the page."""
    if not len(found.at):
        return "0 of 0"
    return f"{found.start + 1:,} to {found.stop:,} of {len(found.at):,}"


def nothing(found: Votes) -> str:
    """Say that no image matches, and what to do about it."""
    ballots, chosen, words = found.ballots, found.chosen, found.words
    if alone(ballots) and chosen.kind in ("rescued", "broke"):
        return (
            f"{ballots.best_member} alone rescues and breaks nothing. Switch others on, or look at all {words.items}."
        )
    narrowed = found.dissent > 0 or chosen.true != ANY or chosen.taken_for != ANY
    return f"No {words.item} fits: " + ("loosen a filter." if narrowed else f"choose another kind of {words.items}.")
