"""An ensemble gains from members that are good and that err on different faces."""

from ui import laboratory

loaded, choice = laboratory.page(
    "Who adds what", "An ensemble gains from members that are good and that err on different faces."
)
