"""The page Votes in words."""

from fer_core.emotions import EMOTIONS
from fer_core.ensemble.rescues import Ballots
from fer_core.markdown import p_value
from ui.headline import big, fact
from ui.load import Loaded
from ui.text import glyph
from ui.votes import Votes
from ui.votes_choice import ANY

KIND_TITLES = {"rescued": "Rescued", "broke": "Broken", "hardest": "Hardest first", "all": "All"}
MOST = {"rescued": "Rescued", "broke": "Broken", "hardest": "Disputed", "all": "Disputed"}
NO_CROWD = "These artifacts hold no FER+ votes, so what a crowd says of the faces is not shown."


def who(ballots: Ballots) -> str:
    """Name what decides: the one member that is on, or the ensemble."""
    return ballots.members[0] if len(ballots.members) == 1 else "the ensemble"


def alone(ballots: Ballots) -> bool:
    """Tell whether the best member decides by itself."""
    return ballots.members == (ballots.best_member,)


def headline(found: Votes, *, exploratory: bool) -> str:
    """Return what the ensemble gains over the best member in images, and how sure that is."""
    ballots, test, counts = found.ballots, found.ballots.test(), found.ballots.counts()
    gain = test.only_first - test.only_second
    sign = f"{gain:+,}".replace("-", "−") if gain else "0"
    p = f"exact McNemar p {p_value(test.p)}" + (", exploratory" if exploratory else "")
    words = f"{test.only_first:,} rescued, {test.only_second:,} broken, {p}"
    if alone(ballots):
        words = f"{ballots.best_member} alone, the best member: nothing is rescued or broken"
    right = ballots.members_right
    facts = [
        fact("images", f"{len(ballots.rows):,}"),
        fact("rescued", f"{counts['rescued']:,}"),
        fact("broken", f"{counts['broken']:,}"),
        fact("both right", f"{counts['both right']:,}"),
        fact("both wrong", f"{counts['both wrong']:,}"),
        fact("every member right", f"{int((right == len(ballots.members)).sum()):,}"),
        fact("no member right", f"{int((right == 0).sum()):,}"),
    ]
    return big(sign, words, unit=" image" if abs(gain) == 1 else " images") + (
        f'<div class="fer-facts">{"".join(facts)}</div>'
    )


def explained(found: Votes) -> str:
    """Say what rescued and broken are."""
    best, by = found.ballots.best_member, who(found.ballots)
    return (
        f"Rescued: {by} is right, {best}, the best member by PublicTest, is wrong. Broken: the other way round. "
        "Hardest: fewest members right, then least share on the label."
    )


def legend(loaded: Loaded, found: Votes) -> str:
    """Say how a card is read."""
    best = found.ballots.best_member
    off = "" if best in found.ballots.members else ", which is off"
    return (
        "On each card, a shape is a member's vote: filled where it is FER-2013's label, a hollow frame where it is "
        f"not. {glyph(loaded, best)} is {best}, the best member{off}."
    )


def title(found: Votes) -> str:
    """Say what to see in the confusion matrix."""
    cells, kind = found.cells, found.chosen.kind
    if not cells.any():
        return "No image to show here"
    if found.whole:
        shares = {
            (true, taken): cells[true, taken] / found.totals[true]
            for true in range(len(EMOTIONS))
            for taken in range(len(EMOTIONS))
            if true != taken and found.totals[true]
        }
        true, taken = max(shares, key=shares.__getitem__)
        if not shares[true, taken]:
            return "No face is taken for another emotion"
        return f"{100 * shares[true, taken]:.0f}% of {EMOTIONS[true]} faces are taken for {EMOTIONS[taken]}"
    most = int(cells.max())
    on = [(true, taken) for true, row in enumerate(cells.tolist()) for taken, count in enumerate(row) if count == most]
    named = _cell(*on[0], rightly=kind != "rescued") if len(on) == 1 else f"{len(on)} cells"
    return f"{MOST[kind]} most often: {named} ({images(most)}{' each' if len(on) > 1 else ''})"


def how_to_click(found: Votes) -> str:
    """Say what can be done with the matrix, and what its colours are."""
    share = "the images with this label" if found.whole else "the images counted here"
    return f"Click a cell to see its images, and again to see all. Colour: share of {share}."


def _cell(true: int, taken: int, *, rightly: bool) -> str:
    if true == taken:
        return EMOTIONS[true] + (", rightly so called" if rightly else "")
    return f"{EMOTIONS[true]} taken for {EMOTIONS[taken]}"


def images(count: int) -> str:
    """Return a number of images."""
    return f"{count:,} image{'' if count == 1 else 's'}"


def range_shown(found: Votes) -> str:
    """Say which images are on the page."""
    if not len(found.at):
        return "0 of 0"
    return f"{found.start + 1:,} to {found.stop:,} of {len(found.at):,}"


def nothing(found: Votes) -> str:
    """Say that no image fits, and what to do about it."""
    ballots, chosen = found.ballots, found.chosen
    if alone(ballots) and chosen.kind in ("rescued", "broke"):
        return f"{ballots.best_member} alone rescues and breaks nothing: switch others on, or look at all images."
    narrowed = found.dissent > 0 or chosen.true != ANY or chosen.taken_for != ANY
    return "No image fits: " + ("loosen a filter." if narrowed else "choose another kind of images.")
