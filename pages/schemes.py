"""Every way to weigh and to combine the members that are on, chosen on PublicTest and scored on PrivateTest."""

from ui.schemes.page import render
from ui.shell import navigation

navigation.ensure()
render()
