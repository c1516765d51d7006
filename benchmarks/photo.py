"""Where accuracy is lost on the way from a photo to an answer, by photos made of FER-2013's faces.

    python benchmarks/photo.py [--images 600] [--detector mtcnn] [--split valid] [--illumination] [--json FILE]

Each image is enlarged, turned, put on a made-up background, relit and compressed as JPEG, all in memory.  The photo is
decoded, faces are found and framed, and the members look at them; the same members look at the original image.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.made_photos import ENLARGED, TURNED, make
from fer_core.artifacts import Frame, open_artifacts
from fer_core.cli.guard import use_threads
from fer_core.cli.terminal import image_bar
from fer_core.dataset import find
from fer_core.emotions import SIDE, USAGES
from fer_core.errors import FerError
from fer_core.inference import Panel
from fer_core.metrics.scores import mcnemar, wilson
from fer_core.photo.decode import decode
from fer_core.photo.detect import DETECTORS, detect
from fer_core.photo.face import Face
from fer_core.photo.framing import ILLUMINATIONS, align, placement, plain_box, resample

OVERLAP = 0.3
"""Intersection over union of a detector's box with the true square from which the face is the one that was put there.

The box decides, not our framing: else the faces that it sets worst would count as not found."""

MILD, HALF = 8.0, 5.5
"""Degrees, and times enlarged, where the subsets are parted."""

DIRECT, TRUE, OURS, PLAIN = "original image", "photo, true place", "photo, our framing", "photo, plain box"
"""What members look at; `TRUE` loses by relighting, JPEG and resampling alone."""

EVENED = [name for name in ILLUMINATIONS if name != "none"]

BOOTSTRAPS = 10_000
"""Resamples of an interval."""

_UNIT = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])


def square(transform: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the corners [4,2] that the 48x48 frame has in the photo."""
    back = cv2.invertAffineTransform(transform)
    return np.asarray(SIDE * _UNIT @ back[:, :2].T + back[:, 2])


def overlap(face: Face, truth: NDArray[np.float64]) -> float:
    """Return the intersection over union of a face's box with the true square."""
    start, end = np.array(face.box[:2]), np.array(face.box[2:])
    box, true = (start + _UNIT * (end - start)).astype(np.float32), square(truth).astype(np.float32)
    shared = float(cv2.intersectConvexConvex(box, true)[0])
    return shared / (float(cv2.contourArea(box)) + float(cv2.contourArea(true)) - shared)


def matching(faces: Iterable[Face], truth: NDArray[np.float64]) -> Face | None:
    """Return the found face whose box overlaps the true square best; None where none does by `OVERLAP`."""
    best = max(faces, key=lambda face: overlap(face, truth), default=None)
    return best if best is not None and overlap(best, truth) >= OVERLAP else None


