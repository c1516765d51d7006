"""Ten short steps from one network to all of them, each of which asks for a guess before it tells."""

from ui.lesson.page import render
from ui.shell import navigation

navigation.ensure()
render()
