"""The HTML report from the command line, and the links that say what it is of."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fer_core.ensemble import Setting
from fer_core.links import from_link, to_query
from fer_core.reports.html import Subject
from tests.command import command
from tests.html_reports import Parsed, of_artifacts
from tests.pages import ROOT
from tests.synthetic import ROSTER, write_artifacts
from ui.session.choice import from_query


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_artifacts(tmp_path_factory.mktemp("report") / "artifacts")


@pytest.fixture(scope="module")
def subject(root: Path) -> Subject:
    return of_artifacts(root)


def test_links_are_read_as_the_explorer_reads_them() -> None:
    for setting, pin in (
        (Setting(ROSTER[:2], "manual", "borda", (0.5, 2.0), "valid", False), None),
        (Setting(ROSTER), Setting(ROSTER[1:], "manual", "median", (1.0, 0.25))),
        (Setting(ROSTER[2:], "simplex", "stacking"), Setting(ROSTER, "log_odds")),
    ):
        held = pin and replace(pin, split=setting.split, twins=setting.twins)
        query = to_query(ROSTER, setting, pin)
        assert from_link(f"http://localhost:8501/ensemble?{query}", ROSTER) == (setting, held)
        assert from_link(query, ROSTER) == (setting, held)
        choice = from_query(dict(part.split("=") for part in query.split("&")), ROSTER)
        assert choice.setting() == setting
        assert (choice.pin and choice.pin.setting(setting.split, twins=setting.twins)) == held
        there = "&".join(f"{key}={value}" for key, value in choice.to_query().items())
        assert from_link(f"?{there}", ROSTER) == (setting, held)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "x",
        "weights=equal",
        "members=",
        "members=none",
        "members=deep,nobody",
        "members=deep&weights=x",
        "members=deep&combine=x",
        "members=deep&on=x",
        "members=deep&twins=x",
        "members=deep&weights=manual&manual=1",
        "members=deep&weights=manual&manual=1,nan,1",
        "members=deep&weights=manual&manual=1,0,1",
        "members=deep&pin=deep~equal",
        "members=deep&pin=deep~equal~median~1",
        "members=deep&pin=deep~manual~median",
    ],
)
def test_a_link_that_means_nothing_is_refused(query: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        from_link(f"?{query}", ROSTER)


def test_the_command_writes_the_chosen_ensemble(root: Path, subject: Subject, tmp_path: Path) -> None:
    target = tmp_path / "report.html"
    done = command("report", "--artifacts", root, "--html", target)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Wrote {target}, ")
    said = Parsed(target.read_text()).script("configuration-data")
    assert said["members"] == list(subject.chosen.members)
    assert (said["split"], said["twins"], said["pin"]) == ("PrivateTest", True, None)
    assert list(tmp_path.iterdir()) == [target]


def test_options_and_a_link_say_which_setting(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "report.html"

    def written(*options: str) -> dict[str, Any]:
        done = command("report", "--artifacts", root, "--html", target, *options)
        assert done.code == 0, done.err
        said: dict[str, Any] = Parsed(target.read_text()).script("configuration-data")
        return said

    said = written("--members", "agrawal,shallow", "--manual", "2,0.5", "--on", "valid", "--without-twins")
    assert said["manual"] == {"shallow": 0.5, "agrawal": 2.0}
    assert (said["weighting"], said["combiner"], said["split"], said["twins"]) == (
        "manual",
        "mean_probability",
        "PublicTest",
        False,
    )
    assert written("--link", f"http://x/{said['link']}&pin=deep~equal~median") == said | {
        "pin": {"members": ["deep"], "weighting": "equal", "combiner": "median", "manual": {}},
        "link": f"{said['link']}&pin=deep~equal~median",
    }
    assert written("--combiner", "borda")["members"] == list(ROSTER)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--members", "nobody"], "there is no member 'nobody'"),
        (["--weighting", "x"], "expected one of equal"),
        (["--combiner", "x"], "expected one of mean_probability"),
        (["--manual", "1,2"], "expected 3 weights"),
        (["--manual", "0,0,0"], "every weight is zero"),
        (["--weighting", "manual"], "vice versa"),
        (["--weighting", "equal", "--manual", "1,1,1"], "vice versa"),
        (["--on", "x"], "expected 'valid' or 'test'"),
        (["--link", "?members=x"], "there is no member 'x'"),
        (["--link", "?members=deep", "--on", "valid"], "leave out the other options"),
        (["--json"], "--html excludes"),
        (["--update"], "--html excludes"),
        (["--template", "a.csv"], "--html excludes"),
    ],
)
def test_what_cannot_be_is_one_sentence_and_no_file(root: Path, tmp_path: Path, options: list[str], words: str) -> None:
    done = command("report", "--artifacts", root, "--html", tmp_path / "x.html", *options)
    assert done.code == 2
    assert words in done.words
    assert not list(tmp_path.iterdir())


def test_no_other_command_waits_for_what_draws() -> None:
    code = "import sys, fer_core.cli; print(sorted({'plotly', 'latex2mathml', 'numpy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_options_of_the_report_need_it(root: Path) -> None:
    done = command("report", "--artifacts", root, "--without-twins")
    assert done.code == 2
    assert "--without-twins goes with --html" in done.words


def test_a_place_that_cannot_be_written_is_one_sentence(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for target, words in ((tmp_path, "is a folder"), (tmp_path / "none" / "x.html", "there is no folder")):
        done = command("report", "--artifacts", root, "--html", target)
        assert done.one_sentence
        assert words in done.err
    target = tmp_path / "x.html"
    target.write_text("before")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("fer_core.atomic.os.replace", refuse)
    done = command("report", "--artifacts", root, "--html", target)
    assert done.one_sentence
    assert "cannot be written: Permission denied" in done.err
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]
