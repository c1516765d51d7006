"""Greedy paths, step by step: the controls, where the path leads, and the figure."""

from dataclasses import replace
from functools import partial
from html import escape

import plotly.graph_objects as go  # type: ignore[import-untyped]
import streamlit as st

from fer_core.ensemble.subsets.selection import Step
from fer_core.format import percent
from ui.data.artifacts import Loaded
from ui.gain.data import Gain, favourite, path, taken_over
from ui.gain.wording import narrow, no_path, path_title, step_words
from ui.kit.headline import fact
from ui.kit.theme import CONFIG, coloured, ink, layout, two_lines
from ui.kit.wording import glyph
from ui.session import state

TITLES = {"forward": "Forward selection", "backward": "Backward elimination"}
WORDS = {
    "forward": "Add the member that helps most on PublicTest, again and again. A member may be added more than once, "
    "and its weight is the number of times (Caruana et al. 2004). The weights chosen above play no part.",
    "backward": "Start with all members and remove the one that PublicTest misses least, until one is left. Weights "
    "stay as chosen above.",
}
FIGURE, SLIDER, LABELLED = "gain_path", "control_gain_step", 5
"""Keys of the figure and of the slider; of many steps every so manieth has its number below it."""


def section(loaded: Loaded, gain: Gain, widths: list[int]) -> None:
    """Draw a path and the step on it that is chosen."""
    choice, (words, figure) = gain.choice, st.columns(widths, gap="medium")
    forward = choice.gain.path == "forward"
    with words:
        st.segmented_control(
            "Path",
            list(TITLES),
            format_func=TITLES.__getitem__,
            required=True,
            key="control_gain_path",
            on_change=state.take_controls,
            label_visibility="collapsed",
        )
        st.markdown(loaded.words.put(WORDS[choice.gain.path]))
    steps = path(loaded, gain)
    if steps is None:
        figure.info(no_path(gain), icon=":material/info:")
        return
    at, best = min(choice.gain.step, len(steps)), favourite(steps)
    with words:
        _controls(loaded, at, best, len(steps))
        _readout(loaded, steps, at, forward)
        st.button(
            "Use this ensemble",
            on_click=lambda: state.put(taken_over(state.taken(), steps[at - 1])),
            key="gain_take",
            icon=":material/north:",
            help="Counts become manual weights from 0 to 2" if forward else "Switches these members on",
        )
        if len(steps) > 1:
            images = len(loaded.explorer.part("test", twins=choice.twins).labels)
            st.caption(narrow(steps, images, loaded.words))
    figure.plotly_chart(
        chart(loaded, steps, at, best, forward=forward),
        key=FIGURE,
        config=CONFIG,
        on_select=partial(_clicked, len(steps)),
        selection_mode="points",
    )


def _go(step: int) -> None:
    choice = state.taken()
    state.put(replace(choice, gain=replace(choice.gain, step=step)))


def _clicked(steps: int) -> None:
    """Go to the step whose dot was clicked."""
    points = st.session_state.to_dict()[FIGURE].selection.points
    step = points[0].get("x") if points else None
    if isinstance(step, int | float) and 1 <= step <= steps:
        _go(round(step))


def _controls(loaded: Loaded, at: int, best: int, steps: int) -> None:
    if steps > 1:
        if st.session_state[SLIDER] > steps:  # a link or the other path may have gone further
            st.session_state[SLIDER] = steps
        st.slider("Step", 1, steps, key=SLIDER, on_change=state.take_controls)
    with st.container(horizontal=True, gap="small"):
        st.button("Back", on_click=_go, args=(at - 1,), disabled=at == 1, key="gain_back")
        st.button("Next", on_click=_go, args=(at + 1,), disabled=at == steps, key="gain_step", type="primary")
        words = f"Best on {loaded.words.valid}"
        st.button(words, on_click=_go, args=(best,), disabled=at == best, key="gain_best")


def _readout(loaded: Loaded, steps: list[Step], at: int, forward: bool) -> None:
    step = steps[at - 1]
    changed = "nobody" if step.changed is None else f"{glyph(loaded, step.changed)} {step.changed}"
    facts = [
        fact("step", f"{at} of {len(steps)}"),
        fact("taken" if forward else "left out", changed),
        fact(f"{loaded.words.valid}, %", percent(step.valid, 2)),
        fact(f"{loaded.words.test}, %", percent(step.test, 2)),
    ]
    words = escape(step_words(step, forward=forward))
    st.html(f'<div class="fer-facts">{"".join(facts)}</div><p class="fer-note fer-step">{words}</p>')


def chart(loaded: Loaded, steps: list[Step], at: int, best: int, *, forward: bool) -> go.Figure:
    """Show both splits along a path; a dot goes to its step."""
    colours, numbers = ink(), list(range(1, len(steps) + 1))
    figure = go.Figure()
    figure.add_vline(x=at, line={"color": colours.faint, "width": 14}, opacity=0.25)
    words = loaded.words
    lines = {words.valid: (colours.text, "valid"), words.test: (colours.accent, "test")}
    for name, (colour, split) in lines.items():
        values = [100 * getattr(step, split) for step in steps]
        same = {"marker": {"opacity": 1}}
        figure.add_scatter(
            x=numbers,
            y=values,
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"color": colour, "size": [14 if number == at else 7 for number in numbers], "opacity": 1},
            selected=same,
            unselected=same,
            customdata=[step_words(step, forward=forward) for step in steps],
            hovertemplate=f"step %{{x}}: {name} %{{y:.2f}}%<br>%{{customdata}}<extra></extra>",
        )
    many = len(steps) > 2 * LABELLED
    marks = ["all" if step.changed is None else glyph(loaded, step.changed) for step in steps]
    shown = [number == 1 or not many or number % LABELLED == 0 for number in numbers]
    figure.update_xaxes(
        range=[0.4, len(steps) + 0.6],
        tickvals=numbers,
        ticktext=[
            f"{mark}<br>{number if show else ' '}" for mark, number, show in zip(marks, numbers, shown, strict=True)
        ],
        tickangle=0,
        title="step, and the member added" if forward else "step, and the member removed",
    )
    figure.update_yaxes(title="accuracy, %")
    valid, test = (coloured(name, colour) for name, (colour, _) in lines.items())
    return two_lines(layout(figure, path_title(steps, best, forward, (valid, test), words.valid), 400))
