"""Images as cards: the face, its label, the ensemble's answer, every vote, and what a crowd says."""

from collections.abc import Iterable
from dataclasses import replace
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from fer_core.emotions import COLOURS, EMOTIONS
from fer_core.ensemble.analysis.rescues import KINDS
from fer_core.figures import ON_COLOUR, class_colours
from fer_core.format import percent
from ui.data.artifacts import Loaded
from ui.data.dataset import address, picture, pictures
from ui.kit import jobs
from ui.kit.labels import IN_CARD, short
from ui.kit.theme import ink
from ui.kit.wording import glyph
from ui.session import state
from ui.votes.choice import VotesChoice
from ui.votes.data import Votes
from ui.votes.wording import NO_CROWD, NO_PICTURES, nothing, who

if TYPE_CHECKING:
    from fer_core.dataset import Split

STYLE = """<style>
.st-key-votes_cards { display:grid !important; align-items:stretch !important; gap:0.9rem;
  grid-template-columns:repeat(auto-fill, minmax(min(100%, 16.2rem), 1fr)); }
.fer-face { display:flex; gap:0.8rem; min-height:6.9rem; }
.fer-face img { width:108px; height:108px; image-rendering:pixelated; border-radius:0.3rem; flex:none; }
.fer-card .fer-face dl { margin:0; padding:0; } .fer-face dd { margin:0 0 0.25rem; font-weight:620; }
.fer-face dt, .fer-card small { font-size:0.82rem; font-weight:400; opacity:0.75; }
.fer-card p { margin:0.35rem 0 0; font-size:0.88rem; line-height:1.35; }
.fer-card .fer-votes { margin:0.5rem 0 0; min-height:5.2rem; padding:0; list-style:none; font-size:0.88rem; }
.fer-votes li { display:flex; align-items:center; margin:0 0 0.2rem; padding:0; min-height:1.5rem; }
.fer-votes li > span:first-child { width:4.1rem; flex:none; }
.fer-votes li.label > span:first-child { font-weight:680; text-decoration:underline; text-underline-offset:0.2em; }
.fer-votes div { display:flex; flex-wrap:wrap; gap:1px; }
.fer-votes i { font-style:normal; font-size:0.75rem; box-sizing:border-box; width:1.12rem; height:1.3rem;
  line-height:1.1rem; text-align:center; border:2px solid var(--c); border-radius:0.2rem; }
.fer-votes li.label i { background:var(--c); color:var(--t); }
.fer-crowd { display:flex; height:0.6rem; margin-top:0.5rem; border-radius:0.2rem; overflow:hidden; gap:1px; }
.fer-crowd i { background:var(--c); }
.fer-crowd i.other { background:repeating-linear-gradient(45deg, var(--fer-faint) 0 2px, transparent 2px 5px); }
</style>"""
LINES = 7
"""Most classes with votes that have a line on a card."""
DARK_ON_IT, LIGHT_ON_IT = ON_COLOUR, "#FFFFFF"


def cards(loaded: Loaded, found: Votes) -> None:
    """Draw the images of the page, and say what cannot be shown of them."""
    st.html(STYLE)
    if not len(found.at):
        st.info(nothing(found), icon=":material/info:")
        st.button(
            f"Show all {found.words.items}", key="votes_show_all", on_click=show_all, icon=":material/filter_alt_off:"
        )
        return
    split = pictures(loaded, found.choice.split) if found.known else NO_PICTURES
    shown = None if isinstance(split, str) else split
    if isinstance(split, str):
        st.caption(split)
    if found.known and found.known.crowd is None:
        st.caption(NO_CROWD)
    why = shown is not None and found.choice.split == "test" and jobs.available()
    with st.container(key="votes_cards"):
        for at in found.at[found.start : found.stop].tolist():
            with st.container(border=True, height="stretch", gap="small"):
                st.html(card(loaded, found, at, shown))
                if why:
                    _why(found, int(found.ballots.rows[at]))


def show_all() -> None:
    """Drop every filter; a callback."""
    choice = state.taken()
    state.put(replace(choice, votes=replace(VotesChoice(kind="all"), against=choice.votes.against)))


def _why(found: Votes, row: int) -> None:
    """Draw a link to what each network looks at in an image of PrivateTest."""
    saliency = replace(found.choice.saliency, source="test", row=row)
    st.page_link(
        "pages/saliency.py",
        label="Why?",
        icon=":material/visibility:",
        query_params=replace(found.choice, saliency=saliency).to_query() | state.OPEN,
    )


