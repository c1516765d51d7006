"""Where doubts about the picture of a face begin, and how many spoilt faces they find, on PublicTest faces.

    python benchmarks/doubts.py [--images 1000] [--networks 250] [--json FILE]

`fer_core/photo/quality.py` holds the thresholds: for grain and covered parts what one original image in a hundred
crosses, for sharpness what 95 of a hundred images blurred by 1.5 pixels cross, since a weaker blur costs little, and
for compression what one face in a hundred crosses at quality 50, which costs little, too.  With `--networks`
the ensemble that is best on PublicTest answers spoilt faces, too: how often it is right, how sure it says it is, and
how sure once a doubt has lowered that.  What favouring rare emotions does is measured with it.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fer_core.artifacts import open_artifacts
from fer_core.cli.guard import use_threads
from fer_core.dataset import find
from fer_core.ensemble import Setting, choose
from fer_core.errors import FerError
from fer_core.photo.quality import COMPRESSED, ENLARGED, MEASURES, QUALITIES, SPOILT, Measure, blockiness, compressed

if TYPE_CHECKING:
    from fer_core.photo.predict import Predictor

CROSSING = {"sharpness": ("blur 1.5", 0.95)}
"""Of which faces which share crosses a threshold; else one original in a hundred."""

ORIGINAL = ("original", 0.01)


def threshold(measure: Measure, values: NDArray[np.float64], share: float) -> float:
    """Return the value that a share of the faces crosses."""
    return float(np.quantile(values, share if measure.low else 1 - share))


def spoil(images: NDArray[np.uint8], way: str, *, seed: int = 0) -> NDArray[np.uint8]:
    """Return images uint8 [N,48,48] spoilt in a way; each depends on its own pixels, the seed and its place alone."""
    return np.stack([SPOILT[way](image, np.random.RandomState([seed, i])) for i, image in enumerate(images)])


def found(images: NDArray[np.uint8]) -> dict[str, float]:
    """Return the share of images that each measure doubts, and that any does."""
    doubted = {
        name: np.array([measure.doubted(measure.of(image)) for image in images]) for name, measure in MEASURES.items()
    }
    return {
        name: float(flags.mean()) for name, flags in {**doubted, "any": np.any(list(doubted.values()), axis=0)}.items()
    }


def answers(
    predictor: "Predictor", setting: Setting, images: NDArray[np.uint8], labels: NDArray[np.int64]
) -> dict[str, dict[str, float]]:
    """Return, for every way, how often an ensemble is right in one view, and its mean confidence.

    lowered : the confidence of faces that are doubted for how they are spoilt
    """
    told = {}
    for way in ("original", *SPOILT):
        logits = predictor.panel.logits(images if way == "original" else spoil(images, way))
        said, low = (
            predictor.calibrated_ensemble.answers(setting, "one_view", logits, spoilt=[spoilt] * len(labels))
            for spoilt in (False, True)
        )
        told[way] = {
            "accuracy": float(np.mean([answer.label == label for answer, label in zip(said, labels, strict=True)])),
            "confidence": float(np.mean([answer.confidence or 0.0 for answer in said])),
            "lowered": float(np.mean([answer.confidence or 0.0 for answer in low])),
        }
    return told


def priors(predictor: "Predictor", settings: Mapping[str, Setting]) -> dict[str, dict[str, Any]]:
    """Return what correcting the prior does on all of PublicTest in one view, without and with it."""
    found = {name: predictor.calibrated_ensemble.balance(setting, "one_view") for name, setting in settings.items()}
    return {
        name: {"power": balance.power, "recall": balance.recall, "accuracy": balance.accuracy}
        for name, balance in found.items()
        if balance is not None
    }


def show(console: Console, figures: dict[str, Any]) -> None:
    """Print thresholds, and a table of what they find."""
    for name, entry in figures["thresholds"].items():
        console.print(f"{name}: {entry['found']:.3f} (in use: {entry['used']:.3f})")
    table = Table("faces", *MEASURES, "any", "right %", "sure %", "lowered %")
    for way, row in figures["doubted"].items():
        told = figures["answers"].get(way, {})
        keys = ("accuracy", "confidence", "lowered")
        numbers = [f"{100 * told[key]:.0f}" if told else "" for key in keys]
        table.add_row(way, *(f"{100 * value:.0f}" for value in row.values()), *numbers)
    console.print(table)
    blocks = Table("JPEG quality", *(f"enlarged {times} times" for times in ENLARGED))
    for quality in QUALITIES:
        blocks.add_row(
            str(quality), *(f"{100 * figures['compressed'][f'{quality}, {times}']:.0f}" for times in ENLARGED)
        )
    console.print(blocks)
    for name, prior in figures["priors"].items():
        (recall, recall_with), (right, right_with) = prior["recall"], prior["accuracy"]
        console.print(
            f"Prior to the power {prior['power']:g}, {name}: mean recall {100 * recall:.1f}% to "
            f"{100 * recall_with:.1f}%, accuracy {100 * right:.1f}% to {100 * right_with:.1f}%"
        )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="data set: packed, or any public form of FER-2013")
    parser.add_argument("--artifacts", type=Path)
    parser.add_argument("--images", type=int, default=1000)
    parser.add_argument("--networks", type=int, default=0, help="images that the networks answer in every way")
    parser.add_argument("--threads", type=int, help="CPU threads to use")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    use_threads(options.threads)
    try:
        artifacts = open_artifacts(options.artifacts)
        split = find(options.data, known=artifacts.rows()).split("valid")
    except FerError as error:
        sys.exit(str(error))
    rows = np.linspace(0, len(split.images) - 1, min(options.images, len(split.images))).astype(np.int64)
    images = split.images[rows]
    used = {}
    for name, measure in MEASURES.items():
        way, share = CROSSING.get(name, ORIGINAL)
        values = np.array([measure.of(image) for image in (images if way == "original" else spoil(images, way))])
        used[name] = {"found": threshold(measure, values, share), "used": measure.threshold}
    blocks = {
        f"{quality}, {times}": np.array([blockiness(compressed(i, enlarged=times, quality=quality)) for i in images])
        for quality in QUALITIES
        for times in ENLARGED
    }
    fair = np.concatenate([blocks["50, 1"], blocks["50, 2"]])
    used["compression"] = {"found": threshold(COMPRESSED, fair, ORIGINAL[1]), "used": COMPRESSED.threshold}
    told: dict[str, Any] = {"answers": {}, "priors": {}}
    if options.networks:
        from fer_core.photo.predict import Predictor
        from fer_core.reports.summary import explorer_of

        few = rows[:: max(1, len(rows) // options.networks)]
        predictor, best = Predictor(artifacts), choose(explorer_of(artifacts)).setting
        chosen, equal = Setting(best.members, best.weighting, best.combiner), Setting(tuple(artifacts.cards))
        told["answers"] = answers(predictor, chosen, split.images[few], split.labels[few])
        told["priors"] = priors(predictor, {"the chosen ensemble": chosen, "all members, equal weights": equal})
    figures = {
        "images": len(images),
        "thresholds": used,
        "doubted": {"original": found(images), **{way: found(spoil(images, way)) for way in SPOILT}},
        "compressed": {name: float(np.mean(measured >= COMPRESSED.threshold)) for name, measured in blocks.items()},
        **told,
    }
    show(Console(highlight=False, width=None if sys.stdout.isatty() else 120), figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
