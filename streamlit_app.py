"""Entry of the app: the frame around every page."""

import streamlit as st

from fer_core.errors import FerError
from ui import frame, state
from ui.headline import STYLE
from ui.load import load, present
from ui.memory import return_large_blocks
from ui.share import copy_link, notice

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
with st.container():  # always there, so that what comes below keeps its place
    notice(page.url_path)
try:
    page.run()
except FerError as error:  # a file that only this page reads
    st.info(str(error), icon=":material/info:")
if page.url_path not in frame.LINK_OF_THEIR_OWN:
    copy_link()
