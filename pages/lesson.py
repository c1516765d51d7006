"""Ten short steps from one network to all of them, each of which asks for a guess before it tells."""

import streamlit as st

from ui import frame, state
from ui.headline import big
from ui.load import load

frame.ensure()
loaded, choice = load(), state.get().lesson
st.title("How often is one simple network right?", anchor=False)
st.html(big(f"{choice.guess(choice.key):g}", "is your guess"))
