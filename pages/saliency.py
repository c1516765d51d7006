"""What each network looks at, in one face and on average, and how far such maps can be believed."""

import streamlit as st

from ui import frame, saliency_faithful, saliency_mean, saliency_page, state
from ui.load import load

frame.ensure()
loaded = load()
state.restore_controls()
st.title("What each network looks at", anchor=False)
page = saliency_page.choose(loaded, state.get())
closer = st.container()
saliency_mean.section(loaded)
saliency_faithful.section(loaded)
if page is not None:  # last, since maps of one face may take some seconds and the rest is there at once
    saliency_page.explain(loaded, page, closer)
