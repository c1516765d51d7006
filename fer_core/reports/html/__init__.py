"""One HTML file with everything about one setting: figures, tables, configuration and provenance, for any browser."""

from fer_core.reports.html.configuration import configuration
from fer_core.reports.html.document import html_report
from fer_core.reports.html.subject import Subject, subject_of

__all__ = ["Subject", "configuration", "html_report", "subject_of"]
