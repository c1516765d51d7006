"""Made-up artifacts of the real form, small enough for a test and plausible enough for a page."""

import hashlib
import io
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from fer_core import artifacts as store
from fer_core.artifacts import ROBUSTNESS, Card, Frame, Layer, Manifest, Robustness, Scoring, Withstood
from fer_core.artifacts.frame import FRAME as FRAME_FILE
from fer_core.artifacts.robustness import ALL
from fer_core.emotions import EMOTIONS, SPLITS
from fer_core.ensemble import log_softmax

ROSTER = ("shallow", "deep", "agrawal")
NINE = ("shallow", "deep", "agrawal", "mini_xception", "vgg", "inception", "resnet", "densenet", "crnn")
SHARES = np.array([0.137, 0.03, 0.147, 0.25, 0.165, 0.116, 0.155])
VOTES = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt", "unknown", "NF")
COLUMN_OF = [4, 5, 6, 1, 3, 2, 0]
"""The column of VOTES that counts votes for each class."""
COMMIT = "0123456789abcdef0123456789abcdef01234567"
FRAME = Frame(
    landmarks=np.array([[15.3, 18.7], [33.3, 18.5], [24.3, 29.0], [17.0, 37.8], [31.9, 37.6]]),
    spread=np.full((5, 2), 1.5),
    boxes={"mtcnn": (4.7, -1.0, 43.1, 49.9), "haar": (0.3, 0.3, 47.5, 47.3)},
    images=3000,
    found={"mtcnn": 2687, "haar": 2226},
)
"""About how FER-2013 frames a face."""


def labels_of(n: int, rng: np.random.RandomState) -> NDArray[np.int64]:
    """Draw labels int64 [n], n at least 14, in about FER-2013's shares, every class at least twice."""
    labels = rng.choice(len(EMOTIONS), n, p=SHARES / SHARES.sum()).astype(np.int64)
    labels[:14] = np.arange(14) % 7
    return labels


def logits_of(labels: NDArray[np.int64], members: int, rng: np.random.RandomState) -> NDArray[np.float32]:
    """Draw log-probabilities float32 [M,N,7] of members that are right on about 60 to 68% and mostly err together."""
    n, targets = len(labels), np.linspace(0.60, 0.68, members) if members > 1 else [0.66]
    common, truth = rng.standard_normal((n, 7)), np.eye(7)[labels]
    out = np.empty((members, n, 7))
    for m, target in enumerate(targets):
        noise = 1.5 * common + 0.9 * rng.standard_normal((n, 7))
        low, high = 0.0, 20.0
        for _ in range(30):  # accuracy grows with the strength of the truth, so halving finds it
            middle = (low + high) / 2
            right = ((noise + middle * truth).argmax(axis=1) == labels).mean()
            low, high = (low, middle) if right >= target else (middle, high)
        out[m] = 0.8 * (noise + high * truth)
    out -= out.max(axis=2, keepdims=True)
    logs: NDArray[np.float32] = (out - np.log(np.exp(out).sum(axis=2, keepdims=True))).astype(np.float32)
    return logs


def npz(**arrays: NDArray[np.generic]) -> bytes:
    """Return the bytes of an npz file."""
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def artifact_files(members: tuple[str, ...] = ROSTER, n: int = 300, seed: int = 0) -> dict[str, bytes]:
    """Return every file of the contract but the manifest, by relative path; cards agree with the logits."""
    rng = np.random.RandomState(seed)
    labels = {split: labels_of(n, rng) for split in SPLITS}
    logits = {split: logits_of(labels[split], len(members), rng) for split in ("valid", "test")}
    files = {
        f"logits/{split}.npz": npz(logits=logits[split], labels=labels[split], members=np.array(members))
        for split in logits
    }
    twins = {f"{split}_twin": np.where(rng.rand(n) < 0.08, rng.randint(n, size=n), -1) for split in logits}
    files["twins.npz"] = npz(**{key: found.astype(np.int64) for key, found in twins.items()})
    votes = {split: np.zeros((n, len(VOTES)), np.uint8) for split in logits}
    for split, counts in votes.items():
        for row, label in enumerate(labels[split]):
            chances = np.full(len(VOTES), 0.03)
            chances[COLUMN_OF[label]] = 0.73
            counts[row] = rng.multinomial(10, chances)
    files["ferplus.npz"] = npz(**votes, columns=np.array(VOTES))
    rows = {split: rng.standard_normal((n, 64)).astype(np.float16) for split in SPLITS}
    files["rows.npz"] = npz(**rows, **{f"{split}_labels": labels[split] for split in SPLITS})
    y, x = np.mgrid[-1:1:48j, -1:1:48j]
    faces = [205 * np.exp(-(x**2 + y**2)) + 25 * np.cos(4 * y + k) + 25 for k in range(len(EMOTIONS) + 1)]
    files["mean_faces.npz"] = npz(faces=np.array(faces).astype(np.uint8), names=np.array([*EMOTIONS, "all"]))
    for m, name in enumerate(members):
        full = {split: float((logits[split][m].argmax(axis=1) == labels[split]).mean()) for split in logits}
        scores = {split: {"one_view": share - 0.01, "full": share} for split, share in full.items()}
        files[f"members/{name}/card.json"] = card(name, scores, parameters=300_000 * (m + 1)).to_json().encode()
        lines = ["epoch,lr,train_loss,valid_loss,valid_accuracy"]
        for epoch in range(1, 9):
            left = np.exp(-epoch / 3)
            lines.append(f"{epoch},{0.1 * left:.6g},{0.9 + left:.6g},{1.0 + left:.6g},{full['valid'] - left / 3:.6g}")
        files[f"members/{name}/history.csv"] = ("\n".join(lines) + "\n").encode()
        files[f"members/{name}/model.safetensors"] = save({"weight": rng.standard_normal(3).astype(np.float16)})
    return files


