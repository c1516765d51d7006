"""What an answer means, in plain words."""

from collections.abc import Sequence

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Answer, Setting
from fer_core.ensemble.answer import Balance
from fer_core.format import percent
from fer_core.reports.sentences import scheme
from ui.data.artifacts import Loaded
from ui.kit.wording import glyph

SURE, TORN, CONTRADICTION = 0.8, 0.5, 0.15
"""Confidence from which an answer is called sure, and below which a guess; share of the entropy that is disagreement
from which members are said to contradict each other."""


def agreement(answer: Answer) -> str:
    """Say how many of the chosen members say what the ensemble says."""
    members = int(answer.chosen.sum())
    if members == 1:
        return f"{answer.members[int(answer.chosen.argmax())]} alone"
    if not answer.against:
        return f"all {members} members agree"
    return f"{members - answer.against} of {members} members agree"


def confidence(answer: Answer) -> str:
    """Say how sure the ensemble is, in percent where there is a calibrated confidence."""
    if answer.confidence is None:
        return f"{percent(float(answer.shares[answer.label]), 0)}% of the vote"
    return f"{percent(answer.confidence, 0)}% sure"


def prior(balance: Balance | None) -> str:
    """Say what correcting for rare emotions does on PublicTest; None where shares are no probabilities."""
    if balance is None:
        return "A vote has no probabilities to correct."
    (recall, recall_with), (accuracy, accuracy_with) = balance.recall, balance.accuracy
    return (
        f"On PublicTest it takes the mean recall of the emotions from {percent(recall)}% to {percent(recall_with)}%, "
        f"and accuracy from {percent(accuracy)}% to {percent(accuracy_with)}%."
    )


def verdict(answer: Answer, *, balanced: bool = False) -> str:
    """Say how far to trust the answer, and where the doubt comes from; balanced : whether its prior was corrected."""
    name = EMOTIONS[answer.label]
    if answer.confidence is None:
        return "A vote has shares, not probabilities, so there is no confidence for it."
    times = f"about {percent(answer.confidence, 0)} times in 100"
    often = f"On FER-2013's own images so sure an answer is right {times}."
    if balanced:
        often = f"If every emotion were as frequent as the others, so sure an answer would be right {times}."
    if answer.confidence >= SURE:
        return f"**Fairly sure.** {often}"
    if answer.confidence >= TORN:
        first = f"**Not very sure.** {often}"
    else:
        second = EMOTIONS[int(answer.shares.argsort()[-2])]
        first = f"**A guess.** {name.capitalize()} is only the likeliest of several. {second.capitalize()} comes next."
    if answer.chosen.sum() < 2:
        return first
    if answer.information >= CONTRADICTION * answer.entropy:
        return f"{first} Much of the doubt comes from members that contradict each other."
    return f"{first} The doubt is within each member more than between them: they find the face itself ambiguous."


def votes(loaded: Loaded, answer: Answer) -> str:
    """Return every member's class, as lines of Markdown, most votes first; members that are off stand in brackets."""
    lines = []
    counts = [(int((answer.votes == code).sum()), code) for code in range(len(EMOTIONS))]
    for count, code in sorted(counts, key=lambda pair: -pair[0]):
        if not count:
            continue
        names = [
            f"{glyph(loaded, name)} {name}" if on else f"({glyph(loaded, name)} {name})"
            for name, vote, on in zip(answer.members, answer.votes.tolist(), answer.chosen.tolist(), strict=True)
            if vote == code
        ]
        lines.append(f"**{EMOTIONS[code]}** {' '.join(names)}")
    return "  \n".join(lines)


def of_pin(setting: Setting, answer: Answer) -> str:
    """Say what the setting that was pinned as A answers."""
    return f"**A** ({scheme(setting)}): **{EMOTIONS[answer.label]}**, {confidence(answer)}, {agreement(answer)}."


def view_sentence(view: str, views: int, test: float, valid: float) -> str:
    """Say which views were looked at, and how good the ensemble is in them."""
    seen = "one view of each face" if view == "one_view" else f"{views} views of each face (flips and crops)"
    return (
        f"From {seen}: in that way it is right on {percent(test)}% of PrivateTest and {percent(valid)}% of PublicTest."
    )


def scheme_title(answers: Sequence[Answer], now: Answer) -> str:
    """Say what other schemes would answer."""
    same = sum(answer.label == now.label for answer in answers)
    name = EMOTIONS[now.label]
    if same == len(answers):
        return f"Every scheme says {name}"
    return f"{same} of {len(answers)} schemes say {name}"
