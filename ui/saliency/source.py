"""Where the face comes from whose maps are shown: a mean face, a test image, or a photo put in on Try a face."""

import os
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from ui.data import networks, photos
from ui.data.artifacts import Loaded
from ui.data.dataset import pictures
from ui.kit.photos_panel import CHOSEN
from ui.saliency.choice import MEANS, PREFIX, SOURCES
from ui.session import state

TITLES = {"mean": "Mean face", "test": "Test image", "photo": "Photo"}
NO_PHOTO = "No photo with a face is here. Add one on the page Try a face, then choose it here."
"""The control that says which photo's face is looked at; photos are in no link, so it is not part of the choice."""


@dataclass(frozen=True, eq=False)
class Face:
    """A face as the networks see it, uint8 [48,48]; what to call it; and FER-2013's label, if it has one.

    spoilt : as of `fer_core.photo.framing.Framed`
    own : whether it is in a photo that the visitor put in
    balanced : whether its answer is corrected for how rare some emotions are, as on the page Try a face
    """

    image: NDArray[np.uint8]
    name: str
    label: int | None = None
    spoilt: bool = False
    own: bool = False
    balanced: bool = False


def face(loaded: Loaded, setting: Setting) -> Face | str:
    """Draw the choice of a face and return it, or a sentence that says why there is none."""
    where, known = _data_set()
    offered = [name for name in SOURCES if name != "test" or known]
    if st.session_state.get(f"{PREFIX}source") not in offered:  # a link may ask for what is not there
        st.session_state[f"{PREFIX}source"] = offered[0]
    source = st.segmented_control(
        "Face",
        offered,
        required=True,
        format_func=TITLES.__getitem__,
        key=f"{PREFIX}source",
        on_change=state.take_controls,
    )
    if not known:
        st.caption(f"Test images can be chosen where FER-2013 is: {where}.")
    if source == "test":
        return _test(loaded, setting)
    return _photo() if source == "photo" else _mean(loaded)


def _mean(loaded: Loaded) -> Face:
    st.pills(
        "The mean Training face of",
        list(MEANS),
        required=True,
        key=f"{PREFIX}mean",
        on_change=state.take_controls,
    )
    mean = state.get().saliency.mean
    image = loaded.artifacts.mean_faces()[MEANS.index(mean)]
    name = "the mean face of all Training images" if mean == "all" else f"the mean {mean} Training face"
    # As the page Try a face takes it, so that both say the same.
    spoilt = bool(networks.quality.spoilt_by(image, image[:0]))
    return Face(image, name, spoilt=spoilt)


def _data_set() -> tuple[str, bool]:
    """Return how to get the data set, and whether it seems to be there."""
    # Imported here: what needs no test image needs nothing of the data set.
    from fer_core.dataset.find import DEFAULT, ENVIRONMENT, HOW_TO_GET

    return HOW_TO_GET.removeprefix("no data set: "), bool(os.environ.get(ENVIRONMENT)) or DEFAULT.exists()


def _test(loaded: Loaded, setting: Setting) -> Face | str:
    split = pictures(loaded, "test")
    if isinstance(split, str):
        return split
    last = int(split.rows.max())
    st.session_state[f"{PREFIX}row"] = min(int(st.session_state.get(f"{PREFIX}row", 0)), last)
    st.number_input("Row of PrivateTest", 0, last, step=1, key=f"{PREFIX}row", on_change=state.take_controls)
    st.selectbox("Images", ["any", *EMOTIONS], key=f"{PREFIX}label", format_func=_labelled, on_change=_take)
    st.toggle("Only those that the ensemble gets wrong", key=f"{PREFIX}wrong", on_change=_take)
    fitting = candidates(loaded, setting, split.labels, split.rows)
    with st.container(horizontal=True, gap="small", vertical_alignment="center"):
        st.button("Random", on_click=_random, args=(fitting,), disabled=not fitting, icon=":material/casino:")
        st.button("Next", on_click=_next, args=(fitting,), disabled=not fitting, icon=":material/skip_next:")
        st.caption(f"{len(fitting):,} match" if fitting else "no image matches")
    row = min(state.get().saliency.row, last)
    at = int(np.searchsorted(split.rows, row))
    if split.rows[at] != row:
        return f"This copy of the data set has no picture for row {row} of PrivateTest."
    label = int(split.labels[at])
    return Face(split.images[at], f"image {row} of PrivateTest, labelled {EMOTIONS[label]}", label)


def _labelled(label: str) -> str:
    return "all labels" if label == "any" else f"those labelled {label}"


def _take() -> None:
    state.take_controls()


def candidates(loaded: Loaded, setting: Setting, labels: NDArray[np.int64], rows: NDArray[np.int64]) -> list[int]:
    """Return the rows of the test images that fit the filters; labels, rows : int64 [N] of those that are there."""
    choice = state.get().saliency
    fits = np.ones(len(rows), bool) if choice.label == "any" else labels == EMOTIONS.index(choice.label)
    if choice.wrong:
        explorer = photos.predictor(loaded).calibrated_ensemble.explorers["one_view"]
        fits &= ~explorer.recompute(replace(setting, split="test", twins=True)).right[rows]
    found: list[int] = rows[fits].tolist()
    return found


def _go(row: int) -> None:
    choice = state.taken()
    state.put(replace(choice, saliency=replace(choice.saliency, row=row)))


def _random(rows: Sequence[int]) -> None:
    _go(random.choice(rows))


def _next(rows: Sequence[int]) -> None:
    now = state.taken().saliency.row
    _go(next((row for row in rows if row > now), rows[0]))


def _photo() -> Face | str:
    found = {
        f"{one.source.key}:{at}": Face(
            framed.image,
            f"{'the face' if len(one.faces) == 1 else f'face {at + 1}'} in {one.source.name}",
            spoilt=framed.spoilt,
            own=True,
            balanced=one.look.balanced,
        )
        for one in photos.seen()
        for at, framed in enumerate(one.faces)
    }
    if not found:
        return NO_PHOTO
    if st.session_state.get(CHOSEN) not in found:
        st.session_state[CHOSEN] = next(iter(found))
    names = {key: face.name for key, face in found.items()}  # Streamlit holds what it is given, so no face
    st.selectbox("From the page Try a face", list(names), key=CHOSEN, format_func=names.__getitem__)
    return found[st.session_state[CHOSEN]]
