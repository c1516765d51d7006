"""The left column: members, weights and how they are combined."""

import streamlit as st

from fer_core.ensemble import COMBINERS, LARGEST_WEIGHT, WEIGHTINGS
from fer_core.ensemble.subsets.every import most_members, not_for_every_subset
from fer_core.format import percent
from ui.data.artifacts import Loaded, best_subset, present
from ui.kit import uploads_panel
from ui.kit.wording import glyph
from ui.session import state
from ui.session.choice import Choice
from ui.session.controls import echo


def _cost(macs: int) -> str:
    return f"{macs / 1e6:.0f} M"


def _members(loaded: Loaded, choice: Choice, accuracy: dict[str, float]) -> None:
    st.markdown(f"**Members** {len(choice.members)} of {len(loaded.members)} :small[:gray[%, weights, cost]]")
    for name in loaded.members:
        about, more = _about(loaded, name)
        st.checkbox(
            f"{glyph(loaded, name)} {name} **{percent(accuracy[name])}** :small[:gray[{about}]]",
            key=f"control_member_{name}",
            on_change=state.take_controls,
            help=f"{more}; {loaded.words.valid} {percent(loaded.explorer.valid_accuracy[name])}%",
        )


def _about(loaded: Loaded, name: str) -> tuple[str, str]:
    """Return what a member costs, in short and at length; of one that somebody put in nothing is known."""
    card = loaded.cards.get(name)
    if card is None:
        return "yours", "Uploaded by you"
    return (
        f"{card.parameters / 1e6:.1f} M · {_cost(card.macs)}MACs",
        f"{card.parameters / 1e6:.2f} M parameters, {_cost(card.macs)} multiply-adds a view, "
        f"{card.augmentation.get('views', 1)} views an image",
    )


def _switch_on(members: tuple[str, ...]) -> None:
    """Switch these members on and all others off."""
    state.put(state.taken().with_members(members))


def _choose_best() -> None:
    choice = state.taken()
    _switch_on(best_subset(present(), choice.weighting, choice.combiner))


def _named(loaded: Loaded) -> dict[str, str]:
    """Return each member's shape and name.

    Streamlit holds what a control was given until the visit ends, so that must not be what somebody put in.
    """
    return {name: f"{glyph(loaded, name)} {name}" for name in loaded.members}


def why_no_search(loaded: Loaded, choice: Choice) -> str | None:
    """Return why the best subset under the present scheme is not looked for, None if it can be."""
    if len(loaded.members) > most_members(loaded.explorer):
        return f"Too many subsets to try: {len(loaded.members)} members have 2 to the power of that many."
    if WEIGHTINGS[choice.weighting].fit is None:
        return "Weights that you set belong to the members that are on."
    if why := not_for_every_subset(choice.weighting, choice.combiner):
        return f"Too slow to try every subset: {why[0].lower()}{why[1:]}."
    return None


def controls(loaded: Loaded, choice: Choice, accuracy: dict[str, float]) -> None:
    """Draw every control of the explorer.

    accuracy : share of the shown images that each member gets right
    """
    state.restore_controls()
    weighting, combiner = WEIGHTINGS[choice.weighting], COMBINERS[choice.combiner]
    no_search = why_no_search(loaded, choice)
    with st.container(horizontal=True, gap="small"):
        st.button("All", on_click=_switch_on, args=(loaded.members,), help="Switch every member on")
        st.button("None", on_click=_switch_on, args=((),), help="Switch every member off")
        st.button(
            "Best subset",
            on_click=_choose_best,
            disabled=no_search is not None,
            help=no_search
            or f"The members that are together best on {loaded.words.valid} under these weights and this combiner",
        )
    _members(loaded, choice, accuracy)
    st.radio(
        "Weights",
        list(WEIGHTINGS),
        format_func=lambda name: WEIGHTINGS[name].title,
        key="control_weighting",
        on_change=state.take_controls,
        disabled=not combiner.weighs,
    )
    with st.container(key="weights_said"):
        itself = f"{combiner.title} learns its weights from PublicTest."
        st.caption(loaded.words.put(weighting.description) if combiner.weighs else itself)
    if choice.weighting == "manual" and combiner.weighs:
        for name in choice.members:
            st.slider(
                f"Weight of {name}",
                0.0,
                LARGEST_WEIGHT,
                step=0.05,
                key=f"control_weight_{name}",
                on_change=state.take_controls,
            )
    st.selectbox(
        "Combine by",
        list(COMBINERS),
        format_func=lambda name: COMBINERS[name].title,
        key="control_combiner",
        on_change=state.take_controls,
    )
    st.caption(loaded.words.put(combiner.description))
    echo()


def strip(loaded: Loaded, *, splits: bool = True) -> None:
    """Draw members, weights, combiner and images in few lines, for pages that show what comes of them.

    splits : with the choice of the split
    """
    state.restore_controls()
    uploads_panel.switch(loaded)
    st.pills(
        "Members",
        list(loaded.members),
        selection_mode="multi",
        format_func=_named(loaded).__getitem__,
        key="control_on",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        for name, title, registry in (("weighting", "Weights", WEIGHTINGS), ("combiner", "Combine by", COMBINERS)):
            titles = {key: entry.title for key, entry in registry.items()}
            st.selectbox(
                title,
                list(titles),
                format_func=titles.__getitem__,
                key=f"control_{name}",
                on_change=state.take_controls,
                width=220,
            )
        images_shown(loaded, splits=splits)


def images_shown(loaded: Loaded, *, splits: bool = True) -> None:
    """Draw the choice of the images that are scored; splits : with that of the split."""
    names = loaded.words.splits
    roles = {"test": "" if loaded.alone else " (test)", "valid": "" if loaded.alone else " (validation)"}
    titles = {split: names[split] + role for split, role in roles.items()}
    with st.container(horizontal=True, vertical_alignment="center", gap="medium"):
        if splits:
            st.segmented_control(
                "Images",
                list(titles),
                format_func=titles.__getitem__,
                required=True,
                key="control_split",
                on_change=state.take_controls,
                label_visibility="collapsed",
            )
        if loaded.alone:  # nothing is known of what its members were trained on
            return
        st.toggle(
            "With twins",
            key="control_twins",
            on_change=state.take_controls,
            help="Some images are in Training too, pixel for pixel, so the networks know them. Off leaves them out",
        )


def looked_at(loaded: Loaded) -> None:
    """Draw the choice of the members that are shown side by side."""
    st.pills(
        "Members",
        list(loaded.members),
        selection_mode="multi",
        format_func=_named(loaded).__getitem__,
        key="control_looked_at",
        on_change=state.take_controls,
        label_visibility="collapsed",
    )
