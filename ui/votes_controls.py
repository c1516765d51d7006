"""What the page Votes can be asked for: kinds, cells, disagreement, pages, and a table to take home."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from fer_core.emotions import EMOTIONS
from ui import state
from ui.charts import CONFIG
from ui.load import Loaded
from ui.text import SPLIT_NAMES
from ui.votes import Votes
from ui.votes_charts import cells
from ui.votes_choice import ANY, SHOWN, VotesChoice
from ui.votes_text import KIND_TITLES, explained, how_to_click, images, legend, range_shown, who

PREFIX = VotesChoice.PREFIX


def filters(loaded: Loaded, found: Votes) -> None:
    """Draw what narrows the images down."""
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
        for name, label in (("true", "FER-2013's label"), ("taken_for", f"What {who(found.ballots)} says")):
            st.selectbox(label, [ANY, *EMOTIONS], key=f"{PREFIX}{name}", on_change=state.take_controls, width=170)
        free = found.chosen.true == found.chosen.taken_for == ANY
        st.button("Any", on_click=_put, args=(replace(found.chosen, true=ANY, taken_for=ANY, start=0),), disabled=free)
    most = len(found.ballots.members)
    st.session_state[f"{PREFIX}dissent"] = found.dissent  # a link may ask for more members than are on
    st.slider(
        f"Members that say otherwise than {who(found.ballots)}, at least",
        0,
        most,
        key=f"{PREFIX}dissent",
        on_change=state.take_controls,
    )
    st.caption(legend(loaded, found))
    st.download_button(
        f"{images(len(found.at))}, CSV",
        data=partial(found.ballots.to_csv, found.at, found.known.crowd),
        file_name=f"votes-{found.choice.split}-{found.chosen.kind}.csv",
        mime="text/csv",
        on_click="ignore",
        icon=":material/download:",
        help=f"Row, label, answer, share and every vote of the {SPLIT_NAMES[found.choice.split]} images that fit",
    )


def matrix(found: Votes) -> None:
    """Draw the confusion matrix; a click on a cell shows its images, another click on it all again."""
    chosen = found.chosen
    # Named after what is chosen, so that no figure holds a selection of before, and a cell can be clicked again.
    key = f"cells_{chosen.true}_{chosen.taken_for}"
    st.plotly_chart(cells(found), key=key, on_select=partial(_clicked, key), selection_mode="points", config=CONFIG)
    st.caption(how_to_click(found))


def _clicked(key: str) -> None:
    event: Any = st.session_state.get(key)
    point = clicked(event or {})
    if point is not None:
        _put(state.get().votes.cell(*point))


def clicked(event: Mapping[str, Any]) -> tuple[str, str] | None:
    """Return the label and the answer of the cell that was clicked, None for what is no cell."""
    points = (event.get("selection") or {}).get("points") or ()
    for point in points:
        if point.get("y") in EMOTIONS and point.get("x") in EMOTIONS:
            return str(point["y"]), str(point["x"])
    return None


def _put(votes: VotesChoice) -> None:
    state.put(replace(state.get(), votes=votes))


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
                on_click=_put,
                args=(replace(found.chosen, start=max(0, start)),),
                disabled=off,
            )
        st.markdown(f"**{range_shown(found)}**")
