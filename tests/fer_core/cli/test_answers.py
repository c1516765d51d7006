"""Answers of a batch: what is done is there, however the command ends."""

import csv
import io
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any
from unittest import mock

import pytest
import torch
import typer

from fer_core import cli
from fer_core.cli.answers import FAILED, UNREAD, Answers
from fer_core.cli.guard import use_threads
from fer_core.cli.terminal import plain
from fer_core.errors import FerError

GOOD = {"photo": "a.jpg", "faces": [{"face": 1}]}
BAD = {"photo": "b.jpg", "error": "b.jpg is empty.", "faces": []}


def rows(records: Sequence[Mapping[str, Any]]) -> str:
    return "photo,error\n" + "".join(f"{record['photo']},{record.get('error', '')}\n" for record in records)


def photos_in(form: str, out: str) -> list[str]:
    """Return the photos of what was printed, which must be whole in its form."""
    if form == "json":
        return [record["photo"] for record in json.loads(out)["photos"]]
    if form == "jsonl":
        header, *lines = map(json.loads, out.splitlines())
        assert header == {"detector": "haar"}
        return [record["photo"] for record in lines]
    if form == "csv":
        return [row["photo"] for row in csv.DictReader(io.StringIO(out))]
    return [line.split(":")[0] for line in out.splitlines()]


def answered(form: str, end: BaseException | None = None) -> Answers:
    answers = Answers(form, {"detector": "haar"}, 3, rows)
    with answers:
        answers.add(GOOD, ["a.jpg: happy"])
        answers.add(BAD, ["b.jpg: none"], problem=BAD["error"], code=UNREAD)
        if end:
            raise end
    return answers


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv"])
@pytest.mark.parametrize(
    ("end", "says"),
    [(KeyboardInterrupt(), "interrupted after 2 of 3 photos"), (FerError("odd"), "stopped after 2 of 3 photos")],
)
def test_what_is_done_outlives_an_interruption(
    form: str, end: BaseException, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(type(end)):
        answered(form, end)
    shown = capsys.readouterr()
    assert photos_in(form, shown.out) == ["a.jpg", "b.jpg"]
    assert shown.err == f"fer_core: b.jpg is empty.\nfer_core: {says}.\n"
    if form == "json":
        assert json.loads(shown.out)["interrupted"] is True


@pytest.mark.parametrize("form", ["text", "json", "jsonl", "csv"])
def test_answers_are_there_before_the_next_photo(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    with Answers(form, {"detector": "haar"}, 2, rows) as answers:
        answers.add(GOOD, ["a.jpg: happy"])
        assert "a.jpg" in capsys.readouterr().out


def test_a_document_is_what_it_would_be_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    answered("json")
    assert capsys.readouterr().out == json.dumps({"detector": "haar", "photos": [GOOD, BAD]}, indent=2) + "\n"
    with Answers("json", {}, 0, rows):
        pass
    assert json.loads(capsys.readouterr().out) == {"photos": []}


def test_the_end_lists_what_went_wrong_and_the_worst_decides(capsys: pytest.CaptureFixture[str]) -> None:
    for named, code in (([], UNREAD), ([("none", "none does not exist.")], FAILED)):
        answers = answered("csv")
        answers.nowhere(named)
        with pytest.raises(typer.Exit) as end:
            answers.finish()
        assert end.value.exit_code == code
        assert capsys.readouterr().err.splitlines() == [
            "fer_core: b.jpg is empty.", *(f"fer_core: {problem}" for _, problem in named),
        ]  # fmt: skip


def test_a_full_disk_under_stdout_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class Full(io.StringIO):
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(cli, "app", lambda: answered("json"))
    monkeypatch.setattr(sys, "stdout", Full())
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == 2
    assert capsys.readouterr().err == "fer_core: the output cannot be written: No space left on device.\n"


def test_names_do_not_steer_the_terminal() -> None:
    assert plain("a\x1b[2J\r\nb\x9b\u202egnp.jpg ü\u202f😀\u2028") == (
        "a\\x1b[2J\\r\\nb\\x9b\\u202egnp.jpg ü\u202f😀\\u2028"
    )


def test_no_more_threads_are_used_than_there_are_cores(capsys: pytest.CaptureFixture[str]) -> None:
    before = torch.get_num_threads()
    with mock.patch("os.cpu_count", return_value=2), mock.patch("cv2.setNumThreads") as cv:
        try:
            use_threads(None)
            use_threads(20000)
            assert torch.get_num_threads() == 2
        finally:
            torch.set_num_threads(before)
    cv.assert_called_once_with(2)
    assert capsys.readouterr().err == "fer_core: this machine has 2 cores, so 2 threads are used.\n"
