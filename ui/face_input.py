"""Where photos come from: files, the camera, or a built-in face."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from ui import state
from ui.choice import EXAMPLES
from ui.load import Loaded
from ui.photos import Source, example

FORMATS = ["jpg", "jpeg", "jfif", "png", "webp", "avif", "heic", "heif", "bmp", "tif", "tiff", "gif"]
LOCAL = ("localhost", "127.0.0.1", "::1")

DETECTOR_TITLES = {"mtcnn": "MTCNN", "haar": "Haar cascades", "whole": "The whole picture"}
DETECTOR_CAPTIONS = (
    "Finds eyes, nose and mouth too, so that a face is set upright.",
    "Faster; for faces that look straight ahead.",
    "Looks for nothing: the middle of the picture is the face.",
)
VIEW_TITLES = {"one_view": "One view", "full": "All views: flips and crops"}
ILLUMINATION_TITLES = {"none": "As it is", "equalise": "Histogram equalisation", "clahe": "CLAHE"}


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


def _radio(label: str, titles: Mapping[str, str], field: str, **more: Any) -> None:
    """Draw the choice of one field of `FaceChoice`; titles : what a person reads for each value."""
    st.radio(
        label,
        list(titles),
        format_func=titles.__getitem__,
        key=f"control_face_{field}",
        on_change=state.take_controls,
        **more,
    )


def looks() -> None:
    """Draw how faces are found and looked at."""
    _radio("Faces are found by", DETECTOR_TITLES, "detector", captions=DETECTOR_CAPTIONS)
    st.toggle(
        "Small faces too",
        key="control_face_small",
        on_change=state.take_controls,
        help="Down to 20 pixels; takes longer, and finds more that is no face",
    )
    light = "The networks learned from images as they are; the slides evened out the light before training"
    _radio("Light", ILLUMINATION_TITLES, "illumination", horizontal=True, help=light)
    _radio("Each face is looked at in", VIEW_TITLES, "view", horizontal=True)
