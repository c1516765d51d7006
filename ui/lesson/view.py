"""How the page Lesson is drawn: a step before and after its answer, the keys, and the end."""

from dataclasses import replace
from html import escape

import streamlit as st

from ui.data.artifacts import Loaded
from ui.kit.headline import big
from ui.kit.theme import CONFIG
from ui.lesson.choice import KEYS, SCALES, LessonChoice
from ui.lesson.plots import picture
from ui.lesson.steps import STEPS, asked, told
from ui.session import state
from ui.session.choice import Choice, default

STYLE = """<style>
.st-key-lesson_keys { display:none; }
[data-testid=stButton] button:focus-visible { outline:3px solid var(--fer-accent); outline-offset:2px; }
.fer-qr { width:min(16rem, 100%); background:#fff; border-radius:0.4rem; }
.fer-learn { min-height:6.4rem; font-size:1.05rem; }
.fer-learn em { font-style:normal; font-weight:600; display:block; margin-top:0.4rem; }
.st-key-lesson_question { min-height:4.2rem; }
@media (max-width: 640px) {
  .fer-big { min-height:8.4rem; align-content:start; }
  [data-testid=stColumn]:has(.fer-learn), [data-testid=stColumn]:has(.fer-learn) > [data-testid=stVerticalBlock] {
    display:contents; }
  [data-testid=stColumn]:not(:has(.fer-learn)) { order:1; }
  [data-testid=stElementContainer]:has(.fer-learn) { order:2; }
}
</style>"""
LARGE = """<style>
[data-testid=stHeader] { display:none; }
[data-testid=stMainBlockContainer] { padding-top:1.2rem; }
[data-testid=stMainBlockContainer] h1 { padding-top:0; }
[data-testid=stSlider] p, [data-testid=stButton] p { font-size:1.2rem; }
[data-testid=stMainBlockContainer] h1 { font-size:clamp(1.9rem, 3.6vw, 3.2rem); }
[data-testid=stMainBlockContainer] .st-key-lesson_question p { font-size:clamp(1.2rem, 2vw, 1.8rem); line-height:1.35; }
.fer-big b { font-size:clamp(4.4rem, 11vw, 8rem); }
.fer-big span { font-size:clamp(1.3rem, 2.2vw, 2rem); }
.fer-learn { font-size:clamp(1.15rem, 1.9vw, 1.7rem); line-height:1.35; }
</style>"""
KEYS_SAID = (
    "Keys: :material/arrow_forward: or Page Down goes on, :material/arrow_back: or Page Up goes back. On the slider, "
    "arrows move the guess; Tab leaves it for the button, and Enter presses that."
)


def style(choice: LessonChoice) -> None:
    """Draw the style of this page alone."""
    st.html(STYLE + (LARGE if choice.present else ""))


def _put(choice: LessonChoice) -> None:
    state.put(replace(state.taken(), lesson=choice))


def _forward(skips: bool) -> None:
    choice = state.taken().lesson
    _put(choice.forward(skips=skips))


def _back() -> None:
    _put(state.taken().lesson.back())


def bar(choice: LessonChoice) -> None:
    """Draw where one is, and the switch to large type."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        st.markdown(f"Step **{choice.step}** of {len(KEYS)}", width="content")
        st.toggle(
            "Presenter",
            key=f"{LessonChoice.PREFIX}present",
            on_change=state.take_controls,
            help="Larger type and one thing at a time, for a classroom",
        )


def question(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw the title and what is asked."""
    st.title(STEPS[choice.key].title, anchor=False)
    with st.container(key="lesson_question"):
        st.markdown(asked(loaded, choice.key).question, width=1100)


