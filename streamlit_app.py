"""Entry of the app: the frame around every page."""

from pathlib import Path

import streamlit as st

from fer_core.errors import FerError
from ui import state
from ui.headline import STYLE
from ui.load import load

st.set_page_config(
    page_title="FER ensemble explorer", page_icon=str(Path(__file__).parent / "ui" / "icon.svg"), layout="wide"
)
page = st.navigation(
    [
        st.Page("pages/home.py", title="Home", icon=":material/home:", default=True),
        st.Page("pages/ensemble.py", title="Ensemble", icon=":material/tune:", url_path="ensemble"),
    ],
    position="top",
)
st.html(STYLE)
try:
    state.start(load())
except FerError as error:
    st.title("FER ensemble explorer")
    st.info(str(error), icon=":material/info:")
    st.stop()
page.run()