def card(loaded: Loaded, found: Votes, at: int, split: "Split | None") -> str:
    """Return one image as HTML; at : its position in the ballots."""
    ballots, known, words = found.ballots, found.known, found.words
    names = [escape(name) for name in ballots.classes]
    row, label, decided = int(ballots.rows[at]), int(ballots.labels[at]), int(ballots.decided[at])
    share = percent(float(ballots.shares[at, decided]), 0)
    parts = [
        '<div class="fer-card"><div class="fer-face">',
        _picture(split, row, f"row {row} of {words.splits[found.choice.split]}, labelled {names[label]}"),
        f"<dl><dt>row {row} · {KINDS[int(ballots.kind[at])]}</dt><dd></dd>",
        f"<dt>{words.label}</dt><dd>{names[label]}</dd>",
        f"<dt>{escape(who(ballots))} says</dt><dd>{names[decided]} {share}%</dd></dl></div>",
        _votes(loaded, found, at, label),
    ]
    if ballots.against is not None:
        parts.append(f"<p><b>A</b> says {names[int(ballots.others[at])]}.</p>")
    elif ballots.best_member not in ballots.members:
        says = names[int(ballots.best_votes[at])]
        parts.append(f"<p>{glyph(loaded, ballots.best_member)} {escape(ballots.best_member)}, off, says {says}.</p>")
    if known is not None and known.crowd is not None:
        parts.append(_crowd((name, int(votes[row])) for name, votes in known.crowd.items()))
    if known is not None and known.twin[row] >= 0:
        twin, called = int(known.twin[row]), EMOTIONS[int(known.twin_label[row])]
        parts.append(f"<p>The same picture is in Training: row {twin:,}, labelled {called}.</p>")
    return "".join(parts) + "</div>"


def _picture(split: "Split | None", row: int, words: str) -> str:
    """Return the face, or the place where it would be if this copy of the data set had it."""
    if split is None:
        return ""
    image = picture(split, row)
    if image is None:
        return "<small>no picture in this copy of the data set</small>"
    return f'<img src="{address(image)}" alt="Face in {words}" width="108" height="108">'


def _votes(loaded: Loaded, found: Votes, at: int, label: int) -> str:
    """Return a line for each class that has votes, and for the label, the one with most votes first."""
    by: dict[int, list[str]] = {label: []}
    for name, vote in zip(found.ballots.members, found.ballots.votes[:, at].tolist(), strict=True):
        by.setdefault(vote, []).append(name)
    lines, colours = [], class_colours(found.ballots.classes, ink())
    ordered = sorted(by.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    for code, names in _first(ordered, label):
        said, right, colour = found.ballots.classes[code], "right" if code == label else "wrong", colours[code]
        marks = "".join(
            f'<i title="{escape(f"{name} says {said}, {right}")}" aria-hidden="true">{glyph(loaded, name)}</i>'
            for name in names
        )
        words = f"{right}: {', '.join(map(escape, names))}" if names else "no member"
        lines.append(
            f'<li class="{"label" if code == label else "other"}" style="--c:{colour};--t:{_on(colour)}">'
            f"<span{_whole(said)}>{escape(short(said, IN_CARD))}</span>"
            f'<div role="img" aria-label="{words}">{marks or "–"}</div></li>'
        )
    if rest := [names for code, names in ordered[LINES:] if code != label]:
        count, among = sum(map(len, rest)), f"{len(rest)} class{'' if len(rest) == 1 else 'es'}"
        lines.append(f'<li class="other"><span>others</span>{count} vote{"" if count == 1 else "s"}, {among}</li>')
    return f'<ul class="fer-votes">{"".join(lines)}</ul>'


def _whole(name: str) -> str:
    return "" if len(name) <= IN_CARD else f' title="{escape(name)}"'


def _first(ordered: list[tuple[int, list[str]]], label: int) -> list[tuple[int, list[str]]]:
    """Return the classes that have a line each: those with most votes, and the label."""
    return [pair for at, pair in enumerate(ordered) if at < LINES or pair[0] == label]


def _on(colour: str) -> str:
    """Return the colour of a shape that is readable on a colour."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    luminance = 0.2126 * red**2.2 + 0.7152 * green**2.2 + 0.0722 * blue**2.2
    return DARK_ON_IT if luminance > 0.18 else LIGHT_ON_IT


def _crowd(cast: Iterable[tuple[str, int]]) -> str:
    """Return the crowd's votes as a bar and in words; cast : answers and how many people gave each."""
    given = sorted(((name, votes) for name, votes in cast if votes), key=lambda pair: -pair[1])
    if not given:
        return "<p>The crowd gave no vote.</p>"
    bar = "".join(
        f'<i class="{"emotion" if name in COLOURS else "other"}" '
        f'style="flex:{votes};--c:{COLOURS.get(name, "transparent")}"></i>'
        for name, votes in given
    )
    words = ", ".join(f"{votes} {name}" for name, votes in given)
    return f'<div class="fer-crowd" aria-hidden="true">{bar}</div><p>The crowd: {words}</p>'
