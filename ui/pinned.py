"""What was pinned as A, where it can be seen beside the present setting."""

from fer_core.ensemble import Setting
from ui.choice import Choice
from ui.load import Loaded
from ui.pin import Pin
from ui.pin_view import swapped
from ui.text import planned


def pinned_setting(choice: Choice) -> Setting | None:
    """Return A on the images that are shown; None where nothing is pinned, or the present setting is A."""
    if choice.pin is None or choice.pin == Pin.of(choice.setting()):
        return None
    return choice.pin.setting(choice.split, twins=choice.twins)


def both_planned(loaded: Loaded, choice: Choice) -> bool:
    """Tell whether the present setting and A, if there is one, were fixed without looking at the images that score."""
    return planned(loaded, choice) and (choice.pin is None or planned(loaded, swapped(choice, choice.pin)))
