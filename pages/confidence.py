"""Whether the ensemble is right as often as it says, and what is gained by answering only when it is sure."""

from ui.confidence.page import render
from ui.shell import navigation

navigation.ensure()
render()
