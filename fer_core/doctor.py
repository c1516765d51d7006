"""What is installed, what is there and what is missing, each with what to do about it."""

import importlib
import os
import platform
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from fer_core.errors import DatasetMissing, FerError
from fer_core.machine import cores

ROOT = Path(__file__).resolve().parents[1]
OK, MISSING, WRONG = "ok", "missing", "wrong"
"""States: as it should be; not there, and only some of the program needs it; in the way of the explorer."""
OLDEST = (3, 11)
"""The oldest Python that the program runs on."""
NEEDED_BY = {"requirements-explorer.txt": "the explorer", "requirements.txt": "photos, maps and training"}
"""Files of requirements beside the program, and what needs the packages that each names."""
ROOM = 2**30
"""Bytes of a disk on which there is room for a packed data set and for runs."""
PACKAGES = {"torch", "torchvision"}
"""Packages that are imported, since they fail together where their versions are no pair."""


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    area : "install", "machine", "artifacts" or "data set"; name : of the thing; state : one of ok, missing and wrong
    words : what was found; remedy : what to do, empty where nothing is to be done
    """

    area: str
    name: str
    state: str
    words: str
    remedy: str = ""


def examine(*, artifacts: Path | None = None, data: Path | None = None) -> Iterator[Finding]:
    """Look at everything, one thing after another.

    Parameters
    ----------
    artifacts
        The folder of artifacts; by default the one that every command takes.
    data
        The data set; by default the one that every command finds.

    Yields
    ------
    Finding
        In the order in which they are found; nothing raises.
    """
    yield from install()
    yield from machine()
    yield from trained(artifacts)
    yield dataset(data)


def install(root: Path = ROOT) -> Iterator[Finding]:
    """Look at Python and at every package that the program's own requirements name; root : where these are."""
    found, needed = platform.python_version(), ".".join(map(str, OLDEST))
    old = sys.version_info[:2] < OLDEST
    yield Finding("install", "Python", WRONG if old else OK, found, f"Install Python {needed} or later." if old else "")
    for file, user in NEEDED_BY.items():
        path = root / file
        if not path.is_file():
            yield Finding("install", file, MISSING, "not beside the program, so versions were not compared")
            continue
        vital = file == "requirements-explorer.txt"
        for line in path.read_text(encoding="utf-8").splitlines():
            name, equals, wanted = line.partition("==")
            if equals and not line.startswith("#"):
                yield _package(name.strip(), wanted.strip(), vital=vital, user=user, file=file)


def _package(name: str, wanted: str, *, vital: bool, user: str, file: str) -> Finding:
    remedy = f"pip install -r {file}"
    try:
        found = version(name)
    except PackageNotFoundError:
        return Finding("install", name, WRONG if vital else MISSING, f"not installed; {user} needs it", remedy)
    if name in PACKAGES:
        try:
            importlib.import_module(name)
        except Exception as error:  # what a broken install raises is anything
            return Finding("install", name, WRONG, f"{found} cannot be imported: {_first_line(error)}", remedy)
    if found.split("+")[0] != wanted:
        return Finding("install", name, OK, f"{found}; tested with {wanted}")
    return Finding("install", name, OK, found)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def machine() -> Iterator[Finding]:
    """Look at cores, memory, disk and GPU."""
    yield Finding("machine", "cores", OK, str(cores()))
    if hasattr(os, "sysconf") and "SC_PHYS_PAGES" in os.sysconf_names:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        yield Finding("machine", "memory", OK, f"{memory / 2**30:.1f} GiB")
    free = shutil.disk_usage(Path.cwd()).free
    full = free < ROOM
    yield Finding(
        "machine",
        "disk",
        MISSING if full else OK,
        f"{free / 2**30:.1f} GiB free here",
        f"Free {ROOM / 2**30:.0f} GiB before training or packing the data set." if full else "",
    )
    yield Finding("machine", "GPU", OK, _gpu())


def _gpu() -> str:
    try:
        import torch

        return torch.cuda.get_device_name() if torch.cuda.is_available() else "none; everything runs on the CPU"
    except Exception:  # what a broken install raises is anything, and is said of the package itself
        return "not known without PyTorch"


def trained(root: Path | None = None) -> Iterator[Finding]:
    """Look at the artifacts of a folder: every file against its SHA-256, and the contract."""
    try:
        from fer_core.artifacts import default_root, open_artifacts
    except ModuleNotFoundError as error:  # said of the package itself
        yield Finding("artifacts", "artifacts", MISSING, f"cannot be checked without {error.name}")
        return
    root = root or default_root()
    try:
        opened = open_artifacts(root)
        wrong = opened.check()
    except FerError as error:
        wrong = [str(error)]
    for sentence in wrong:
        yield Finding("artifacts", str(root), WRONG, sentence)
    if not wrong:
        words = f"{len(opened.manifest.members)} members, {len(opened.manifest.files)} files, each as the manifest says"
        yield Finding("artifacts", str(root), OK, words)


def dataset(data: Path | None) -> Finding:
    """Look for the data set, and read it."""
    try:
        from fer_core.dataset import find
        from fer_core.dataset.find import DEFAULT, ENVIRONMENT, HOW_TO_GET
    except ModuleNotFoundError as error:  # said of the package itself
        return Finding("data set", "FER-2013", MISSING, f"cannot be looked for without {error.name}")
    named = data or os.environ.get(ENVIRONMENT)
    where = str(named or DEFAULT)
    try:
        found = find(data)
    except DatasetMissing as error:
        if named:
            return Finding("data set", where, WRONG, str(error), f"Name one that is there by --data or {ENVIRONMENT}.")
        how = HOW_TO_GET.removeprefix("no data set: ")
        words = "not there; training, scoring and the faces of FER-2013 need it"
        return Finding("data set", where, MISSING, words, f"{how[0].upper()}{how[1:]}.")
    except FerError as error:
        return Finding("data set", where, WRONG, str(error), f"Name another copy by --data or {ENVIRONMENT}.")
    except ModuleNotFoundError as error:
        return Finding("data set", where, MISSING, f"cannot be read without {error.name}")
    votes = "with" if found.votes is not None else "without"
    return Finding("data set", where, OK, f"{len(found.images):,} images, {votes} FER+ votes")


def healthy(found: list[Finding]) -> bool:
    """Tell whether nothing is wrong; what only some of the program needs may be missing."""
    return all(one.state != WRONG for one in found)
