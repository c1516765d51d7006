"""Each network by itself, or two and more side by side: how it is built, how it learned, what it gets right."""

from ui.members.page import render
from ui.shell import navigation

navigation.ensure()
render()
