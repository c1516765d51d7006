"""What the page Limits says.  Figures come from the artifacts; what others found is cited where it is said."""

from urllib.parse import urlsplit

from fer_core.emotions import EMOTIONS
from fer_core.format import interval, percent
from fer_core.metrics.crowd import AGREED
from ui.limits.data import Crowd, Limits, ends
from ui.session.address import is_loopback

SECTIONS = {
    "labels": "The labels are doubtful",
    "imbalance": "Emotions are not equally frequent",
    "twins": "Some test images are also in Training",
    "damage": "Damaged images are misread",
    "people": "Who is in the pictures was not recorded",
    "uses": "What it must not be used for",
    "privacy": "Where your photo goes",
}
"""Titles of the sections by their anchors."""

SUMMARY = (
    "A score in this app says how often networks give a small grey picture the label that FER-2013 has for it, and "
    "nothing more. It does not say what somebody feels, nor how well the networks classify your face, and some uses of "
    "such a system are against the law."
)

NO_VOTES = "These artifacts hold no FER+ votes, so this page cannot say how doubtful the labels are."

PEOPLE = """
For a contest in 2013, an image search was asked for faces with 184 emotion words, such as "blissful" or "enraged",
joined with words for gender, age or ethnicity. People sorted out what was wrong, and the faces were made grey and
48 × 48 pixels small ([Goodfellow et al. 2013](https://arxiv.org/abs/1307.0414)). Kept of each are its pixels, a label
and a split: no age, no skin colour, no origin, no consent, and nothing that tells the acted from the felt.

So nobody can say here for whom the networks work worse. Elsewhere such differences were found: commercial systems took
the gender of up to 34.7% of darker-skinned women wrongly, and of at most 0.8% of lighter-skinned men
([Buolamwini & Gebru 2018](https://proceedings.mlr.press/v81/buolamwini18a.html)), and two commercial systems gave Black
basketball players more negative emotions than white ones, on average
([Rhue 2018](https://doi.org/10.2139/ssrn.3281765)).

**An expression is not a feeling.** People do scowl when angry more often than by chance, but how they show an emotion
varies with culture, situation and person, and a scowl often means something else
([Barrett et al. 2019](https://doi.org/10.1177/1529100619832930)).
"""

USES = """
Do not judge, rate, hire, watch or treat anybody by what these networks say.

- **At work and in education it is banned in the European Union.** Article 5(1)(f) of the AI Act
  ([Regulation (EU) 2024/1689](https://eur-lex.europa.eu/eli/reg/2024/1689/oj)) prohibits, since 2 February 2025, AI
  systems that infer emotions of a person in the areas of workplace and education institutions, except for medical or
  safety reasons. Recital 44 says why: there are "serious concerns about the scientific basis".
- **Elsewhere it is high-risk** (Annex III, point 1(c)), with duties that apply from 2 December 2027, as
  [Regulation (EU) 2026/1744](https://eur-lex.europa.eu/eli/reg/2026/1744/oj) put them off; and the people whose
  emotions are read must be told (Article 50(3), from 2 August 2026).
- **In front of a class,** show how such a system works and where it fails, on public pictures, on volunteers' ones or
  on a face that you make yourself. That is another thing than reading the class: do not use it on pupils or students,
  nor on staff or applicants.

This is no legal advice.
"""

PRIVACY = """
- A photo is decoded in the memory of the server that this page comes from. The app writes it nowhere, trains on
  nothing and asks no other host for anything.
- The photo, its faces, their answers and maps, and predictions that you upload belong to your visit alone. Visitors
  share only what comes from the artifacts and from FER-2013. A visit holds at most 30 photos and 100 MB of them.
- Remove a photo or a file, and all that was made of it goes with it. Close the page, and the server forgets the visit
  two minutes later: it waits that long in case the connection only broke.
- **The address matters:** whoever runs the server can see what its memory holds.
"""


def contents() -> str:
    """Return links to all sections."""
    links = " · ".join(f"[{title}](#{anchor})" for anchor, title in SECTIONS.items())
    return f":small[{links}]"


def where(url: str | None) -> str:
    """Say which machine a page's address names."""
    host = urlsplit(url or "").hostname
    if is_loopback(url):
        return f"You opened `{host}`: that is the machine in front of you, unless somebody forwards it to another one."
    return f"You opened `{host}`: photos go to that machine." if host else ""


