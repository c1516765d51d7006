"""Maps of one face: the choice of it on the left, what networks see in it on the right."""

from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from fer_core.ensemble import Setting
from ui.data.artifacts import Loaded
from ui.kit import jobs
from ui.kit.answers import of_pin
from ui.kit.headline import empty_headline
from ui.saliency import controls, data, source
from ui.saliency import maps as saliency_view
from ui.saliency.choice import SaliencyChoice
from ui.saliency.closer import section
from ui.saliency.downloads import downloads
from ui.session.choice import Choice, default


@dataclass(frozen=True, eq=False)
class Page:
    """What was chosen, and the places where maps go."""

    choice: SaliencyChoice
    setting: Setting
    wanted: data.Wanted
    progress: DeltaGenerator
    maps: DeltaGenerator


def choose(loaded: Loaded, choice: Choice) -> Page | None:
    """Draw the controls and what the ensemble says, at once; None where there is no face, after a sentence."""
    if not jobs.available():
        st.info(jobs.WITHOUT, icon=":material/info:")
        return None
    setting = choice.setting() if not choice.empty() else default(loaded.members).setting()
    left, right = st.columns([3, 9], gap="medium")
    with right:
        place = st.container(key="saliency_right")
    with place:
        jobs.explainer(loaded)
    with left, st.container(key="panel"):
        st.toggle("Face and method", key="fold")
        with st.container(key="controls"):
            face = source.face(loaded, setting)
            if not isinstance(face, str):
                wanted = data.wanted(loaded, face, setting, choice.saliency)
                controls.method(wanted.entry, wanted.entry.cost(wanted.arguments))
                controls.explained()
                controls.members(loaded, setting.members)
                controls.strength()
                controls.arguments(wanted.entry)
    with place:
        if isinstance(face, str):
            empty_headline("No face is chosen.", face)
            st.page_link("pages/try_a_face.py", label="Try a face", icon=":material/face:")
            return None
        saliency_view.head(wanted, setting, len(choice.saliency.shown(setting.members)))
        if choice.pin:
            pinned = choice.pin.setting(choice.split, twins=choice.twins)
            if answer := data.answer_of(loaded, face, pinned):
                st.caption(of_pin(pinned, answer))
        with st.container(key="saliency_progress"):
            progress = st.empty()
        return Page(choice.saliency, setting, wanted, progress, st.container())


def explain(loaded: Loaded, page: Page, closer: DeltaGenerator) -> None:
    """Draw the maps, which may take some seconds, and into `closer` what can be asked of each."""
    subjects = data.subjects(loaded, page.setting, page.choice.shown(page.setting.members))
    maps = data.maps(loaded, page.wanted, subjects, page.progress)
    with page.maps:
        saliency_view.view(loaded, page.wanted, maps, page.choice)
        downloads(loaded, page.wanted, maps, page.choice)
    with closer:
        section(loaded, page.wanted, page.setting, page.choice)
