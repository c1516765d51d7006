"""The tables of docs/results.md, each from the figures of the report."""

from collections.abc import Sequence
from typing import Any

from fer_core.emotions import SCORED
from fer_core.format import commit, interval, nats, percent, scheme, table, tested


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
