"""What was pinned as A, where it can be seen beside the present setting."""

from dataclasses import replace

from fer_core.ensemble import Setting
from ui.data.artifacts import Loaded, planned
from ui.session.choice import Choice
from ui.session.pin import Pin


def pinned_setting(choice: Choice) -> Setting | None:
    """Return A on the images that are shown; None where nothing is pinned, or the present setting is A."""
    if choice.pin is None or choice.pin == Pin.of(choice.setting()):
        return None
    return choice.pin.setting(choice.split, twins=choice.twins)


def both_planned(loaded: Loaded, choice: Choice) -> bool:
    """Tell whether the present setting and A, if there is one, are planned ones."""
    return planned(loaded, choice) and (choice.pin is None or planned(loaded, swapped(choice, choice.pin)))


def swapped(choice: Choice, pin: Pin) -> Choice:
    """Return the choice with A as the present setting, and what was present pinned in its place."""
    weights = dict(zip(pin.members, pin.manual, strict=False))
    manual = {name: weights.get(name, old) for name, old in choice.manual.items()}
    return replace(
        choice,
        members=pin.members,
        weighting=pin.weighting,
        combiner=pin.combiner,
        manual=manual,
        pin=Pin.of(choice.setting()),
    )
