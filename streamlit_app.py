"""Entry of the app: the frame around every page."""

import streamlit as st

from fer_core.errors import FerError
from ui import frame, state
from ui.headline import STYLE
from ui.load import load
from ui.memory import return_large_blocks

frame.page_config()
frame.keep_uploads_in_memory()
return_large_blocks()
page = frame.navigation()
st.html(STYLE)
try:
    state.start(load(), page.url_path)
except FerError as error:
    st.title("FER ensemble explorer")
    st.info(str(error), icon=":material/info:")
    st.stop()
try:
    page.run()
except FerError as error:  # a file that only this page reads
    st.info(str(error), icon=":material/info:")
