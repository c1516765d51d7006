"""The section of docs/results.md on damaged images."""

from typing import Any

from fer_core.format import percent, points, table

MEASURE = "`python benchmarks/corruptions.py --write`"
NONE = f"These artifacts do not say what damaged images cost; {MEASURE} measures it."


def robustness_table(found: dict[str, Any]) -> str:
    """Return accuracy undamaged, the points that each damage costs, and their mean."""
    header = ["", "undamaged, %", *(f"{name}, points" for name in found["damages"]), "mean"]
    rows = [
        [system["name"], percent(system["accuracy"][0]), *map(_cost, system["lost"]), _cost(system["mean_lost"])]
        for system in found["systems"]
    ]
    return table(header, rows)


def sad_table(found: dict[str, Any]) -> str:
    """Return the shares that are answered with sad."""
    header = ["answered sad, %", "undamaged", *found["damages"]]
    return table(header, [[system["name"], *map(percent, system["sad"])] for system in found["systems"]])


def robustness_section(found: dict[str, Any] | None) -> list[str]:
    """Return the section, one sentence where nothing was measured with the present weights."""
    if found is None or not found["systems"]:
        return [NONE]
    stale = found["stale"]
    return [
        f"A fixed sample of {found['images']:,} PublicTest images, one view, in the manner of Hendrycks & Dietterich "
        "2019 (arXiv 1903.12261): Gaussian noise of a standard deviation of 0.04 and 0.08 (an image goes from 0 to 1), "
        "Gaussian blur of 1.5 pixels, JPEG of quality 20 and 10, reduced to 24 pixels and enlarged again, a grey bar "
        f"over the eyes or the mouth. {MEASURE} repeats the damage.",
        robustness_table(found),
        sad_table(found),
        *(
            [f"Measured with other weights, so left out: {', '.join(stale)}. {MEASURE} measures again."]
            if stale
            else []
        ),
    ]


def _cost(lost: float) -> str:
    return points(-lost)
