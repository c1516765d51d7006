"""The tables of docs/results.md and of docs/saliency.md, each from the figures of the report."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from fer_core.artifacts import SaliencyTable
from fer_core.emotions import SCORED
from fer_core.format import commit, interval, nats, percent, points, scheme, table, tested


def members(found: dict[str, Any]) -> str:
    """Return what each member reaches."""
    header = ["member", "parameters", "MMACs", "PublicTest, one view", "full", "PrivateTest, one view", "full"]
    header += ["95% interval", "gain", "McNemar p", "without twins"]
    rows = [
        [
            m["name"],
            f"{m['parameters']:,}",
            f"{m['macs'] / 1e6:.0f}",
            *(percent(m[split][kind]) for split in ("valid", "test") for kind in ("one_view", "full")),
            interval(m["interval"]),
            *(("best", "-") if m["mcnemar"] is None else (f"{100 * m['gain']:+.2f}", tested(m))),
            percent(m["without_twins"]["accuracy"]),
        ]
        for m in found["members"]
    ]
    return table(header, rows)


def probabilities(found: dict[str, Any]) -> str:
    """Return how good each member's probabilities are, and its F1."""
    header = ["member", "macro-F1", "NLL", "Brier", "ECE"]
    rows = [
        [m["name"], percent(m["macro_f1"]), nats(m["nll"]), nats(m["brier"]), percent(m["ece"])]
        for m in found["members"]
    ]
    return table(header, rows)


def sources(member: dict[str, Any]) -> str:
    """Name what and whom a member learned from; a star marks a teacher whose weights are not those of now."""
    recipe = member["recipe"]
    votes = any(stage.get("votes") for stage in (recipe, *recipe.get("refinements", ())))
    names = [teacher["name"] + ("" if teacher["current"] else " \\*") for teacher in member["teachers"]]
    return ", ".join(["labels", *(["FER+ votes"] if votes else []), *names])


def making(found: dict[str, Any]) -> str:
    """Return how each member was made."""
    header = ["member", "learned from", "hardware", "commit", "seed", "epochs", "best epoch", "minutes"]
    rows = [
        [
            m["name"],
            sources(m),
            m["hardware"],
            commit(m["commit"]),
            str(m["seed"]),
            str(m["epochs"]),
            str(m["best_epoch"]),
            f"{m['wall_seconds'] / 60:.0f}",
        ]
        for m in found["members"]
    ]
    return table(header, rows, left=4)


def ensembles(shown: Sequence[dict[str, Any]]) -> str:
    """Return what each ensemble reaches."""
    header = ["weighting, combiner", "PublicTest", "out of fold", "PrivateTest", "95% interval", "gain", "McNemar p"]
    header += ["without twins", "macro-F1", "NLL", "Brier", "ECE"]
    rows = [
        [
            scheme(e),
            percent(e["valid_accuracy"]),
            percent(e["valid_out_of_fold"]),
            percent(e["accuracy"], 2),
            interval(e["interval"]),
            f"{100 * e['gain']:+.2f}",
            tested(e),
            percent(e["without_twins"]["accuracy"]),
            percent(e["macro_f1"]),
            nats(e["nll"]),
            nats(e["brier"]),
            percent(e["ece"]),
        ]
        for e in shown
    ]
    return table(header, rows)


def label_quality(found: dict[str, Any]) -> str:
    """Return how decisions agree with the crowd and, where that agrees, with both labels."""
    header = ["decided by", "FER+ plurality", "95% interval", "FER-2013 label, agreed", "95% interval"]
    header += ["crowd, agreed", "95% interval"]
    quality = found["label_quality"]
    itself = {"share": None, "interval": None}  # that the labels agree with themselves says nothing
    decided = {
        "FER-2013's own label": {**quality["labels"], "agreed_label": itself},
        **quality["members"],
        "all members, equal": quality["equal"],
        "the chosen ensemble": quality["chosen"],
    }

    def cells(figures: dict[str, Any]) -> list[str]:
        shares = (figures["plurality"], figures["agreed_label"], figures["agreed_crowd"])
        return [cell for share in shares for cell in (percent(share["share"]), interval(share["interval"]))]

    return table(header, [[name, *cells(figures)] for name, figures in decided.items()])


def alike(found: dict[str, Any]) -> str:
    """Return how strong the members are and how alike they err, a row for each split."""
    rows = []
    for split, figures in found["alike"].items():
        correlation = figures["error_correlation"]
        shares = ("mean_accuracy", "weakest_accuracy", "best_accuracy", "disagreement", "double_fault")
        mean, weakest, best, differ, both = (percent(figures[key]) for key in shares)
        rows.append(
            [SCORED[split], mean, weakest, best, "-" if correlation is None else f"{correlation:.3f}", differ, both]
        )
    header = ["split", "mean member", "weakest", "best", "error correlation", "one of two is right", "both are wrong"]
    return table(header, rows)


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


def measured(found: SaliencyTable | None) -> str:
    """Return threshold, table and marks of the benchmark of all methods, from `artifacts/saliency.json`."""
    if found is None or not found.entries:
        return "Not measured for these artifacts: run `python -m fer_core explain --benchmark`."
    methods = list(dict.fromkeys(entry.method for entry in found.entries))
    rows, marked = [], []
    for method in methods:
        own = [entry for entry in found.entries if entry.method == method]
        best, worst = max(own, key=lambda e: e.gain), min(own, key=lambda e: e.gain)
        kept = [e.randomised for e in own if e.randomised is not None]
        like = float(np.mean(kept)) if kept else None
        mark = " (marked)" if like is not None and like >= found.unchanged else ""
        rows.append(
            [
                f"`{method}`",
                f"{np.mean([e.gain for e in own]):+.3f}",
                f"{best.member} {best.gain:+.3f}, {worst.member} {worst.gain:+.3f}",
                f"{sum(e.low > 0 for e in own)} of {len(own)}",
                f"{np.mean([e.infidelity for e in own]):.2f}",
                _mean([e.sensitivity for e in own]),
                "-" if like is None else f"{like:+.2f}{mark}",
                f"{np.mean([e.milliseconds for e in own]):.0f}",
            ]
        )
        names = [e.member for e in own if e.randomised is not None and e.randomised >= found.unchanged]
        if names:
            marked.append(f"`{method}` for {', '.join(names)}")
    header = ["method", "gain", "best and worst member", "members above chance", "infidelity", "sensitivity"]
    header += ["shuffled weights", "ms a map"]
    made = table(header, rows)
    which = f"Marked: {'; '.join(marked)}." if marked else "No map is marked."
    return (
        f"A map is marked from a rank correlation of {found.unchanged:g} with that of shuffled weights on: it hardly "
        "depends on the weights, so it cannot show what was learned. That a map does depend on them is necessary, not "
        f"sufficient. Means over {found.images} PublicTest images and over members.\n\n{made}\n\n{which}"
    )


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{np.mean(known):.2f}" if known else "-"
