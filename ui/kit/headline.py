"""The number that matters, as HTML: it is the first thing that is drawn and never changes its place."""

from html import escape

import streamlit as st

from fer_core.ensemble import Outcome
from fer_core.format import p_value, percent
from fer_core.reports.markdown import below
from fer_core.reports.sentences import number, p_name, right_sentence
from fer_core.terminology import FER, Words
from ui.kit.theme import PALETTE

STYLE = (
    f"<style>{PALETTE}"
    + """
.fer-big { display:flex; flex-wrap:wrap; align-items:baseline; gap:0 1.1rem; min-height:5.6rem; }
.fer-big b { font-size:clamp(3.4rem, 8vw, 5.6rem); line-height:1.05; font-weight:680; letter-spacing:-0.03em;
  color:var(--fer-accent); font-variant-numeric:tabular-nums; }
.fer-big b small { font-size:0.5em; font-weight:600; letter-spacing:0; }
.fer-big span { font-size:1.25rem; font-weight:560; }
.fer-facts { display:grid; grid-template-columns:repeat(auto-fit, minmax(6.2rem, 1fr)); gap:0.35rem 0.8rem;
  margin:0.5rem 0 0.2rem; font-variant-numeric:tabular-nums; }
.fer-facts div { min-height:2.9rem; }
.fer-facts em { display:block; font-style:normal; font-size:0.82rem; opacity:0.72; }
.fer-facts strong { font-size:1.12rem; font-weight:600; }
.fer-note { font-size:0.9rem; opacity:0.8; min-height:1.4rem; margin:0.2rem 0 0; }
.fer-why { min-height:2.8rem; }
.st-key-echo { display:none; }
[data-testid="stBaseButton-primary"], [data-testid="stBaseButton-primary"] * { color:var(--fer-paper); }
[data-testid="stBaseButton-primary"]:disabled * { color:inherit; }
</style>"""
)


def fact(name: str, value: str) -> str:
    """Return one small figure with its name."""
    return f"<div><em>{escape(name)}</em><strong>{escape(value)}</strong></div>"


def big(value: str, words: str, *, unit: str = " %") -> str:
    """Return the largest thing on the page and the few words beside it."""
    small = f"<small>{escape(unit)}</small>" if unit else ""
    return f'<div class="fer-big" role="status"><b>{escape(value)}{small}</b><span>{escape(words)}</span></div>'


def figures(outcome: Outcome, other: Outcome, *, exploratory: bool, words: Words = FER) -> None:
    """Draw everything that makes the accuracy of a setting honest.

    other : the same setting without the images that have a twin in Training, or with them if it has none
    """
    low, high = outcome.interval
    facts = [
        fact("95% interval, %", f"{percent(low)} to {percent(high)}"),
        *([] if words is not FER else [fact(_twins(outcome), percent(other.accuracy))]),
        fact(p_name(exploratory=exploratory), p_value(outcome.mcnemar.p)),
        fact("macro-F1, %", percent(outcome.macro_f1)),
        fact("calib. error, %", percent(outcome.ece)),
        fact("log loss, nats", number(outcome.nll)),
        fact("Brier score", number(outcome.brier)),
    ]
    right = right_sentence(outcome, words)
    why = below(outcome, valid=words.valid)
    st.html(
        f'<div class="fer-facts">{"".join(facts)}</div><p class="fer-note">{escape(right)}</p>'
        f'<p class="fer-note fer-why">{escape(why)}</p>'
    )


def _twins(outcome: Outcome) -> str:
    return f"{'without' if outcome.setting.twins else 'with'} twins, %"


def empty_headline(why: str, what_to_do: str) -> None:
    """Draw the same place without a number."""
    st.html(
        f'<div class="fer-big" role="status"><b>–</b><span>{escape(why)}</span></div>'
        f'<p class="fer-note">{escape(what_to_do)}</p>'
    )
