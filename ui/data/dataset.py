"""Pictures of the data set, where it is; they are held in memory and written nowhere."""

import base64
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.artifacts import Artifacts
from fer_core.errors import DatasetError
from ui.data import networks
from ui.data.artifacts import Loaded

if TYPE_CHECKING:
    from fer_core.dataset import Split


def pictures(loaded: Loaded, split: str) -> "Split | str":
    """Return the images of "valid" or "test" with their rows, or a sentence that says why there are none."""
    # Imported here: what shows no picture needs nothing of the data set.
    from fer_core.dataset.find import DEFAULT, ENVIRONMENT, HOW_TO_GET

    named = os.environ.get(ENVIRONMENT, "")
    path = Path(named).expanduser() if named else DEFAULT
    if not path.exists() and not named:
        return f"Faces are shown where FER-2013 is: {HOW_TO_GET.removeprefix('no data set: ')}."
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _read(loaded.artifacts.fingerprint, str(path), changed, split, loaded.artifacts)


@st.cache_resource(show_spinner="Reading the data set", max_entries=2)
def _read(fingerprint: str, path: str, changed: int, split: str, _artifacts: Artifacts) -> "Split | str":
    """Read a split; what is wrong with the data set is kept, too, since finding out takes as long."""
    from fer_core.dataset import find

    try:
        return find(known=_artifacts.rows()).split(split)
    except DatasetError as error:
        return f"No faces are shown: {error}"


def picture(split: "Split", row: int) -> NDArray[np.uint8] | None:
    """Return the image of a row, uint8 [48,48]; None where this copy of the data set lacks it."""
    at = int(np.searchsorted(split.rows, row))
    return split.images[at] if at < len(split.rows) and split.rows[at] == row else None


def address(image: NDArray[np.uint8]) -> str:
    """Return a picture uint8 [48,48] as an address that holds it."""
    content = io.BytesIO()
    networks.Image.fromarray(image).save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()
