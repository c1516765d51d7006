"""Made-up artifacts and data sets of the real form, small enough for a test."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from fer_core import artifacts as store
from fer_core.artifacts import Card, Manifest, Scoring
from fer_core.emotions import EMOTIONS, SPLITS

ROSTER = ("shallow", "deep", "agrawal")
NINE = ("shallow", "deep", "agrawal", "mini_xception", "vgg", "inception", "resnet", "densenet", "crnn")
SHARES = np.array([0.137, 0.03, 0.147, 0.25, 0.165, 0.116, 0.155])


def labels_of(n: int, rng: np.random.RandomState) -> NDArray[np.int64]:
    """Draw labels int64 [n] in about FER-2013's shares, every class at least twice."""
    labels = rng.choice(len(EMOTIONS), n, p=SHARES / SHARES.sum()).astype(np.int64)
    labels[:14] = np.arange(14) % 7
    return labels


def npz(**arrays: NDArray[np.generic]) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]
    return content.getvalue()


def write_artifacts(root: Path, *, members: tuple[str, ...] = ROSTER, n: int = 300, seed: int = 0) -> Path:
    """Write a complete artifacts tree through the real writer: correlated members, right about 60 to 70% of the time."""
    rng = np.random.RandomState(seed)
    files: dict[str, bytes] = {}
    labels = {split: labels_of(n, rng) for split in ("valid", "test")}
    logits = {}
    for split, own in labels.items():
        shared = rng.standard_normal((n, 7))
        strength = np.linspace(1.9, 2.4, len(members))
        single = rng.standard_normal((len(members), n, 7))
        raw = strength[:, None, None] * np.eye(7)[own] + 0.8 * shared + 0.7 * single
        raw -= np.log(np.exp(raw).sum(axis=2, keepdims=True))
        logits[split] = raw.astype(np.float32)
        files[f"logits/{split}.npz"] = npz(logits=logits[split], labels=own, members=np.array(members))
    files["twins.npz"] = npz(
        **{f"{split}_twin": np.where(rng.rand(n) < 0.08, 5, -1).astype(np.int64) for split in ("valid", "test")}
    )
    votes = {split: rng.multinomial(10, [0.1] * 10, n).astype(np.uint8) for split in ("valid", "test")}
    files["ferplus.npz"] = npz(**votes, columns=np.array(list("abcdefghij")))
    rows = {split: rng.standard_normal((n, 64)).astype(np.float16) for split in SPLITS}
    files["rows.npz"] = npz(**rows, **{f"{split}_labels": labels.get(split, labels["valid"]) for split in SPLITS})
    files["mean_faces.npz"] = npz(faces=rng.randint(0, 255, (8, 48, 48)).astype(np.uint8))
    for i, name in enumerate(members):
        scores = {
            split: dict.fromkeys(("one_view", "full"), float((logits[split][i].argmax(1) == labels[split]).mean()))
            for split in labels
        }
        files[f"members/{name}/card.json"] = card(name, scores, parameters=300_000 * (i + 1)).to_json().encode()
        files[f"members/{name}/history.csv"] = b"epoch,lr,train_loss,valid_loss,valid_accuracy\n1,0.1,1.5,1.4,0.45\n"
        files[f"members/{name}/model.safetensors"] = save({"weight": np.zeros(3, np.float16)})

    def build(staging: Path) -> Manifest:
        for relative, content in files.items():
            (staging / relative).parent.mkdir(parents=True, exist_ok=True)
            (staging / relative).write_bytes(content)
        return Manifest(members, EMOTIONS, scorings=(Scoring("2026-01-02", "0" * 40, members),))

    store.replace(root, build)
    return root


def card(name: str, scores: dict[str, dict[str, float]], *, parameters: int = 300_000) -> Card:
    return Card(
        name=name,
        architecture=name,
        arguments={},
        parameters=parameters,
        macs=40_000_000,
        input_size=44,
        preprocessing={"crop": 44, "size": 44, "mean": 0.5, "std": 0.25},
        augmentation={"views": 18, "description": "flips x nine crops"},
        recipe={"epochs": 1},
        seed=0,
        epochs=1,
        best_epoch=1,
        hardware="none",
        versions={"python": "3.11"},
        commit="0" * 40,
        wall_seconds=60.0,
        scores=scores,
    )
