"""Every subset of the members: what it reaches, what it costs, and what it is worth to choose among them."""

from ui.gain.page import render
from ui.shell import navigation

navigation.ensure()
render()
