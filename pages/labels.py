"""What ten people said of the same faces, and what the members say where these differ from FER-2013's label."""

from ui import laboratory

loaded, choice = laboratory.page(
    "Labels and crowd",
    "What ten people said of the same faces, and what the members say where these differ from FER-2013's label.",
)
