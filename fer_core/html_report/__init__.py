"""One HTML file with everything about one setting: figures, tables, configuration and provenance, for any browser."""

from fer_core.html_report.configuration import configuration
from fer_core.html_report.document import html_report
from fer_core.html_report.link import from_link, to_query
from fer_core.html_report.subject import Subject, subject_of

__all__ = ["Subject", "configuration", "from_link", "html_report", "subject_of", "to_query"]