def displacement(found: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Return by how many pixels of the frame its corners are off, on average."""
    landed = square(truth) @ found[:, :2].T + found[:, 2]
    return float(np.hypot(*(landed - SIDE * _UNIT).T).mean())


@dataclass(frozen=True, eq=False)
class Shots:
    """All photos, looked at: N of them, of which in F the face was found.

    images : uint8 [N,48,48], the originals; labels : int64 [N]; found : bool [N]; enlarged, turned : float64 [N]
    views : what members look at, by name, uint8 [F,48,48]
    off : pixels of the frame by which our framing has its corners elsewhere, float64 [F]
    """

    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    found: NDArray[np.bool_]
    enlarged: NDArray[np.float64]
    turned: NDArray[np.float64]
    views: dict[str, NDArray[np.uint8]]
    off: NDArray[np.float64]


def shoot(
    images: NDArray[np.uint8], labels: NDArray[np.int64], frame: Frame, *, count: int, detector: str, seed: int
) -> Shots:
    """Make the photos of `count` images, spread evenly over uint8 [N,48,48], and send them through the path."""
    rows = np.linspace(0, len(images) - 1, min(count, len(images))).astype(np.int64)
    found, enlarged, turned = np.zeros(len(rows), bool), np.empty(len(rows)), np.empty(len(rows))
    views: dict[str, list[NDArray[np.uint8]]] = {TRUE: [], OURS: [], PLAIN: []}
    off = []
    with image_bar("Photos", len(rows)) as advance:
        for i, row in enumerate(rows.tolist()):
            made = make(images[row], seed=seed, row=row)
            enlarged[i], turned[i] = made.enlarged, abs(made.turned)
            photo = decode(made.content)
            face = matching(detect(photo.rgb, detector=detector), made.transform)
            advance(1)
            if face is None:
                continue
            found[i] = True
            off.append(displacement(placement(face, frame), made.transform))
            views[TRUE].append(resample(photo.grey, made.transform))
            views[OURS].append(align(photo.grey, face, frame))
            views[PLAIN].append(plain_box(photo.grey, face))
    if not off:
        sys.exit("no face was found in any photo; give it more images")
    stacked = {name: np.stack(view) for name, view in views.items()}
    return Shots(images[rows], labels[rows], found, enlarged, turned, stacked, np.array(off))


def correct(panel: Panel, images: NDArray[np.uint8], labels: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return what is right, bool [M+1,N]: each member in one view, and last their mean probability."""
    logits = panel.logits(images).astype(np.float64)
    together = np.exp(logits).mean(axis=0).argmax(axis=1)
    return np.asarray(np.vstack([logits.argmax(axis=2), together]) == labels)


@dataclass(frozen=True)
class Compared:
    """Accuracy of one in percent, and by how many points it is above another on the same images.

    low, high : 95% interval of the difference, a paired bootstrap; p : McNemar's, exact
    """

    what: str
    images: int
    accuracy: float
    gain: float
    low: float
    high: float
    p: float


def compare(what: str, first: NDArray[np.bool_], second: NDArray[np.bool_]) -> Compared:
    """Compare whether the first and the second are right, bool [N] each."""
    test, n = mcnemar(first, second), len(first)
    # Resampling images is drawing how many of them only the first, only the second, and neither alone gets right.
    shares = np.array([test.only_first, test.only_second, n - test.only_first - test.only_second]) / n
    drawn = np.random.RandomState(0).multinomial(n, shares, BOOTSTRAPS)
    low, high = np.percentile(100 * (drawn[:, 0] - drawn[:, 1]) / n, [2.5, 97.5]).tolist()
    gain = 100 * (test.only_first - test.only_second) / n
    return Compared(what, n, 100 * float(first.mean()), gain, low, high, test.p)


@dataclass(frozen=True)
class Evidence:
    """All figures: shares in percent, differences in points, displacements in pixels of the 48x48 frame.

    views, subsets, members : against the original image where the face was found; the last two are our framing
    illumination : originals against all originals as they are, our framing against our framing
    """

    artifacts: str
    split: str
    detector: str
    seed: int
    photos: int
    found: int
    found_interval: tuple[float, float]
    direct_of_all: float
    views: list[Compared]
    over_plain: Compared
    subsets: list[Compared]
    members: list[Compared]
    illumination: list[Compared]
    displaced_median: float
    displaced_90: float


def evidence(shots: Shots, panel: Panel, *, split: str, detector: str, seed: int, even: bool = False) -> Evidence:
    """Show everything to the members, and compare; even : try the ways to even out light, too."""
    labels, found = shots.labels[shots.found], shots.found
    jobs = {DIRECT: (shots.images, shots.labels)} | {name: (view, labels) for name, view in shots.views.items()}
    for name in (DIRECT, OURS) if even else ():
        for key in EVENED:
            evened = np.stack([ILLUMINATIONS[key].apply(image) for image in jobs[name][0]])
            jobs[f"{name}, {key}"] = (evened, jobs[name][1])
    right = {}
    with image_bar("Answers", sum(len(view) for view, _ in jobs.values())) as advance:
        for name, job in jobs.items():
            right[name] = correct(panel, *job)
            advance(len(job[0]))
    direct, ours = right[DIRECT][:, found], right[OURS]
    turned, enlarged = shots.turned[found], shots.enlarged[found]
    subsets = {
        f"turned by less than {MILD:g}°": turned < MILD,
        f"turned by {MILD:g}° to {TURNED:g}°": turned >= MILD,
        f"enlarged {ENLARGED[0]:g} to {HALF:g} times": enlarged < HALF,
        f"enlarged {HALF:g} to {ENLARGED[1]:g} times": enlarged >= HALF,
    }
    low, high = wilson(len(labels), len(found))
    views = [compare(DIRECT, direct[-1], direct[-1]), *(compare(n, right[n][-1], direct[-1]) for n in shots.views)]
    evened_names = [(f"{name}, {key}", name) for name in (DIRECT, OURS) for key in EVENED] if even else []
    return Evidence(
        panel.artifacts.fingerprint[:12],
        USAGES[split],
        detector,
        seed,
        photos=len(found),
        found=len(labels),
        found_interval=(100 * low, 100 * high),
        direct_of_all=100 * float(right[DIRECT][-1].mean()),
        views=views,
        over_plain=compare("our framing against the plain box", ours[-1], right[PLAIN][-1]),
        subsets=[compare(name, ours[-1, at], direct[-1, at]) for name, at in subsets.items() if at.any()],
        members=[compare(name, ours[m], direct[m]) for m, name in enumerate(panel.members)],
        illumination=[compare(name, right[name][-1], right[plain][-1]) for name, plain in evened_names],
        displaced_median=float(np.median(shots.off)),
        displaced_90=float(np.percentile(shots.off, 90)),
    )


def show(console: Console, found: Evidence) -> None:
    """Print a table and what it comes to."""
    title = (
        f"{found.photos:,} photos made of {found.split}, detector {found.detector}, where the face was found: "
        "all members together, one view. Differences are to the original image; those of light, to the same as it is."
    )
    columns = ("faces", "accuracy\n%", "difference\npoints", "95% interval\npoints", "McNemar\np")
    table = Table("what members look at", *columns, title=title, title_justify="left")
    for column in table.columns[1:]:
        column.justify = "right"
    framed = {"our framing, ": found.subsets, "our framing, by ": found.members}
    for prefix, rows in {"": found.views, **framed, "light: ": found.illumination}.items():
        for row in rows:
            numbers = (f"{row.gain:+.1f}", f"{row.low:+.1f} to {row.high:+.1f}", f"{row.p:.2g}")
            shown = ("", "", "") if row.what == DIRECT else numbers
            table.add_row(prefix + row.what, f"{row.images:,}", f"{row.accuracy:.1f}", *shown)
        table.add_section()
    console.print(table)
    ours, plain = next(row for row in found.views if row.what == OURS), found.over_plain
    console.print(
        f"The face was found in {found.found:,} of {found.photos:,} photos ({100 * found.found / found.photos:.1f}%, "
        f"95% interval {found.found_interval[0]:.1f} to {found.found_interval[1]:.1f}). There, our framing is right on "
        f"{ours.accuracy:.1f}%: {ours.gain:+.1f} points against the original image ({ours.low:+.1f} to "
        f"{ours.high:+.1f}), {plain.gain:+.1f} against the plain box ({plain.low:+.1f} to {plain.high:+.1f}, McNemar p "
        f"{plain.p:.2g}). The frame's corners are off by {found.displaced_median:.1f} of 48 px (median), 90% by less "
        f"than {found.displaced_90:.1f}.  All originals, found or not: {found.direct_of_all:.1f}%."
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, help="data set: packed, or any public form of FER-2013")
    parser.add_argument("--artifacts", type=Path)
    parser.add_argument("--split", choices=("valid", "test"), default="valid")
    parser.add_argument("--images", type=int, default=600)
    parser.add_argument("--detector", choices=[name for name in DETECTORS if name != "whole"], default="mtcnn")
    parser.add_argument("--illumination", action="store_true", help="try the ways to even out light, too")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, help="CPU threads to use")
    parser.add_argument("--json", type=Path, help="file for all figures")
    options = parser.parse_args()
    use_threads(options.threads)
    try:
        artifacts = open_artifacts(options.artifacts)
        frame, split = artifacts.frame(), find(options.data, known=artifacts.rows()).split(options.split)
        panel = Panel(artifacts)
        panel.logits(split.images[:1])  # loads all members now, for artifacts may be replaced while photos are made
    except FerError as error:
        sys.exit(str(error))
    named = {"detector": options.detector, "seed": options.seed}
    shots = shoot(split.images, split.labels, frame, count=options.images, **named)
    found = evidence(shots, panel, split=options.split, even=options.illumination, **named)
    show(Console(highlight=False, width=None if sys.stdout.isatty() else 120), found)
    if options.json:
        options.json.write_text(json.dumps(asdict(found), indent=2) + "\n")


if __name__ == "__main__":
    main()
