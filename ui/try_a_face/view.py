"""One photo on the page: its faces, what the networks see of the chosen one, and what they make of it."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import COMBINERS, WEIGHTINGS, Answer, Setting, schemes
from fer_core.ensemble.schemes import FOR_EVERY_WEIGHTING
from fer_core.format import percent
from fer_core.reports.sentences import scheme
from fer_core.terminology import MEASURED_ON
from ui.data import networks
from ui.data.artifacts import Loaded
from ui.data.photos import Seen, answers, own_detectors, predictor
from ui.kit.answers import agreement, confidence, of_pin, scheme_title, verdict, view_sentence, votes
from ui.kit.headline import big
from ui.kit.photos_panel import open_photo
from ui.kit.theme import CONFIG
from ui.kit.wording import limits_link
from ui.session import state
from ui.try_a_face.plots import opinions

if TYPE_CHECKING:
    from fer_core.photo.face import Face

ENLARGED = 5
"""Times that the crop is enlarged, pixel by pixel."""


def _enlarged(image: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.kron(image, np.ones((ENLARGED, ENLARGED), np.uint8))


def _ask(key: str, detector: str) -> None:
    own_detectors()[key] = detector


def _no_face(seen: Seen) -> None:
    st.image(seen.preview, caption=f"{seen.source.name}: no face was found")
    st.markdown("**No face was found.** If there is one, try another way:")
    other = "haar" if seen.look.detector != "haar" else "mtcnn"
    with st.container(horizontal=True, gap="small"):
        st.button("Take the middle of the picture", on_click=_ask, args=(seen.source.key, "whole"), key="ask_whole")
        name = {"haar": "Haar cascades", "mtcnn": "MTCNN"}[other]
        st.button(f"Look with {name}", on_click=_ask, args=(seen.source.key, other), key="ask_other")


def _picture(seen: Seen, at: int) -> None:
    """Draw the photo with a numbered box around each face, and a heavier one around the chosen face."""
    draw = networks.copies.annotated
    faces = [_scaled(framed.face, seen.scale) for framed in seen.faces]
    numbers = [str(i + 1) for i in range(len(faces))]
    whole = seen.look.detector == "whole"
    shown = seen.preview if whole and len(faces) == 1 else np.asarray(draw(seen.preview, faces, numbers, chosen=at))
    width, height = seen.size
    st.image(shown, caption=f"{seen.source.name}, {width}×{height} pixels")


def _scaled(face: "Face", scale: float) -> "Face":
    left, top, right, bottom = (edge * scale for edge in face.box)
    return replace(face, box=(left, top, right, bottom))


def _pick(seen: Seen) -> int:
    """Draw the picker and return which face is looked at, counted from 0."""
    if len(seen.faces) == 1:
        return 0
    number = st.pills(
        f"{len(seen.faces)} faces, the largest first",
        list(range(1, len(seen.faces) + 1)),
        required=True,
        default=1,
        key=f"face_{seen.source.key[:16]}_{seen.look.detector}_{seen.look.small}",
    )
    return int(number or 1) - 1


def _others(loaded: Loaded, seen: Seen, at: int, setting: Setting, answer: Answer) -> None:
    """Draw what the same members say under every other scheme."""
    found: dict[tuple[str, str], Answer] = {
        (weighting, combiner): answers(loaded, seen, Setting(setting.members, weighting, combiner), face=at)[0]
        for weighting, combiner in schemes()
    }

    def cell(weighting: str, combiner: str) -> str:
        other = found[weighting, combiner]
        sure = other.shares[other.label] if other.confidence is None else other.confidence
        text = f":small[{EMOTIONS[other.label]} {percent(float(sure), 0)}%]"
        return f"**{text}**" if (weighting, combiner) == (setting.weighting, setting.combiner) else text

    titles = [f":small[{COMBINERS[combiner].title}]" for combiner in FOR_EVERY_WEIGHTING]
    lines = [["", *titles], ["---"] * (1 + len(titles))]
    lines += [
        [f":small[{WEIGHTINGS[weighting].title}]", *(cell(weighting, combiner) for combiner in FOR_EVERY_WEIGHTING)]
        for weighting in dict.fromkeys(weighting for weighting, _ in found)
    ]
    others = [(weighting, combiner) for weighting, combiner in found if combiner not in FOR_EVERY_WEIGHTING]
    st.markdown(f"**{scheme_title(list(found.values()), answer)}**")
    st.markdown("\n".join(f"| {' | '.join(line)} |" for line in lines))
    st.markdown(" · ".join(f":small[{COMBINERS[combiner].title}:] {cell(each, combiner)}" for each, combiner in others))


def photo(loaded: Loaded, seen: Seen, setting: Setting) -> None:
    """Draw one photo and the answer for the chosen face."""
    if seen.error:
        st.warning(seen.error, icon=":material/broken_image:")
        return
    if not seen.faces:
        _no_face(seen)
        return
    left, right = st.columns([5, 7], gap="medium")
    with left:
        at = _pick(seen)
        _picture(seen, at)
    framed, calibrated_ensemble = seen.faces[at], predictor(loaded).calibrated_ensemble
    answer = answers(loaded, seen, setting, face=at)[0]
    with left, st.container(horizontal=True, gap="medium", vertical_alignment="center"):
        st.image(_enlarged(framed.image), width=150)
        st.caption(
            "What the networks see: 48×48 pixels, aligned as FER-2013 aligns its faces"
            + ("." if seen.look.illumination == "none" else ", with its light evened out.")
        )
    with right:
        words = f"{agreement(answer)}, {confidence(answer)}"
        st.html(big(EMOTIONS[answer.label], words, unit=""))
        st.markdown(verdict(answer, balanced=seen.look.balanced))
        if answer.confidence is not None:
            st.caption(MEASURED_ON)
        if pin := state.get().pin:
            pinned = pin.setting(setting.split, twins=setting.twins)
            st.markdown(of_pin(pinned, answers(loaded, seen, pinned, face=at)[0]))
        source = seen.source
        opened = (source.key, at, source.example)
        if st.button("Why?", key="why", icon=":material/visibility:", on_click=open_photo, args=opened):
            st.switch_page("pages/saliency.py", query_params=state.get().to_query())
        for doubt in framed.doubts:
            st.markdown(f":material/warning: {doubt[0].upper()}{doubt[1:]}.")
        st.plotly_chart(opinions(loaded, answer, vote=setting.combiner == "hard_vote"), key="opinions", config=CONFIG)
        st.markdown(votes(loaded, answer))
        test, valid = (calibrated_ensemble.accuracy(setting, seen.look.view, split) for split in ("test", "valid"))
        views = predictor(loaded).views
        st.caption(
            f"{scheme(setting)[0].upper()}{scheme(setting)[1:]}. {view_sentence(seen.look.view, views, test, valid)} "
            "An expression is not a feeling: see "
            f"[what these numbers cannot say]({limits_link(state.get(), 'people')})."
        )
        _others(loaded, seen, at, setting, answer)
