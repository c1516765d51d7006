"""What the numbers cannot say: doubtful labels, unequal emotions, twins, damage, people, uses, privacy."""

from ui.limits.page import render
from ui.shell import navigation

navigation.ensure()
render()
