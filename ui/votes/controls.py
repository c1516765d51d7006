"""What the page Votes can be asked for: kinds, cells, disagreement, pages, and a table to take home."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from ui.data.artifacts import Loaded
from ui.kit.theme import CONFIG
from ui.session import state
from ui.session.controls import is_click, unclicked
from ui.votes.choice import ANY, BEST, PIN, SHOWN, VotesChoice, class_of, word_of
from ui.votes.data import Votes
from ui.votes.plots import cells
from ui.votes.wording import KIND_TITLES, explained, how_to_click, images, legend, range_shown, who

PREFIX = VotesChoice.PREFIX


def filters(loaded: Loaded, found: Votes) -> None:
    """Draw what narrows the images down."""
    words, chosen, split = found.words, found.chosen, found.words.splits[found.choice.split]
    if found.pinned:
        _against(found)
    st.segmented_control(
        "Images",
        list(KIND_TITLES),
        required=True,
        format_func=KIND_TITLES.__getitem__,
        key=f"{PREFIX}kind",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )
    st.caption(explained(found))
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        label = f"{words.label[0].upper()}{words.label[1:]}"
        for name, said in (("true", label), ("taken_for", f"What {who(found.ballots)} says")):
            st.session_state[f"{PREFIX}{name}"] = getattr(chosen, name)  # a link may ask for a class that there is not
            st.selectbox(
                said,
                [ANY, *map(word_of, found.ballots.classes)],
                format_func=class_of,
                key=f"{PREFIX}{name}",
                on_change=state.take_controls,
                width=170,
            )
        free = chosen.true == chosen.taken_for == ANY
        st.button("Any", on_click=_change, kwargs={"true": ANY, "taken_for": ANY, "start": 0}, disabled=free)
    most = len(found.ballots.members)
    st.session_state[f"{PREFIX}dissent"] = found.dissent  # a link may ask for more members than are on
    st.slider(
        f"Members that disagree with {who(found.ballots)}, at least",
        0,
        most,
        key=f"{PREFIX}dissent",
        on_change=state.take_controls,
    )
    st.caption(legend(loaded, found))
    st.download_button(
        f"{images(found, len(found.at))}, CSV",
        data=partial(found.ballots.to_csv, found.at, found.known.crowd if found.known else None),
        file_name=f"votes-{found.choice.split}-{found.chosen.kind}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help=f"Row, label, answer, share and every vote of the {split} {words.items} that fit",
    )


def _against(found: Votes) -> None:
    """Draw the choice of what the ensemble is held against."""
    names = {BEST: f"Against {found.ballots.best_member}, the best member", PIN: "Compared with A"}
    st.session_state[f"{PREFIX}against"] = found.chosen.against
    st.segmented_control(
        "Compared with",
        list(names),
        required=True,
        format_func=names.__getitem__,
        key=f"{PREFIX}against",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )


def matrix(found: Votes) -> None:
    """Draw the confusion matrix; a click on a cell shows its images, another click on it all again."""
    chosen = found.chosen
    # Named after what is chosen, so that no figure holds a selection of before, and a cell can be clicked again.
    key, classes = unclicked(f"cells_{chosen.true}_{chosen.taken_for}"), found.ballots.classes
    take = partial(_clicked, key, classes)
    st.plotly_chart(cells(found), key=key, on_select=take, selection_mode="points", config=CONFIG)
    st.caption(how_to_click(found))


def _clicked(key: str, classes: Sequence[str]) -> None:
    event: Any = st.session_state.to_dict().get(key)
    point = clicked(event or {}, classes)
    if point is not None and is_click(key):
        _put(state.taken().votes.cell(*map(word_of, point)))


def clicked(event: Mapping[str, Any], classes: Sequence[str]) -> tuple[str, str] | None:
    """Return the label and the answer of the cell that was clicked, None for what is no cell."""
    points = (event.get("selection") or {}).get("points") or ()
    for point in points:
        true, taken = str(point.get("y")), str(point.get("x"))
        if true in classes and taken in classes:
            return true, taken
    return None


def _put(votes: VotesChoice) -> None:
    state.put(replace(state.taken(), votes=votes))


def _change(**fields: Any) -> None:
    """Change some fields of the choice."""
    _put(replace(state.taken().votes, **fields))


def pager(found: Votes, where: str) -> None:
    """Draw the buttons that turn pages, and which images are shown; where : of the page, part of the buttons' keys."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"votes_pager_{where}"):
        for label, icon, start, off in (
            ("Previous", "chevron_left", found.start - SHOWN, found.start == 0),
            ("Next", "chevron_right", found.start + SHOWN, found.stop == len(found.at)),
        ):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"votes_{label}_{where}",
                on_click=_change,
                kwargs={"start": max(0, start)},
                disabled=off,
            )
        st.markdown(f"**{range_shown(found)}**")
