"""Where photos come from: files, the camera, or a built-in face."""

import importlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from ui import state
from ui.choice import EXAMPLES
from ui.limits_text import LOCAL
from ui.load import Loaded
from ui.photos import Source, example

FORMATS = ["jpg", "jpeg", "jfif", "png", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff", "gif"]

VIEW_TITLES = {"one_view": "One view", "full": "All views: flips and crops"}


def camera_works(url: str) -> bool:
    """Tell whether browsers give a page at this address the camera: over HTTPS, or from the same machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in LOCAL


def _camera() -> list[Source]:
    if not st.toggle("Use the camera", key="camera_on"):
        return []
    if not camera_works(st.context.url or ""):
        st.info(
            "Browsers give the camera only to pages that come over HTTPS or from this machine; take a photo with the "
            "device and upload it instead.",
            icon=":material/photo_camera:",
        )
        return []
    taken = st.camera_input("Take a photo", label_visibility="collapsed")
    return [Source("your photo", taken.getvalue())] if taken else []


def sources(loaded: Loaded) -> list[Source]:
    """Draw the inputs and return what was put in; a mean face while there is nothing."""
    files = st.file_uploader(
        "Photos",
        type=FORMATS,
        accept_multiple_files=True,
        key="uploaded_photos",
        label_visibility="collapsed",
        max_upload_size=20,
        help="Photos stay in the memory of this session; they are not written to disk or sent anywhere else.",
    )
    found = [Source(file.name, file.getvalue()) for file in files] + _camera()
    if found:
        return found
    st.pills(
        "No photo yet: look at a mean Training face",
        list(EXAMPLES),
        required=True,
        key="control_face_example",
        on_change=state.take_controls,
    )
    return [example(loaded, state.get().faces.example)]


def titles(registry: Mapping[str, Any]) -> dict[str, str]:
    """Return what a person reads for each entry of a registry."""
    return {name: entry.title for name, entry in registry.items()}


def _radio(label: str, words: Mapping[str, str], field: str, **more: Any) -> None:
    """Draw the choice of one field of `FaceChoice`; words : what a person reads for each value."""
    st.radio(
        label,
        list(words),
        format_func=words.__getitem__,
        key=f"control_face_{field}",
        on_change=state.take_controls,
        **more,
    )


def looks() -> None:
    """Draw how faces are found and looked at."""
    # Imported here: what is drawn above needs neither.
    detectors = importlib.import_module("fer_core.faces.detect").DETECTORS
    illuminations = importlib.import_module("fer_core.faces.illumination").ILLUMINATIONS
    captions = [one.description for one in detectors.values()]
    _radio("Faces are found by", titles(detectors), "detector", captions=captions)
    st.toggle(
        "Small faces too",
        key="control_face_small",
        on_change=state.take_controls,
        help="Down to 20 pixels; takes longer, and finds more that is no face",
    )
    light = "The networks learned from images as they are; the slides evened out the light before training"
    _radio("Light", titles(illuminations), "illumination", horizontal=True, help=light)
    _radio("Each face is looked at in", VIEW_TITLES, "view", horizontal=True)
