"""`train --jobs`: members side by side, each in a process of its own."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from fer_core.dataset.pack import write
from tests import ROOT
from tests.command import command
from tests.tiny import tiny_dataset

TINY_VGG = ("--argument", "widths=[4,4,8,8]", "--precision", "float32")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tiny_dataset(train=140), tmp_path / "data.npz")
    return tmp_path / "data.npz"


def test_a_member_that_fails_stops_no_other(tmp_path: Path, data: Path) -> None:
    """In a process of its own, since the children import its main module."""
    (tmp_path / "runs" / "deep").mkdir(parents=True)
    (tmp_path / "runs" / "deep" / "checkpoint.safetensors").write_bytes(b"damaged")
    names = ("shallow", "deep", "mini_xception")
    options = ("--jobs", "2", "--resume", "--data", data, "--epochs", "1", "--precision", "float32")
    done = subprocess.run(
        [sys.executable, "-m", "fer_core", "train", *names, *options],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT), "FER_ARTIFACTS": str(tmp_path / "none")},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 2
    assert "deep: " in done.stderr
    assert "not trained: deep." in done.stderr
    assert "Traceback" not in done.stderr
    for name in ("shallow", "mini_xception"):
        assert f"{name}: PublicTest" in done.stdout
        assert f"{name}: trains in float32" in done.stderr
        assert (tmp_path / "runs" / name / "card.json").exists()


def test_an_interrupted_command_leaves_checkpoints_and_no_process(tmp_path: Path, data: Path) -> None:
    """Kill the parent alone: its children notice, and --resume goes on from where they were."""
    runs = tmp_path / "runs"
    arguments = ["train", "vgg", "--as", "a", "--data", str(data), "--runs", str(runs), *TINY_VGG, "--epochs", "4000"]
    code = f"import sys; sys.argv[1:] = {arguments!r}; from fer_core.cli import main, train_jobs\n"
    code += "train_jobs._one_by_one = lambda jobs, view: train_jobs._side_by_side(jobs, view, 1)\n"
    code += "if __name__ == '__main__': main()"
    script = tmp_path / "train.py"
    script.write_text(code)
    process = subprocess.Popen(
        [sys.executable, script],
        env=os.environ | {"PYTHONPATH": str(ROOT), "FER_ARTIFACTS": str(tmp_path / "none")},
        stderr=subprocess.DEVNULL,
    )
    checkpoint = runs / "a" / "checkpoint.safetensors"
    wait_for(checkpoint.exists)
    process.send_signal(signal.SIGKILL)
    process.wait()

    def still() -> bool:
        before = checkpoint.stat().st_mtime_ns
        time.sleep(1)
        return checkpoint.stat().st_mtime_ns == before

    wait_for(still)


def wait_for(condition: object, seconds: float = 120) -> None:
    assert callable(condition)
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_run_has_a_name_a_network_and_settings_of_its_own(tmp_path: Path, data: Path) -> None:
    arguments = ("--data", data, "--runs", tmp_path, "--threads", "1", "--seed", "3", *TINY_VGG)
    changes = ("--set", "epochs=1", "--set", "noise=0.5", "--set", "jpeg=0.5", "--as", "vgg-seed3")
    assert command("train", "vgg", *arguments, *changes, FER_ARTIFACTS=tmp_path / "none").code == 0
    card = (tmp_path / "vgg-seed3" / "card.json").read_text()
    for expected in ('"name": "vgg-seed3"', '"noise": 0.5', '"seed": 3', '"architecture": "vgg"'):
        assert expected in card


def test_threads_by_the_thousand_are_as_many_as_there_are_cores(tmp_path: Path, data: Path) -> None:
    options = ("--threads", "20000", "--set", "epochs=1", "--data", data, "--runs", tmp_path / "runs", *TINY_VGG)
    done = command("train", "vgg", *options, FER_ARTIFACTS=tmp_path / "none")
    assert done.code == 0
    assert f"this machine has {os.cpu_count()} cores" in done.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--set", "nois=0.1"), "did you mean noise?"),
        (("--set", "noise=loud"), "noise: expected float"),
        (("--set", "noise=2"), "noise: expected a share"),
        (("--set", "epochs"), "expected NAME=VALUE"),
        (("--set", "flip=1"), "flip: expected bool"),
        (("--argument", "depth=3"), "vgg has no 'depth'"),
        (("--as", "a/b"), "small letters, digits"),
        (("resnet", "--as", "b"), "expected one member"),
    ],
)
def test_a_wrong_setting_is_refused_by_name(tmp_path: Path, data: Path, arguments: tuple[str, ...], words: str) -> None:
    done = command(
        "train", "vgg", "--data", data, "--runs", tmp_path / "runs", *arguments, FER_ARTIFACTS=tmp_path / "none"
    )
    assert done.code == 2
    assert words in done.words
    assert not (tmp_path / "runs").exists()


def test_a_finished_member_goes_on_from_its_weights(tmp_path: Path, data: Path) -> None:
    common = ("--data", data, "--set", "epochs=2", "--threads", "1", "--precision", "float32")
    variables = {"FER_ARTIFACTS": tmp_path / "none"}
    even = 'preprocessing={"crop": 40, "size": 40, "mean": 0, "std": 1, "window": 13}'
    first = ("--runs", tmp_path / "first", "--argument", "widths=[4,4,8,8]", "--argument", even)
    assert command("train", "vgg", *common, *first, **variables).code == 0
    onward = ("--runs", tmp_path / "second", "--continue", tmp_path / "first")
    assert command("train", "vgg", *common, *onward, "--set", "lr=1e-9", "--set", "warmup=0", **variables).code == 0
    before, after = (json.loads((tmp_path / run / "vgg" / "card.json").read_text()) for run in ("first", "second"))
    assert before["continues"] == {}
    weights = hashlib.sha256((tmp_path / "first" / "vgg" / "model.safetensors").read_bytes()).hexdigest()
    assert after["continues"] == {"weights": weights, "epochs": before["best_epoch"]}
    assert after["arguments"] == before["arguments"]
    assert after["preprocessing"] == before["preprocessing"]
    kept, learned = (load_file(tmp_path / run / "vgg" / "model.safetensors") for run in ("first", "second"))
    assert all(np.allclose(kept[key], learned[key], atol=2e-3) for key in kept if key.endswith("0.weight"))
    third = ("--runs", tmp_path / "third", "--continue", tmp_path / "second")
    assert command("train", "vgg", *common, *third, **variables).code == 0
    card = json.loads((tmp_path / "third" / "vgg" / "card.json").read_text())
    assert card["continues"]["epochs"] == before["best_epoch"] + after["best_epoch"]
    (tmp_path / "third" / "vgg" / "card.json").unlink()  # as if it had been stopped
    anew = command("train", "vgg", *common, "--runs", tmp_path / "third", "--resume", **variables)
    assert "made otherwise (network, continues)" in anew.err
    refused = command("train", "deep", *common, *onward, "--as", "deep", **variables)
    assert refused.one_sentence
    assert "holds no finished member" in refused.err
