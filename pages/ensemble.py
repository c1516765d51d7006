"""The explorer: switch members and weights, watch the number move."""

from ui.ensemble.page import render
from ui.shell import navigation

navigation.ensure()
render()
