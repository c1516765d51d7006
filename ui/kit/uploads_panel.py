"""Putting in members of one's own, and what is said of them."""

from collections.abc import Callable
from functools import partial

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.artifacts import Artifacts
from fer_core.reports.summary import ours_of
from fer_core.user_predictions import Extra, Reference, template_csv, template_npz
from ui.data.artifacts import Loaded
from ui.kit import boundary
from ui.kit.markdown import plain
from ui.session import server_files, state
from ui.session import uploads as own
from ui.session.memory import unbroken

FORM = """Train any model, let it predict, and save its logits or probabilities as **NPZ** or **CSV**.

- **The faces of FER-2013**: rows of PublicTest and of PrivateTest, in the order of `fer2013.csv`. Your members then
  stand beside the others. Both splits are needed because weights are fitted on PublicTest.
- **Any other data**: rows with labels of their own, of any classes. Your members then stand alone. Rows that are not
  divided into `valid` and `test` are divided at random.

NPZ: `valid` and `test` of the shape [members, rows, classes], `members` with their names; with labels of your own
`valid_labels` and `test_labels` too, or `probabilities` (or `logits`) and `labels`. `classes` names the classes, in
any order and by usual names (anger, happiness). CSV: the columns member, split, row, label, and one for each class.
NPY: one array of both splits of FER-2013, one after the other.

Rows that sum to 1 are probabilities, to 100 percent, others logits. `contempt` is left out, and `contempt=disgust` is
added to disgust."""


TEMPLATES: dict[str, Callable[[Reference], str | bytes]] = {"csv": template_csv, "npz": template_npz}


def switch(loaded: Loaded) -> None:
    """Draw the choice between FER-2013 and rows of the visitor's own, where there are such."""
    alone = own.standing_alone()
    if alone is None:
        return
    titles = {False: alone.file, True: "FER-2013"}
    key = "own_switch"

    @unbroken
    def take() -> None:
        own.hide(bool(st.session_state[key]))

    st.session_state[key] = not loaded.alone
    st.segmented_control(
        "Explore",
        list(titles),
        format_func=titles.__getitem__,
        required=True,
        key=key,
        on_change=take,
        label_visibility="collapsed",
    )


def panel(loaded: Loaded, place: DeltaGenerator) -> None:
    """Draw what is needed to put files in, and what is here, into a place."""
    found = own.extras()
    problem = st.session_state.get(own.PROBLEM)
    opened = bool(found or problem or state.waiting())
    with place, st.expander("Your own models", expanded=opened, icon=":material/upload_file:"):
        for extra in found:
            _file(loaded, extra)
        st.file_uploader(
            "NPZ, NPY or CSV of logits or probabilities",
            key=_uploader(),
            on_change=partial(_take, loaded.artifacts),  # not what is loaded: Streamlit would hold that on
            max_upload_size=64,
        )
        if problem:
            st.error(plain(problem), icon=":material/error:")
        with st.popover("What a file needs", icon=":material/description:"):
            st.markdown(FORM)
            for ending, template in TEMPLATES.items():
                st.download_button(
                    f"Template, {ending.upper()}",
                    data=partial(_filled, loaded.artifacts, template),
                    file_name=f"members.{ending}",
                    mime="text/csv" if ending == "csv" else "application/octet-stream",
                    on_click="ignore",
                    icon=":material/download:",
                )
        st.caption("Files stay in this tab's memory. A link names them but does not carry them.")


def _filled(artifacts: Artifacts, template: Callable[[Reference], str | bytes]) -> str | bytes:
    return template(ours_of(artifacts))


def _file(loaded: Loaded, extra: Extra) -> None:
    members = f"{len(extra.members)} member{'s' if len(extra.members) > 1 else ''}"
    if extra.joins:
        words = f"{members}, beside the others"
    else:
        rows = " and ".join(f"{len(extra.labels[split]):,}" for split in ("valid", "test"))
        words = f"{members}, {len(extra.classes)} classes, {rows} rows, standing alone"
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{plain(extra.file)}**: {words}.", width="stretch")
        st.button("Remove", key=f"own_remove_{extra.sha256[:8]}", on_click=_remove, args=(extra.file,), type="tertiary")
    for remark in extra.remarks:
        st.caption(plain(remark))


@unbroken
def _take(artifacts: Artifacts) -> None:
    """Take in what was uploaded; the callback of the uploader."""
    upload = st.session_state.get(_uploader())
    st.session_state.pop(own.PROBLEM, None)
    if upload is None:
        return
    try:
        problem = own.take(artifacts, upload.getvalue(), upload.name)
    except Exception:  # a file may be wrong in ways that nobody foresaw
        problem = f"{own.safe(upload.name)} could not be read. {boundary.logged()}"
    if problem:
        st.session_state[own.PROBLEM] = problem
    else:
        st.session_state[own.UPLOAD] = st.session_state.get(own.UPLOAD, 0) + 1
        server_files.let_go(upload.file_id)


def _uploader() -> str:
    """Return the key of the uploader: a new one after each file that was taken in, so that it stands empty again."""
    return f"{own.UPLOAD}_{st.session_state.get(own.UPLOAD, 0)}"


@unbroken
def _remove(file: str) -> None:
    own.remove(file)
    st.session_state.pop(own.PROBLEM, None)
