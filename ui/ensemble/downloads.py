"""What can be taken home from the page Ensemble."""

import json

import streamlit as st

from fer_core.ensemble import predictions_csv
from fer_core.reports.html import configuration, html_report, subject_of
from ui.data.artifacts import Loaded
from ui.kit.share import copy_link
from ui.session.choice import Choice


def take_home(loaded: Loaded, choice: Choice) -> None:
    """Draw the link and the downloads; nothing is computed before it is asked for."""
    setting = choice.setting()
    pin = choice.pin.setting(choice.split, twins=choice.twins) if choice.pin else None
    subject = subject_of(loaded.artifacts, loaded.explorer, loaded.chosen.setting, loaded.extras)
    with st.container(horizontal=True, gap="small"):
        copy_link()
        st.download_button(
            "Report, HTML",
            data=lambda: html_report(subject, setting, pin),
            file_name="ensemble.html",
            mime="text/html",
            on_click="ignore",
            icon=":material/download:",
            help="Figures, tables, configuration and provenance in one file, which opens without a network",
        )
        st.download_button(
            "Predictions, CSV",
            data=lambda: predictions_csv(loaded.explorer, setting),
            file_name=f"predictions-{setting.split}.csv",
            mime="text/csv",
            on_click="ignore",
            icon=":material/download:",
        )
        st.download_button(
            "Configuration, JSON",
            data=json.dumps(configuration(subject, setting, pin), indent=2),
            file_name="ensemble.json",
            mime="application/json",
            on_click="ignore",
            icon=":material/download:",
        )