def photo_files(files: Mapping[str, bytes], seed: int = 0) -> dict[str, bytes]:
    """Return what photos need besides files of the contract, some in their place.

    A frame, cards and weights of tiny networks that can be loaded, logits of one view, and temperatures.
    """
    # Imported here: most tests need no network.
    from fer_core.calibration import calibration_files
    from fer_core.inference import pack_weights
    from tests.tiny import TINY, opinionated

    logits, labels, members = {"one_view": {}, "full": {}}, {}, ()
    rng, more = np.random.RandomState(seed), {FRAME_FILE: FRAME.to_json().encode()}
    for split in ("valid", "test"):
        with np.load(io.BytesIO(files[f"logits/{split}.npz"])) as found:
            logits["full"][split], labels[split] = found["logits"], found["labels"]
            members = tuple(map(str, found["members"]))
        noisy = logits["full"][split] + 0.3 * rng.standard_normal(logits["full"][split].shape)
        logits["one_view"][split] = log_softmax(noisy).astype(np.float32)
    for name in members:
        network = opinionated(name, seed=seed)
        described = {"arguments": TINY[name], "preprocessing": network.preprocessing.as_dict()}
        relative = f"members/{name}/card.json"
        more[relative] = json.dumps(json.loads(files[relative]) | described).encode()
        more[f"members/{name}/model.safetensors"] = pack_weights(network)
    digests = {name: hashlib.sha256(more[f"members/{name}/model.safetensors"]).hexdigest() for name in members}
    more[ROBUSTNESS] = robustness(digests).to_json().encode()
    return more | calibration_files(logits, labels, digests)


def robustness(weights: Mapping[str, str], *more: Withstood) -> Robustness:
    """Return what two damages cost, the members one image more each; weights : SHA-256 by member; more : systems."""
    members = tuple(weights)
    alone = [
        Withstood(name, (name,), "equal", "mean_probability", (60 + m, 50, 20 - m), (20, 25, 60 + m))
        for m, name in enumerate(members)
    ]
    together = Withstood(ALL, members, "equal", "mean_probability", (70, 62, 31), (18, 20, 55))
    return Robustness(100, 0, ("noise 0.08", "blur 1.5 px"), (*alone, together, *more), weights)


def write_artifacts(
    root: Path,
    *,
    members: tuple[str, ...] = ROSTER,
    n: int = 300,
    seed: int = 0,
    instead: Mapping[str, bytes] | None = None,
    photos: bool = False,
) -> Path:
    """Write a complete artifacts tree through the real writer, in place of any that is there; return its root.

    instead : contents of some files, by relative path; photos : with what photos need
    """
    files = artifact_files(members, n, seed)
    files |= (photo_files(files, seed) if photos else {}) | dict(instead or {})

    def build(staging: Path) -> Manifest:
        for before in [path for path in staging.rglob("*") if path.is_file()]:
            before.unlink()
        for relative, content in files.items():
            (staging / relative).parent.mkdir(parents=True, exist_ok=True)
            (staging / relative).write_bytes(content)
        return Manifest(members, EMOTIONS, scorings=(Scoring("2026-01-02", COMMIT, members),))

    store.replace(root, build)
    return root


def card(name: str, scores: dict[str, dict[str, float]], *, parameters: int = 300_000) -> Card:
    """Return a card that is complete."""
    return Card(
        name=name,
        architecture=name,
        arguments={},
        parameters=parameters,
        macs=40 * parameters,
        input_size=44,
        preprocessing={"crop": 44, "size": 44, "mean": 0.5, "std": 0.25},
        augmentation={"views": 18, "description": "flips x nine crops"},
        recipe={"epochs": 8},
        seed=0,
        epochs=8,
        best_epoch=8,
        hardware="none",
        versions={"python": "3.11"},
        commit=COMMIT,
        wall_seconds=1500.0,
        layers=(
            Layer(
                "convolution 5×5, 32",
                "convolution 5×5, batch norm, ReLU, max pooling 2×2",
                (32, 22, 22),
                900,
                8 * parameters,
            ),
            Layer("residual block, 64", "two convolutions, added to the input", (64, 11, 11), 90_000, 31 * parameters),
            Layer("fully connected, 7", "global mean pooling, fully connected", (7,), parameters - 90_900, parameters),
        ),
        scores=scores,
    )
