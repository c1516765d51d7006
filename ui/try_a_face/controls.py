"""Where photos come from: files, the camera, or a built-in face."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from ui.data import networks
from ui.data.artifacts import Loaded
from ui.data.photos import Source, example
from ui.kit import photos_panel
from ui.session import state
from ui.session.address import is_loopback
from ui.session.choice import EXAMPLES

FORMATS = ["jpg", "jpeg", "jfif", "png", "webp", "avif", "heic", "heif", "hif", "bmp", "tif", "tiff", "gif", "ppm"]

VIEW_TITLES = {"one_view": "One view", "full": "All views: flips and crops"}


def camera_works(url: str) -> bool:
    """Tell whether browsers give a page at this address the camera: over HTTPS, or from the same machine."""
    return urlsplit(url).scheme == "https" or is_loopback(url)


def _camera() -> None:
    if not st.toggle("Use the camera", key="camera_on"):
        return
    if camera_works(st.context.url or ""):
        photos_panel.camera()
        return
    st.info(
        "Browsers allow the camera only for pages served over HTTPS or from this machine. Take a photo with the device "
        "and upload it instead.",
        icon=":material/photo_camera:",
    )


def sources(loaded: Loaded) -> list[Source]:
    """Draw the inputs and return what was put in, on this visit to the page or before; a mean face of nothing."""
    photos_panel.uploader(FORMATS)
    _camera()
    photos_panel.listed()
    if found := photos_panel.here():
        return found
    st.pills(
        "No photo yet: this is a mean Training face",
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
    detectors = networks.detect.DETECTORS
    illuminations = networks.framing.ILLUMINATIONS
    captions = [one.description for one in detectors.values()]
    _radio("Faces are found by", titles(detectors), "detector", captions=captions)
    st.toggle(
        "Small faces too",
        key="control_face_small",
        on_change=state.take_controls,
        help="Down to 20 pixels. Takes longer and finds more false faces",
    )
    light = "The networks learned from images as they are. The slides evened out the light before training"
    _radio("Light", titles(illuminations), "illumination", horizontal=True, help=light)
    _radio("Each face is looked at in", VIEW_TITLES, "view", horizontal=True)
    st.toggle(
        "Favour rare emotions",
        key="control_face_balanced",
        on_change=state.take_controls,
        help="Divides each probability by a power of the frequency of the emotion in Training. PublicTest chooses the "
        "power",
    )
