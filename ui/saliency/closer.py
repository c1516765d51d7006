"""One map looked at more closely: whether it can be believed, and how Integrated Gradients add up to it."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import streamlit as st

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from fer_core.errors import FerError
from ui.data import networks
from ui.data.artifacts import Loaded
from ui.kit.jobs import Job, explainer, key_of, results
from ui.kit.theme import CONFIG
from ui.kit.wording import glyph
from ui.saliency.choice import ENSEMBLE, METHODS, PREFIX, SaliencyChoice
from ui.saliency.controls import BASELINE_TITLES
from ui.saliency.data import Wanted, subjects
from ui.saliency.film import film
from ui.saliency.plots import Paint
from ui.saliency.trust import MAPS, OTHERS, checked
from ui.session import state

if TYPE_CHECKING:
    from fer_core.saliency import Subject


ASKED = "saliency_asked"
"""What this visitor asked for, by key: it is drawn again whenever the page is."""
FRAMES = 11


def section(loaded: Loaded, wanted: Wanted, setting: Setting, choice: SaliencyChoice) -> None:
    """Draw the choice of a map, and what can be asked of it."""
    st.header("Look closer at one map", anchor="closer")
    names = [*([ENSEMBLE] if len(setting.members) > 1 else []), *setting.members]
    if st.session_state.get(f"{PREFIX}closer") not in names:
        st.session_state[f"{PREFIX}closer"] = names[0]
    name = st.pills(
        "Whose map",
        names,
        required=True,
        format_func=lambda one: "the ensemble" if one == ENSEMBLE else f"{glyph(loaded, one)} {one}",
        key=f"{PREFIX}closer",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )
    subject = next(s for s in subjects(loaded, setting, setting.members) if s.name == (name or names[0]))
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Can it be believed?", anchor=False)
        _trust(loaded, wanted, subject)
    with right:
        st.subheader("How does it add up?", anchor=False)
        _path(loaded, wanted, subject, choice)


def _asked(job: Job, label: str, words: str, *, name: str) -> Any:
    """Return the result of a job once the visitor asked for it; a button until then, and the reason why it fails."""
    asked: set[Hashable] = st.session_state.setdefault(ASKED, set())
    if job.key not in asked and job.store.get(job.key) is None:
        st.button(label, key=f"{name}_ask", on_click=asked.add, args=(job.key,), icon=":material/play_arrow:")
        st.caption(words)
        return None
    found = results([job], st.empty(), name=name).get(job.key)
    if isinstance(found, FerError):
        st.info(str(found), icon=":material/info:")
        return None
    return found


def _path(loaded: Loaded, wanted: Wanted, subject: "Subject", choice: SaliencyChoice) -> None:
    saliency, method = networks.saliency, "integrated_gradients"
    if reason := subject.why_not(method):
        st.info(reason, icon=":material/info:")
        return
    entry = saliency.ATTRIBUTIONS[method]
    arguments = saliency.resolved(entry, saliency.Arguments(**choice.arguments(entry.uses)))
    path, source = networks.path.path, explainer(loaded)
    title = "the ensemble" if subject.name == ENSEMBLE else subject.name
    job = Job(
        key_of(loaded, wanted.face.image, subject, "path", wanted.target, arguments),
        f"the path of {title}",
        (arguments.steps + FRAMES) * len(subject.networks),
        lambda tick: path(
            subject,
            wanted.face.image,
            source.surroundings,
            target=wanted.target,
            arguments=arguments,
            frames=FRAMES,
            tick=tick,
        ),
        wanted.face.own,
    )
    baseline = BASELINE_TITLES[str(arguments.baseline)]
    words = f"Integrated Gradients, frame by frame on the way from {baseline} to the face: {entry.cost(arguments)}."
    found = _asked(job, "Show the path", words, name="saliency_path")
    if found is not None:
        scale = networks.maps.common_scale(found.maps[-1])
        paint = Paint(scale, signed=True, strength=choice.strength)
        st.plotly_chart(film(found, title, paint), key="saliency_film", config=CONFIG)
        st.caption(f"Left: the image, from {baseline} to the face. Right: the sum of its pixels so far. {entry.paper}.")


def _trust(loaded: Loaded, wanted: Wanted, subject: "Subject") -> None:
    if reason := subject.why_not(wanted.method):
        st.info(reason, icon=":material/info:")
        return
    module, source = networks.trust, explainer(loaded)
    title = "the ensemble" if subject.name == ENSEMBLE else subject.name
    job = Job(
        key_of(loaded, wanted.face.image, subject, "trust", wanted.method, wanted.target, wanted.arguments),
        f"the {METHODS[wanted.method]} map of {title}",
        (MAPS * wanted.entry.passes(wanted.arguments) + OTHERS) * len(subject.networks),
        lambda tick: module.trust(
            subject,
            wanted.face.image,
            wanted.method,
            source.surroundings,
            target=wanted.target,
            arguments=wanted.arguments,
            tick=tick,
        ),
        wanted.face.own,
    )
    words = f"Four checks. They cost about {MAPS} maps and {OTHERS} more images through each network."
    found = _asked(job, "Check this map", words, name="saliency_trust")
    if found is not None:
        label = wanted.target.label
        checked(found, "its class" if label is None else EMOTIONS[label])
