"""What artifacts keep for answers on faces without a label: logits of one view, and temperatures.  NumPy alone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fer_core.artifacts import CALIBRATION, VIEWS, Artifacts, Calibration, Fitted, logits_file, npz
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.ensemble import Explorer, Setting, choose, fit_temperature, schemes, unseen_shares
from fer_core.errors import ArtifactError

Logits = Mapping[str, NDArray[np.float32]]
"""Logits float32 [M,N,7] of "valid" and "test"."""


def temperature_of(explorer: Explorer, setting: Setting) -> float | None:
    """Return the temperature of an ensemble, fitted on PublicTest; None where a share is zero, as in a vote."""
    return fit_temperature(unseen_shares(explorer, setting), explorer.part("valid").labels)


def _settings(full: Explorer) -> list[Setting]:
    """Return the ensembles whose temperatures are written down: members alone, all by every scheme, the chosen one."""
    everybody = [Setting(full.members, weighting, combiner) for weighting, combiner in schemes()]
    chosen = choose(full).setting
    best = Setting(chosen.members, chosen.weighting, chosen.combiner)
    return list(dict.fromkeys([*(Setting((name,)) for name in full.members), *everybody, best]))


@dataclass(frozen=True, eq=False)
class Spoilt:
    """Spoilt PublicTest faces: what members say of them in one view, float32 [M,N,7], and labels int64 [N]."""

    logits: NDArray[np.float32]
    labels: NDArray[np.int64]


def calibrate(
    explorers: Mapping[str, Explorer], weights: Mapping[str, str], spoilt: Spoilt | None = None
) -> Calibration:
    """Fit temperatures on PublicTest; explorers : by view; weights : SHA-256 of each member's weights."""
    fitted = []
    for setting in _settings(explorers["full"]):
        for view in VIEWS:
            temperature = temperature_of(explorers[view], setting)
            if temperature is not None:
                higher = None
                if spoilt is not None and view == "one_view":
                    higher = fit_temperature(explorers[view].decide_on(setting, spoilt.logits).shares, spoilt.labels)
                fitted.append(Fitted(view, setting.members, setting.weighting, setting.combiner, temperature, higher))
    return Calibration(weights, tuple(fitted))


def calibration_files(
    logits: Mapping[str, Logits],
    labels: Mapping[str, NDArray[np.int64]],
    weights: Mapping[str, str],
    spoilt: Spoilt | None = None,
) -> dict[str, bytes]:
    """Return the files of one view's logits and of temperatures.

    logits : by view; labels : by split; weights : SHA-256 of each member's weights, in the order of the logits
    spoilt : of the same members; without it, confidence is not lowered for spoilt faces until `calibrate` is run
    """
    names = np.array(list(weights))
    files: dict[str, bytes] = {}
    for split in SPLITS[1:]:
        arrays: dict[str, NDArray[Any]] = {"logits": logits["one_view"][split], "labels": labels[split]}
        arrays |= {"members": names, "weights": np.array(list(weights.values()))}
        files[logits_file(split, view="one_view")] = npz(arrays)
    explorers = {view: Explorer(list(weights), dict(logits[view]), dict(labels)) for view in VIEWS}
    files[CALIBRATION] = calibrate(explorers, weights, spoilt).to_json().encode()
    return files


def kept_one_view(artifacts: Artifacts) -> dict[str, dict[str, NDArray[np.float32]]]:
    """Return the logits of one view that still hold, float32 [N,7], by member and split."""
    kept: dict[str, dict[str, NDArray[np.float32]]] = {}
    now = dict(zip(artifacts.manifest.members, artifacts.weights(), strict=True))
    try:
        for split in SPLITS[1:]:
            found = artifacts.arrays(logits_file(split, view="one_view"))
            shape = (len(artifacts.logits(split).labels), len(EMOTIONS))
            for name, digest, values in zip(
                found["members"].astype(str), found["weights"].astype(str), found["logits"], strict=True
            ):
                if now.get(name) == digest and values.dtype == np.float32 and values.shape == shape:
                    kept.setdefault(str(name), {})[split] = values
    except (ArtifactError, KeyError, ValueError, TypeError):
        return {}
    return {name: parts for name, parts in kept.items() if len(parts) == len(SPLITS) - 1}
