"""Photos that the visitor put in: the session holds them on every page, bounded, until they are removed or it ends."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import streamlit as st

from ui.data import photos
from ui.data.photos import Source
from ui.kit.labels import short
from ui.kit.markdown import plain
from ui.session import server_files, state
from ui.session.cache import put_anew
from ui.session.memory import unbroken

HERE, LEFT_OUT = "photos_here", "photos_left_out"
UPLOADER, CAMERA, TAKEN = "photos_uploader", "photos_camera", "photos_camera_file"
"""How often the uploader and the camera were emptied, which is part of their keys; the server's copy of a snapshot."""
MOST, BYTES = 30, 100 * 2**20
"""Photos that a visit holds at once, and bytes of their files."""
SNAPSHOT = "your photo"
CHOSEN = "control_saliency_photo"
"""The face of a photo that the page Saliency looks at."""


def here() -> list[Source]:
    """Return the photos of this visit, in the order in which they were put in."""
    found: tuple[Source, ...] = st.session_state.get(HERE, ())
    return list(found)


def put(found: Iterable[tuple[str, bytes]]) -> None:
    """Take in photos, names and contents, each once; those that would be too many or too large are left out."""
    held, left_out = here(), 0
    known = {(source.name, source.key) for source in held}
    for name, content in found:
        source = Source(name, content)
        if (name, source.key) in known:
            continue
        if len(held) >= MOST or sum(len(one.content) for one in held) + len(content) > BYTES:
            left_out += 1
            continue
        held.append(source)
        known.add((name, source.key))
    st.session_state[HERE], st.session_state[LEFT_OUT] = tuple(held), left_out


@unbroken
def remove(name: str, key: str) -> None:
    """Forget a photo and all that was made of it; a callback, which is told no more than its name and its SHA-256.

    Streamlit holds what a control was given until the visit ends.
    """
    _remove(lambda one: (one.name, one.key) == (name, key))


@unbroken
def remove_all() -> None:
    """Forget all photos; a callback."""
    _remove(lambda one: True)


def _remove(gone: Callable[[Source], bool]) -> None:
    if any(gone(one) for one in here() if one.name == SNAPSHOT):
        _empty_camera()
    put_anew(HERE, tuple(one for one in here() if not gone(one)))
    st.session_state.pop(LEFT_OUT, None)
    photos.forget(gone)


def uploader(formats: Sequence[str]) -> None:
    """Draw the place for files; it stands empty again once they are taken in."""
    st.file_uploader(
        "Photos",
        type=list(formats),
        accept_multiple_files=True,
        key=_key(UPLOADER),
        on_change=_take,
        label_visibility="collapsed",
        max_upload_size=20,
        help="Photos stay in the memory of this session. They are not written to disk or sent anywhere else.",
    )


def camera() -> None:
    """Draw the camera."""
    st.camera_input("Take a photo", label_visibility="collapsed", key=_key(CAMERA), on_change=_snap)


def listed() -> None:
    """Draw what is here, each photo with a button that removes it, and what was left out."""
    held = here()
    if left_out := st.session_state.get(LEFT_OUT):
        them = "One photo was" if left_out == 1 else f"{left_out} photos were"
        st.warning(
            f"{them} left out: a visit holds {MOST} photos and {BYTES // 2**20} MB at once. Remove some first.",
            icon=":material/photo_library:",
        )
    if not held:
        return
    with st.container(horizontal=True, gap="small", key="photos_here_listed"):
        for at, source in enumerate(held):
            st.button(
                plain(short(source.name, 28)),
                key=f"photo_remove_{at}_{source.key[:8]}",
                icon=":material/close:",
                type="tertiary",
                help="Remove this photo",
                on_click=remove,
                args=(source.name, source.key),
            )
        if len(held) > 1:
            st.button("Remove all", key="photos_remove_all", on_click=remove_all)


@unbroken
def _take() -> None:
    files = st.session_state.get(_key(UPLOADER)) or []
    put((file.name, file.getvalue()) for file in files)
    if files:
        st.session_state[UPLOADER] = st.session_state.get(UPLOADER, 0) + 1
    for file in files:
        server_files.let_go(file.file_id)


@unbroken
def _snap() -> None:
    """Hold the snapshot in place of the one before, or none once it is cleared."""
    taken = st.session_state.get(_key(CAMERA))
    put_anew(HERE, tuple(one for one in here() if one.name != SNAPSHOT))
    photos.forget(lambda one: one.name == SNAPSHOT)
    if file_id := st.session_state.pop(TAKEN, None):
        server_files.let_go(file_id)
    if taken is not None:
        put([(SNAPSHOT, taken.getvalue())])
        st.session_state[TAKEN] = taken.file_id


def _empty_camera() -> None:
    if file_id := st.session_state.pop(TAKEN, None):
        server_files.let_go(file_id)
    st.session_state[CAMERA] = st.session_state.get(CAMERA, 0) + 1


def _key(widget: str) -> str:
    return f"{widget}_{st.session_state.get(widget, 0)}"


def open_photo(key: str, face: int, example: bool) -> None:
    """Choose a face of a photo, or the mean face that stands in for one; the callback of a link to this page.

    key : of the photo's `ui.data.photos.Source`
    """
    choice = state.taken()
    saliency = choice.saliency
    if example:
        saliency = replace(saliency, source="mean", mean=choice.faces.example)
    else:
        saliency = replace(saliency, source="photo")
        st.session_state[CHOSEN] = f"{key}:{face}"
    state.put(replace(choice, saliency=saliency))
