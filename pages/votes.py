"""Faces on which the ensemble is right where its best member, or what is pinned as A, is wrong, and the other way."""

from ui.shell import navigation
from ui.votes.page import render

navigation.ensure()
render()
