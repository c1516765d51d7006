"""Members of a user's own: what other programs predicted, read from NPZ or CSV and checked."""

from fer_core.user_predictions.files import read_extra, read_extra_file, template_csv, template_npz
from fer_core.user_predictions.types import Extra, Limits, Reference

__all__ = ["Extra", "Limits", "Reference", "read_extra", "read_extra_file", "template_csv", "template_npz"]
