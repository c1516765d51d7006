"""Entry of the app: the frame around every page."""

import streamlit as st

from fer_core.errors import FerError
from ui import frame, own_view, state
from ui.headline import STYLE
from ui.load import load, present
from ui.memory import return_large_blocks

frame.page_config()
frame.keep_uploads_in_memory()
return_large_blocks()
page = frame.navigation()
st.html(STYLE)
try:
    state.start(present() if page.url_path in frame.OWN else load(), page.url_path)
except FerError as error:
    st.title("FER ensemble explorer")
    st.info(str(error), icon=":material/info:")
    st.stop()
own_view.notice()
try:
    page.run()
except FerError as error:  # a file that only this page reads
    st.info(str(error), icon=":material/info:")
