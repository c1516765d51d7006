"""A photo in, every network's opinion and one answer out."""

from ui.shell import navigation
from ui.try_a_face.page import render

navigation.ensure()
render()
