"""What damaged images cost: PublicTest under noise, blur, compression, few pixels and covered features.

In the manner of Hendrycks & Dietterich 2019 (arXiv 1903.12261).  Damage is made by Pillow and NumPy at fixed strengths,
apart from `fer_core.training.augment`, so that a member trained on damage is not measured on the very same.
"""

import io
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from fer_core.artifacts import Artifacts
from fer_core.artifacts.robustness import ALL, CHOSEN, Robustness, Withstood
from fer_core.dataset import Dataset
from fer_core.emotions import EMOTIONS, SIDE
from fer_core.ensemble import Setting, choose
from fer_core.errors import DatasetError
from fer_core.inference import load, member_logits
from fer_core.reports.summary import explorer_of

IMAGES, SEED = 600, 0
Images = NDArray[np.uint8]
SAD = EMOTIONS.index("sad")
EYES, MOUTH = slice(11, 27), slice(31, 46)
"""Rows of the 48 that hold eyes with brows, and the mouth, of nearly all faces: see frame.json."""
GREY = 128


def _each(change: Callable[[Image.Image], Image.Image]) -> Callable[[Images, np.random.RandomState], Images]:
    """Return a damage that changes one picture after the other, without chance."""
    return lambda images, rng: np.stack([np.asarray(change(Image.fromarray(image))) for image in images])


def _noise(images: Images, rng: np.random.RandomState, *, deviation: float) -> Images:
    noisy = images / 255 + deviation * rng.standard_normal(images.shape)
    out: Images = np.rint(255 * noisy.clip(0, 1)).astype(np.uint8)
    return out


def _covered(images: Images, rng: np.random.RandomState, *, rows: slice) -> Images:
    out = images.copy()
    out[:, rows] = GREY
    return out


def _compressed(image: Image.Image, quality: int) -> Image.Image:
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality)
    return Image.open(content, formats=["JPEG"])


def _reduced(image: Image.Image, side: int) -> Image.Image:
    small = image.resize((side, side), Image.Resampling.BICUBIC)
    return small.resize(image.size, Image.Resampling.BICUBIC)


DAMAGES: dict[str, Callable[[Images, np.random.RandomState], Images]] = {
    "noise 0.04": partial(_noise, deviation=0.04),
    "noise 0.08": partial(_noise, deviation=0.08),
    "blur 1.5 px": _each(lambda image: image.filter(ImageFilter.GaussianBlur(1.5))),
    "JPEG 20": _each(lambda image: _compressed(image, 20)),
    "JPEG 10": _each(lambda image: _compressed(image, 10)),
    "24 px": _each(lambda image: _reduced(image, SIDE // 2)),
    "eyes covered": partial(_covered, rows=EYES),
    "mouth covered": partial(_covered, rows=MOUTH),
}
"""Every damage of images uint8 [N,48,48] by name: Gaussian noise by its standard deviation, the image being 0 to 1;
Gaussian blur; JPEG by its quality; reduced to 24 pixels and enlarged again; a grey bar over eyes or mouth."""


def sample(available: int, images: int = IMAGES, seed: int = SEED) -> NDArray[np.int64]:
    """Return which images are damaged, in order: int64, all where there are not so many."""
    drawn = np.random.RandomState(seed).permutation(available)[:images]
    return np.sort(drawn).astype(np.int64)


def damaged(images: Images, name: str, seed: int = SEED) -> Images:
    """Return images uint8 [N,48,48] with a damage of `DAMAGES`, the same each time."""
    if name not in DAMAGES:
        raise ValueError(f"name: expected one of {', '.join(DAMAGES)}, got {name!r}")
    out: Images = DAMAGES[name](images, np.random.RandomState(seed)).astype(np.uint8)
    return out


def measure(
    artifacts: Artifacts,
    dataset: Dataset,
    *,
    images: int = IMAGES,
    seed: int = SEED,
    advance: Callable[[int], None] = lambda images: None,
) -> Robustness:
    """Let every member, the chosen ensemble, and all at equal weight answer for damaged PublicTest images, one view.

    advance : called with the number of images done since the last call; each member has `images` a condition
    Raises DatasetError where the data set lacks one of the images.
    """
    labels, members = artifacts.logits("valid").labels, artifacts.manifest.members
    rows, part = sample(len(labels), images, seed), dataset.split("valid")
    if not np.isin(rows, part.rows).all():
        raise DatasetError("this copy of FER-2013 lacks images that are to be damaged; give the CSV form.")
    plain = part.images[np.searchsorted(part.rows, rows)]
    conditions = [plain, *(damaged(plain, name, seed) for name in DAMAGES)]
    logits = np.empty((len(conditions), len(members), len(rows), len(EMOTIONS)), np.float32)
    for m, name in enumerate(members):
        network = load(artifacts, name)
        for condition, pictures in enumerate(conditions):
            logits[condition, m] = member_logits(network, pictures, full=False, advance=advance)
    explorer = explorer_of(artifacts)
    chosen = choose(explorer).setting
    ensembles = {
        ALL: Setting(members),
        CHOSEN: Setting(chosen.members, chosen.weighting, chosen.combiner),
    }
    systems = []
    for name, setting in ({name: Setting((name,)) for name in members} | ensembles).items():
        answers = np.stack([explorer.decide_on(setting, some).labels for some in logits])
        right, sad = (answers == labels[rows]).sum(axis=1), (answers == SAD).sum(axis=1)
        counts = (tuple(map(int, right)), tuple(map(int, sad)))
        systems.append(Withstood(name, setting.members, setting.weighting, setting.combiner, *counts))
    weights = dict(zip(members, artifacts.weights(), strict=True))
    return Robustness(len(rows), seed, tuple(DAMAGES), tuple(systems), weights)
