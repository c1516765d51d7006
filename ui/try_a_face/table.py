"""Several photos: a table of their faces, and what can be taken home."""

import base64
import io
import json
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import NDArray

from fer_core.emotions import EMOTIONS
from fer_core.ensemble import Setting
from ui.data import networks
from ui.data.artifacts import Loaded
from ui.data.photos import Seen, answers, look_of, predictor
from ui.kit.answers import agreement


def _thumbnail(image: NDArray[np.uint8]) -> str:
    """Return a face as the address of a picture that holds itself."""
    content = io.BytesIO()
    networks.Image.fromarray(image).save(content, "PNG")
    return "data:image/png;base64," + base64.b64encode(content.getvalue()).decode()


def records(loaded: Loaded, photos: list[Seen], setting: Setting) -> list[dict[str, Any]]:
    """Return every photo as plain values, as `predict --json` prints them."""
    record = networks.predict.face_record
    found = []
    for seen in photos:
        one: dict[str, Any] = {"photo": seen.source.name}
        if seen.error:
            found.append(one | {"error": seen.error, "faces": []})
            continue
        pairs = enumerate(zip(seen.faces, answers(loaded, seen, setting), strict=True), 1)
        found.append(
            one | {"size": list(seen.size), "faces": [record(i, framed, answer) for i, (framed, answer) in pairs]}
        )
    return found


def table(loaded: Loaded, photos: list[Seen], setting: Setting) -> int:
    """Draw one row a face, and return which photo's row is chosen, counted from 0."""
    rows: list[tuple[object, ...]] = []
    owner: list[int] = []
    for at, seen in enumerate(photos):
        for number, (framed, answer) in enumerate(zip(seen.faces, answers(loaded, seen, setting), strict=True), 1):
            sure = answer.confidence if answer.confidence is not None else float(answer.shares[answer.label])
            remarks = agreement(answer) + "".join(f"; {doubt}" for doubt in framed.doubts)
            rows.append(
                (_thumbnail(framed.image), seen.source.name, str(number), EMOTIONS[answer.label], 100 * sure, remarks)
            )
            owner.append(at)
        if not seen.faces:
            rows.append(("", seen.source.name, "", "", None, seen.error or "no face was found"))
            owner.append(at)
    names = ("seen", "photo", "face", "emotion", "sure, %", "remarks")
    event: Any = st.dataframe(
        pd.DataFrame(rows, columns=names),
        column_config={
            "seen": st.column_config.ImageColumn("seen", width="small", help="The 48×48 pixels that the networks see"),
            "sure, %": st.column_config.ProgressColumn("sure, %", min_value=0, max_value=100, format="%.0f"),
            "remarks": st.column_config.TextColumn("remarks", width="large"),
        },
        hide_index=True,
        row_height=52,
        on_select="rerun",
        selection_mode="single-row-required",
        key="photo_rows",
    )
    chosen = event.selection.rows
    return owner[chosen[0]] if chosen and chosen[0] < len(owner) else 0


def downloads(loaded: Loaded, photos: list[Seen], setting: Setting) -> None:
    """Draw the downloads of all answers."""

    def as_json() -> str:
        head = predictor(loaded).header(setting, look_of(photos[0].look))
        return json.dumps({**head, "photos": records(loaded, photos, setting)}, indent=2)

    def as_csv() -> str:
        text: str = networks.predict.table(records(loaded, photos, setting))
        return text

    with st.container(horizontal=True, gap="small"):
        for label, make, kind in (("Answers, CSV", as_csv, "csv"), ("Answers, JSON", as_json, "json")):
            st.download_button(
                label,
                data=make,
                file_name=f"faces.{kind}",
                mime=f"text/{kind}" if kind == "csv" else "application/json",
                on_click="ignore",
                icon=":material/download:",
            )
