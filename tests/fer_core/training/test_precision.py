"""The precision of a training comes from the machine, not from the recipe."""

import time
from pathlib import Path
from typing import Any

import pytest
import torch

from fer_core.cli.train_jobs import Job
from fer_core.training import machine
from fer_core.training.machine import choose, stored_precision, trial
from fer_core.training.trainer import Trainer
from tests.tiny import RECIPE, TINY, tiny_training_data

CPU = torch.device("cpu")


def job(**changes: Any) -> Job:
    return Job("vgg", "vgg", RECIPE, Path("runs/vgg"), arguments=TINY["vgg"], **changes)


def test_the_faster_precision_is_chosen_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for fast, slow in (("bfloat16", "float32"), ("float32", "bfloat16")):
        rates = {(fast, 1): 90.0, (slow, 1): 30.0}
        monkeypatch.setattr(machine, "trial", lambda *arguments, rates=rates: rates)
        chosen = choose(job(threads=1), CPU, tmp_path / "none")
        assert chosen.precision == fast
        assert chosen.threads == 1
        assert chosen.sentence == f"{fast}, measured: 90 images/s, {slow} 30"


def test_the_faster_number_of_threads_is_chosen_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {("float32", 1): 50.0, ("float32", 4): 20.0}
    monkeypatch.setattr(machine, "trial", lambda *arguments: rates)
    monkeypatch.setattr("os.sched_getaffinity", lambda pid: set(range(4)), raising=False)
    chosen = choose(job(precision="float32"), CPU, tmp_path / "none")
    assert (chosen.precision, chosen.threads) == ("float32", 1)
    assert chosen.sentence == "float32 on 1 thread, measured: 50 images/s, float32 on 4 threads 20"


def test_a_resumed_run_keeps_its_precision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "checkpoint.safetensors"
    Trainer("vgg", RECIPE, tiny_training_data(), arguments=TINY["vgg"], device=CPU)._save(path)
    assert stored_precision(path) == RECIPE.precision
    monkeypatch.setattr(machine, "trial", None)
    assert choose(job(threads=1), CPU, path).precision == RECIPE.precision
    path.write_bytes(b"damaged")
    assert stored_precision(path) is None


def test_a_trial_is_short_and_leaves_no_trace() -> None:
    torch.manual_seed(5)
    state, threads, began = torch.get_rng_state(), torch.get_num_threads(), time.perf_counter()
    rates = trial("vgg", TINY["vgg"], CPU, seconds=0.01)
    assert time.perf_counter() - began < 20
    assert set(rates) == {("bfloat16", 1), ("float32", 1)}
    assert min(rates.values()) > 0
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads
