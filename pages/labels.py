"""What ten people said of the same faces, and what the members say where these differ from FER-2013's label."""

from ui.labels.page import render
from ui.shell import navigation

navigation.ensure()
render()