def number(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw the largest thing: the guess, and after it the truth."""
    key, step, guess = choice.key, STEPS[choice.key], choice.guess(choice.key)
    if why := asked(loaded, key).why_not:
        st.html(big("–", why, unit=""))
    elif choice.asks_only:
        st.html(big("?", "Decide before you go on.", unit=""))
    elif choice.is_revealed(key):
        truth = told(loaded, key).truth
        st.html(big(step.text(truth), f"is the truth: {step.verdict(guess, truth)}", unit=step.unit))
    else:
        st.html(big(step.text(guess, SCALES[key].digits), "is your guess", unit=step.unit))


def slider(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw the slider of the guess; once the answer is out it cannot be moved."""
    key, scale = choice.key, SCALES[choice.key]
    if asked(loaded, key).why_not or choice.asks_only:
        return
    st.slider(
        f"Your guess: {STEPS[key].label}",
        float(scale.low),
        float(scale.high),
        step=float(scale.by),
        format=f"%{'+' if STEPS[key].signed else ''}.{scale.digits}f",
        key=f"{LessonChoice.PREFIX}{key}",
        on_change=state.take_controls,
        disabled=choice.is_revealed(key),
    )


def buttons(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw the two ways to go, and the keys that presenters' remote controls send."""
    skips = asked(loaded, choice.key).why_not is not None
    done = skips or choice.is_revealed(choice.key)
    last = done and choice.step == len(KEYS)
    forward = "Next" if done else "Show the picture" if choice.asks_only else "Reveal"
    with st.container(horizontal=True):
        st.button(
            forward,
            key="lesson_forward",
            type="primary",
            shortcut="Right",
            on_click=_forward,
            args=(skips,),
            disabled=last,
        )
        st.button("Back", key="lesson_back", shortcut="Left", on_click=_back, disabled=choice.back() == choice)
    with st.container(key="lesson_keys"):
        st.button("Page Up", key="lesson_page_up", shortcut="PageUp", on_click=_back)
        st.button("Page Down", key="lesson_page_down", shortcut="PageDown", on_click=_forward, args=(skips,))


def learned(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw what there is to learn, in a place that is kept for it."""
    text = ""
    if choice.is_revealed(choice.key) and not asked(loaded, choice.key).why_not:
        answer = told(loaded, choice.key)
        text = escape(answer.lesson) + (f"<em>{escape(answer.flag)}</em>" if answer.flag else "")
    st.html(f'<div class="fer-learn" role="status">{text}</div>')


def figure(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw the picture of the step."""
    key = choice.key
    says = asked(loaded, key)
    if says.why_not or choice.asks_only:
        return
    answer = told(loaded, key) if choice.is_revealed(key) else None
    shown = picture(key, STEPS[key], says, answer, choice.guess(key), large=choice.present)
    st.plotly_chart(shown, key="lesson_picture", config=CONFIG)


def explorer_at(loaded: Loaded) -> Choice:
    """Return the explorer's choice that shows the ensemble of the last step."""
    setting = loaded.chosen.setting
    choice = replace(default(loaded.members), weighting=setting.weighting, combiner=setting.combiner)
    return replace(choice.with_members(setting.members), lesson=state.get().lesson)


def end(loaded: Loaded, choice: LessonChoice) -> None:
    """Draw the way into the explorer and every guess beside its truth, once the last answer is out."""
    shown = [key for key in KEYS if choice.is_revealed(key) and not asked(loaded, key).why_not]
    if choice.step < len(KEYS) or not (choice.is_revealed(choice.key) or asked(loaded, choice.key).why_not):
        return
    with st.container(horizontal=True):
        if st.button("Open the explorer here", on_click=state.put, args=(explorer_at(loaded),)):
            st.switch_page("pages/ensemble.py", query_params=explorer_at(loaded).to_query())
        st.button("Start over", on_click=_put, args=(LessonChoice(present=choice.present),))
    if choice.present or not shown:
        return
    st.header("Your guesses", anchor=False)
    st.markdown(table(loaded, choice, shown))


def table(loaded: Loaded, choice: LessonChoice, shown: list[str]) -> str:
    """Return guesses and truths as Markdown, and how far they are apart on average; shown : steps, at least one."""
    rows, away = ["| step | your guess | truth | apart |", "| --- | ---: | ---: | ---: |"], 0.0
    for key in shown:
        step, guess, truth = STEPS[key], choice.guess(key), told(loaded, key).truth
        apart = abs(guess - truth)
        away += apart
        mine = step.text(guess, SCALES[key].digits)
        rows.append(f"| {step.title} | {mine}{step.unit} | {step.text(truth)}{step.unit} | {apart:.{step.exact}f} |")
    return "\n".join(rows) + f"\n\nOn average your guesses are **{away / len(shown):.1f}** points from the truth."