def labels(limits: Limits, crowd: Crowd) -> str:
    """Say how far FER-2013's labels and the chosen ensemble agree with the crowd."""
    quality = crowd.quality
    own, chosen = quality["labels"], quality["chosen"]
    text = (
        "FER-2013 has one label for each image. Ten people relabelled each image for FER+ "
        "([Barsoum et al. 2016](https://arxiv.org/abs/1608.01041)). Where one of the seven emotions leads their votes "
        f"({quality['with_plurality']:,} of {quality['images']:,} PrivateTest images), it is FER-2013's label on "
        f"**{percent(own['plurality']['share'])}%** (95% interval {interval(own['plurality']['interval'])}), and what "
        f"{_who(limits)} says on **{percent(chosen['plurality']['share'])}%**."
    )
    if quality["agreed"]:
        label, answer = chosen["agreed_label"]["share"], chosen["agreed_crowd"]["share"]
        text += (
            f"\n\nEven where at least {AGREED} of 10 agree ({quality['agreed']:,} images), the label says what the "
            f"crowd says on **{percent(own['agreed_crowd']['share'])}%**. There, {limits.outcome.called} gives "
            f"the crowd's answer on **{percent(answer)}%** and the label on {percent(label)}%"
        )
        text += ": part of what is counted as errors here is the labels' own." if answer > label else "."
    if crowd.learned:
        text += "\n\nThe crowd's votes on Training images were part of the training, which brings answers nearer to it."
    return text


def imbalance(limits: Limits) -> str:
    """Say how unequal the emotions are and what that does to scores."""
    train, test = limits.counts[0], limits.counts[2]
    most, least, usual = int(train.argmax()), int(train.argmin()), int(test.argmax())
    worst = ends(limits.found)[0]
    low = limits.found[least]
    text = (
        f"Of {train.sum():,} Training images, {train[most]:,} are {EMOTIONS[most]} and {train[least]:,} "
        f"{EMOTIONS[least]}. Always saying {EMOTIONS[usual]} would be right on {percent(test[usual] / test.sum())}% of "
        f"PrivateTest. Accuracy hardly reacts to rare emotions. Macro-F1, {percent(limits.outcome.macro_f1)}% beside "
        f"{percent(limits.outcome.accuracy)}% accuracy, counts every emotion alike."
    )
    if low.interval:
        text += (
            f"\n\nWith {low.images:,} PrivateTest images of {EMOTIONS[least]}, its recall is known only to lie "
            f"somewhere from {interval(low.interval)}% (the thin lines: 95% intervals)."
        )
    if worst != least:
        text += (
            f" Rarity is not the only reason: {EMOTIONS[worst]} has {train[worst]:,} Training images and is found "
            f"least often "
            f"({percent(limits.found[worst].value)}%)."
        )
    return text


def twins(limits: Limits) -> str:
    """Say how many test images were there in training and what they lift."""
    twin, whole = limits.twins, limits.outcome
    apart = "Near copies, and other pictures of the same person, are not counted: nothing in the data says who is who."
    if not twin.images:
        return f"No PrivateTest image is, pixel for pixel, in Training. {apart}"
    differ = limits.same_label.images - limits.same_label.correct
    return (
        f"{twin.images:,} of {whole.n:,} PrivateTest images are, pixel for pixel, in Training as well. "
        f"{_who(limits, first=True)} is right on **{percent(twin.value)}%** of them and on "
        f"**{percent(limits.others.value)}%** of all others; the score of {percent(whole.accuracy)}% counts both, so "
        f"this app shows it without twins, too. On {differ:,} of the {twin.images:,}, even the two labels of the one "
        f"picture differ.\n\n{apart}"
    )


def _who(limits: Limits, *, first: bool = False) -> str:
    """Name what is scored: the one member, or the ensemble, that was chosen on PublicTest."""
    name = limits.outcome.called
    name = f"{name[0].upper()}{name[1:]}" if first and len(limits.outcome.setting.members) > 1 else name
    return (
        f"{name} chosen on PublicTest" if len(limits.outcome.setting.members) > 1 else f"{name}, chosen on PublicTest,"
    )
