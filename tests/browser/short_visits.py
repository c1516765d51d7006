"""The app with visits that end a second after their page was closed; says what it holds whenever that changes."""

import sys
import threading
import time
import weakref
from typing import Any

from streamlit import runtime
from streamlit.runtime.app_session import AppSession
from streamlit.web import bootstrap

VISITS: "weakref.WeakSet[AppSession]" = weakref.WeakSet()
begin = AppSession.__init__


def noted(self: AppSession, *args: Any, **kwargs: Any) -> None:
    """Begin a visit and remember it for as long as somebody else does."""
    begin(self, *args, **kwargs)
    VISITS.add(self)


def watch() -> None:
    """Print how many values of visits and uploaded files are in memory, once a change."""
    before = ""
    while True:
        time.sleep(0.2)
        if runtime.exists():
            files = runtime.get_instance().uploaded_file_mgr.file_storage  # type: ignore[attr-defined]
            values = sum(len(visit.session_state.filtered_state) for visit in VISITS)
            now = f"holds {values} values, {sum(len(one) for one in files.values())} files"
            if now != before:
                print(now, flush=True)
            before = now


if __name__ == "__main__":
    AppSession.__init__ = noted  # type: ignore[method-assign]
    threading.Thread(target=watch, daemon=True).start()
    settings = {"port": int(sys.argv[1]), "address": "127.0.0.1", "headless": True, "disconnectedSessionTTL": 1}
    bootstrap.load_config_options({f"server_{name}": value for name, value in settings.items()})
    bootstrap.run("streamlit_app.py", False, [], {})
