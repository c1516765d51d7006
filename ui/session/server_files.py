"""The server's own copies of what visitors upload."""

from typing import Any

from streamlit.runtime.scriptrunner import get_script_run_ctx


def let_go(file_id: str) -> None:
    """Forget a file that was taken in elsewhere: Streamlit would hold it until the visit ends, whatever is removed."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None:
        files: Any = context.uploaded_file_mgr  # the interface says less than what Streamlit itself puts here
        files.remove_file(context.session_id, file_id)
