"""What each network looks at, in one face and on average, and how far such maps can be believed."""

from ui.saliency.page import render
from ui.shell import navigation

navigation.ensure()
render()
