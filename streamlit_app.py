"""Entry of the app: the frame around every page."""

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from fer_core.errors import FerError
from ui.data.artifacts import load, present
from ui.kit import boundary
from ui.kit.headline import STYLE
from ui.kit.share import copy_link, notice
from ui.session import state
from ui.session.garbage import set_modules_aside
from ui.shell import navigation, visits
from ui.shell.memory import return_large_blocks

TITLE = "FER ensemble explorer"

navigation.page_config()
navigation.keep_uploads_in_memory()
return_large_blocks()
set_modules_aside()
visits.ends_on_time()
page = navigation.navigation()
st.html(STYLE)
try:
    state.start(present() if page.url_path in navigation.OWN else load(), page.url_path)
except FerError as error:
    st.title(TITLE)
    st.info(str(error), icon=":material/info:")
    st.stop()
except Exception:  # artifacts, or a file of the visitor's own, may be wrong in ways that nobody foresaw
    st.title(TITLE)
    boundary.unforeseen()
    st.stop()
with st.container():  # always there, so that what comes below keeps its place
    notice(page.url_path)
try:
    page.run()
except StopException:  # a page that has said all that it can
    navigation.echo(page)
    raise
except FerError as error:  # a file that only this page reads
    st.info(str(error), icon=":material/info:")
except Exception:  # whatever a visitor's own data can bring about is no programmer's misuse
    boundary.unforeseen()
if page.url_path not in navigation.LINK_OF_THEIR_OWN:
    copy_link()
navigation.echo(page)
