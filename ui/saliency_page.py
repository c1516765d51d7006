"""Maps of one face: the choice of it on the left, what networks see in it on the right."""

from dataclasses import dataclass
from typing import Any

import streamlit as st

from fer_core.ensemble import Setting
from ui import saliency_controls as controls
from ui import saliency_maps, saliency_run, saliency_source, saliency_view
from ui.choice import Choice, default
from ui.face_text import of_pin
from ui.headline import empty_headline
from ui.load import Loaded
from ui.saliency_choice import SaliencyChoice
from ui.saliency_closer import section
from ui.saliency_take_home import take_home


@dataclass(frozen=True, eq=False)
class Page:
    """What was chosen, and the places where maps go."""

    choice: SaliencyChoice
    setting: Setting
    wanted: saliency_maps.Wanted
    progress: Any
    maps: Any


def choose(loaded: Loaded, choice: Choice) -> Page | None:
    """Draw the controls and what the ensemble says, at once; None where there is no face, after a sentence."""
    if not saliency_run.available():
        st.info(saliency_run.WITHOUT, icon=":material/info:")
        return None
    setting = choice.setting() if not choice.empty() else default(loaded.members).setting()
    left, right = st.columns([3, 9], gap="medium")
    with right:
        place = st.container(key="saliency_right")
    with place:
        saliency_run.explainer(loaded)
    with left, st.container(key="panel"):
        st.toggle("Face and method", key="fold")
        with st.container(key="controls"):
            face = saliency_source.face(loaded, setting)
            if not isinstance(face, str):
                wanted = saliency_maps.wanted(loaded, face, setting, choice.saliency)
                controls.method(wanted.entry, wanted.entry.cost(wanted.arguments))
                controls.explained()
                controls.members(loaded, setting.members)
                controls.strength()
                controls.arguments(wanted.entry)
    with place:
        if isinstance(face, str):
            empty_headline("There is no face to look at.", face)
            st.page_link("pages/try_a_face.py", label="Try a face", icon=":material/face:")
            return None
        saliency_view.head(wanted, setting, len(choice.saliency.shown(setting.members)))
        if choice.pin:
            pinned = choice.pin.setting(choice.split, twins=choice.twins)
            if answer := saliency_maps.answer_of(loaded, face, pinned):
                st.caption(of_pin(pinned, answer))
        with st.container(key="saliency_progress"):
            progress = st.empty()
        return Page(choice.saliency, setting, wanted, progress, st.container())


def explain(loaded: Loaded, page: Page, closer: Any) -> None:
    """Draw the maps, which may take some seconds, and into `closer` what can be asked of each."""
    subjects = saliency_maps.subjects(loaded, page.setting, page.choice.shown(page.setting.members))
    maps = saliency_maps.maps(loaded, page.wanted, subjects, page.progress)
    with page.maps:
        saliency_view.view(loaded, page.wanted, maps, page.choice)
        take_home(loaded, page.wanted, maps, page.choice)
    with closer:
        section(loaded, page.wanted, page.setting, page.choice)
