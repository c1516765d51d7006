"""Members of the visitor's own: kept in the session, never on disk, and named in links that cannot carry them."""

import re
from collections.abc import Sequence

import streamlit as st

from fer_core.artifacts import Artifacts
from fer_core.errors import BadExtra
from fer_core.reports.summary import ours_of
from fer_core.user_predictions import Extra, Limits, read_extra
from ui.session import cache

OWN, PROBLEM, HIDDEN, UPLOAD = "own_members", "own_problem", "own_hidden", "own_upload"
READY = "own_ready"
"""Where the session keeps what `ui.data.artifacts` made of the files that are shown."""
LIMITS = Limits(members=60, numbers=2**24)
"""What a page takes: 64 MB of float32; the command line takes far more."""
NAMES = re.compile(r"[^\w.+() -]")


def extras() -> tuple[Extra, ...]:
    """Return the files of this session, in the order in which they were put in."""
    found: tuple[Extra, ...] = st.session_state.get(OWN, ())
    return found


def shown() -> tuple[Extra, ...]:
    """Return those that pages show now: the one that stands alone, or, if it is hidden, all that join the members."""
    alone = standing_alone()
    if alone is not None and not st.session_state.get(HIDDEN, False):
        return (alone,)
    return tuple(extra for extra in extras() if extra.joins)


def standing_alone() -> Extra | None:
    """Return the file of rows of their own, None if there is none."""
    return next((extra for extra in extras() if not extra.joins), None)


def safe(file: str) -> str:
    """Return a file's name as links and messages hold it."""
    return NAMES.sub("_", file)[:60] or "file"


def text_of(found: Sequence[Extra]) -> str:
    """Return what a link says of files: name and first digits of the SHA-256 of each; nothing for none."""
    return ",".join(f"{safe(extra.file)}~{extra.sha256[:8]}" for extra in found)


def names_in(text: str) -> tuple[tuple[str, str], ...]:
    """Read what a link says of files: name and digits; what means nothing is left out."""
    parts = [part.split("~") for part in text.split(",")[:8]]
    pairs = [(safe(part[0]), part[1]) for part in parts if len(part) == 2]
    return tuple((name, digits) for name, digits in pairs if re.fullmatch(r"[0-9a-f]{8}", digits))


def missing(text: str) -> list[str]:
    """Return the names of files that a link speaks of and that are not here."""
    here = {extra.sha256[:8] for extra in extras()}
    return [name for name, digits in names_in(text) if digits not in here]


def take(artifacts: Artifacts, content: bytes, file: str) -> str | None:
    """Take a file in, in place of one of the same name or, with rows of its own, of another such; return its fault."""
    name = safe(file)
    joined = tuple(extra for extra in extras() if extra.joins and extra.file != name)
    try:
        extra = read_extra(content, name, ours_of(artifacts, joined), limits=LIMITS)
    except BadExtra as error:
        return str(error)
    if extra.joins and sum(len(one.members) for one in (*joined, extra)) > LIMITS.members:
        return f"{name} would make more than {LIMITS.members} members of your own; remove others first."
    alone = standing_alone()
    others = (alone,) if extra.joins and alone is not None and alone.file != name else ()
    cache.put_anew(OWN, (*joined, extra, *others))
    _forget_results()
    st.session_state[HIDDEN] = extra.joins
    return None


def remove(file: str) -> None:
    """Forget a file, and everything that was computed with it."""
    cache.put_anew(OWN, tuple(extra for extra in extras() if extra.file != file))
    _forget_results()


def _forget_results() -> None:
    st.session_state.pop(READY, None)
    cache.forget_models()


def hide(hidden: bool) -> None:
    """Show the members of the artifacts instead of those that stand alone, or those again."""
    st.session_state[HIDDEN] = hidden
