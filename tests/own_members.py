"""Members of a visitor's own, made up, and pages that show them."""

import io
import re
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from streamlit.testing.v1 import AppTest

from fer_core.artifacts import open_artifacts
from fer_core.emotions import EMOTIONS
from fer_core.ensemble import log_softmax
from fer_core.user_predictions import Extra
from tests.pages import app, ran
from ui.session.state import OPEN
from ui.session.uploads import OWN

FOREIGN = re.compile(
    r"\b(?:PublicTest|PrivateTest|FER-2013's|FER\+|emotions?|faces?|images?|twins?|epochs?|crowd|Training)\b", re.I
)
"""What is true of FER-2013 alone."""


def alone(classes: int = 10, members: int = 5, rows: int = 120, seed: int = 0) -> Extra:
    """Return members whose rows are their own, more of "test" than of "valid"; classes are called "0", "1" and on."""
    rng = np.random.RandomState(seed)
    labels = {"valid": rng.randint(classes, size=rows), "test": rng.randint(classes, size=rows + 7)}
    return _extra("alone.npz", tuple(map(str, range(classes))), labels, members, False, rng)


def joining(root: Path, members: int = 2, seed: int = 0) -> Extra:
    """Return members that stand beside those of some artifacts; root : their folder."""
    rng, found = np.random.RandomState(seed), open_artifacts(root)
    labels = {split: found.logits(split).labels for split in ("valid", "test")}
    return _extra("joining.npz", EMOTIONS, labels, members, True, rng)


def _extra(
    file: str,
    classes: tuple[str, ...],
    labels: dict[str, NDArray[np.int64]],
    members: int,
    joins: bool,
    rng: np.random.RandomState,
) -> Extra:
    """Draw members of which each is right on most rows, and all err together on some."""
    logits = {}
    for split, codes in labels.items():
        common, truth = rng.standard_normal((len(codes), len(classes))), np.eye(len(classes))[codes]
        own = rng.standard_normal((members, len(codes), len(classes)))
        strength = np.linspace(2.0, 2.6, members)[:, None, None]
        logits[split] = log_softmax(common + own + strength * truth).astype(np.float32)
    names = tuple(f"own {m + 1}" for m in range(members))
    sha256 = f"{members:02x}{len(classes):04x}{len(labels['test']) % 256:02x}".ljust(64, "0")
    return Extra(file, sha256, names, classes, logits, labels, joins)


def npz_of(extra: Extra) -> bytes:
    """Return the file that some members come from; without labels, if they stand beside others."""
    content = io.BytesIO()
    arrays: dict[str, Any] = {f"{split}_logits": logits for split, logits in extra.logits.items()}
    if not extra.joins:
        arrays |= {f"{split}_labels": labels for split, labels in extra.labels.items()}
        arrays["classes"] = np.array(extra.classes)
    np.savez(content, members=np.array(extra.members), **arrays)
    return content.getvalue()


def opened_with(page: str, *extras: Extra, **query: str) -> AppTest:
    """Open a page, by the name of its file, with members of one's own; query : read among these members."""
    at = app()
    at.session_state[OWN] = extras
    ran(at).switch_page(f"pages/{page}.py")
    if query:
        at.query_params.update(query | OPEN)
    return ran(at)


def foreign(at: AppTest) -> set[str]:
    """Return what a page says that is true of FER-2013 alone."""
    parts = [element.value for element in (*at.markdown, *at.caption, *at.info, *at.title, *at.subheader)]
    parts += [re.sub("<style>.*?</style>", "", element.proto.body, flags=re.DOTALL) for element in at.get("html")]
    parts += [chart.proto.spec for chart in at.get("plotly_chart")]
    controls = (*at.selectbox, *at.slider, *at.toggle, *at.button)
    parts += [f"{control.label} {control.help or ''}" for control in controls]
    parts += [" ".join(map(str, frame.value.columns)) for frame in at.dataframe]
    return set(FOREIGN.findall(unescape(re.sub("<[^>]*>", " ", "\n".join(parts)))))
