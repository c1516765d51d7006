"""An ensemble gains from members that are good and that err on different faces."""

from ui.diversity.page import render
from ui.shell import navigation

navigation.ensure()
render()
