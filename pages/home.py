"""What this is, what it reaches, and three doors into it."""

from ui.home.page import render
from ui.shell import navigation

navigation.ensure()
render()
