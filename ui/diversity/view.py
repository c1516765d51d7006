"""The parts of the page Who adds what."""

import streamlit as st

from fer_core.ensemble.analysis.decomposition import LOSSES, decompose
from fer_core.ensemble.analysis.diversity import MEASURES
from ui.data.artifacts import Loaded
from ui.data.schemes import scheme, with_a_game
from ui.diversity import loss as diversity_loss
from ui.diversity import pairs as diversity_pairs
from ui.diversity import plots, wording
from ui.diversity.choice import DiversityChoice
from ui.diversity.data import (
    Found,
    game,
    has_likelihood,
    if_independent,
    pinned,
    seed_families,
    why_no_game,
    with_a_loss,
)
from ui.kit.theme import CONFIG
from ui.session import state
from ui.session.choice import Choice

WORTHS = {"accuracy": "Accuracy", "likelihood": "Log-likelihood"}


def _one_of(name: str, label: str, titles: dict[str, str]) -> None:
    st.segmented_control(
        label,
        list(titles),
        format_func=titles.__getitem__,
        required=True,
        key=f"{DiversityChoice.PREFIX}{name}",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )


def _use(choice: Choice, part: str) -> None:
    """Offer another scheme by a button in a part of the page."""
    key, args = f"use_{part}_{choice.combiner}", (choice.weighting, choice.combiner)
    st.button(f"Use {scheme(choice)}", key=key, on_click=state.use, args=args)


def contributions(loaded: Loaded, choice: Choice, found: Found) -> None:
    """Draw what each member adds."""
    if why := why_no_game(loaded, choice):
        st.info(why, icon=":material/info:")
        if (other := with_a_game(choice)) != choice and why_no_game(loaded, other) is None:
            _use(other, "adds")
        return
    _one_of("worth", "Worth", WORTHS)
    played = game(loaded, choice, found)
    first, second = st.columns(2, gap="medium")
    first.plotly_chart(plots.adds(played), key="adds", config=CONFIG)
    second.plotly_chart(plots.places(played), key="places", config=CONFIG)
    none = choice.diversity.worth == "likelihood" and not has_likelihood(choice)
    st.caption(wording.sums(played) + (found.words.put(wording.NO_LIKELIHOOD) if none else ""))
    first, second = st.columns(2, gap="medium")
    first.plotly_chart(plots.together(played), key="together", config=CONFIG)
    with second.expander("What these values are", expanded=True):
        st.markdown(wording.ADDS + wording.SYNERGY)


def beside(loaded: Loaded, choice: Choice, found: Found) -> None:
    """Draw the present setting and what is pinned as A, where they are two."""
    if a := pinned(loaded, choice):
        with st.container(key="beside_a"):
            st.markdown(wording.beside(found, a, choice.diversity.measure))
        st.caption(wording.gains_by(found, a))


def pairs(choice: Choice, found: Found) -> None:
    """Draw how members differ in pairs."""
    _one_of("measure", "Measure", {name: measure.title for name, measure in MEASURES.items()})
    measure = MEASURES[choice.diversity.measure]
    first, second = st.columns(2, gap="medium")
    first.plotly_chart(diversity_pairs.compared(found, choice.diversity.measure), key="compared", config=CONFIG)
    second.plotly_chart(diversity_pairs.kappa_error(found), key="kappa", config=CONFIG)
    first.caption(f"{measure.title}: {found.words.put(measure.description)}")
    mark = "pair of shapes" if len(choice.members) <= diversity_pairs.WRITTEN else "dot"
    second.caption(f"Each {mark} is a pair of members; the best pairs would stand low and left.")
    first.latex(measure.formula)


def loss(loaded: Loaded, choice: Choice, found: Found) -> None:
    """Draw the loss taken apart."""
    parts = decompose(loaded.explorer, choice.setting()) if choice.combiner in LOSSES else None
    if parts is None:
        st.info(wording.why_no_decomposition(choice, scalar=False, words=loaded.words), icon=":material/info:")
        with st.container(horizontal=True):
            for combiner in LOSSES if choice.combiner not in LOSSES else (choice.combiner,):
                _use(with_a_loss(choice, combiner), "loss")
    else:
        taken = LOSSES[choice.combiner]
        first, second = st.columns(2, gap="medium")
        first.plotly_chart(diversity_loss.waterfall(taken, parts), key="waterfall", config=CONFIG)
        first.latex(taken.formula)
        second.plotly_chart(diversity_loss.own_and_apart(found, taken, parts), key="apart", config=CONFIG)
    families = seed_families(loaded, choice)
    for family in families:
        st.plotly_chart(diversity_loss.bias_variance(family), key=f"seeds_{family.names[0]}", config=CONFIG)
        st.caption(wording.seeds(family))
    if not families:
        st.caption(wording.NO_FAMILY if loaded.cards else wording.NO_CARDS)


def references(loaded: Loaded, choice: Choice, found: Found) -> None:
    """Draw what the members reach in other ways."""
    other = if_independent(loaded, choice)
    first, second = st.columns(2, gap="medium")
    first.plotly_chart(diversity_loss.references(found, other), key="references", config=CONFIG)
    first.caption(wording.shuffles(found, other))
    second.markdown(found.words.put(wording.INDEPENDENT))
