"""What several test files need of pytest."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

for variable in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    # Read when NumPy and torch are first imported, by servers that tests start too: each core has a worker of its own.
    os.environ.setdefault(variable, "1")


@pytest.fixture(autouse=True)
def seen_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pages pass on what nobody foresaw, as for a developer, so that a test sees it as an exception."""
    if "ui.kit.boundary" in sys.modules or "streamlit" in sys.modules:
        monkeypatch.setattr("ui.kit.boundary.developing", lambda: True)


@pytest.fixture(scope="session", autouse=True)
def shared_artifacts() -> Iterator[None]:
    """Hold tests to leave artifacts that they share as they are."""
    yield
    if pages := sys.modules.get("tests.pages"):
        assert pages.changed() == [], "a test has changed artifacts that others use too"


@pytest.fixture(scope="module")
def one_thread() -> Iterator[None]:
    """Let torch use one thread: on a busy machine small networks spend most of their time waiting for the others."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of finished runs: `all` of two members, `new` of one of them again, and `artifacts` of `all`."""
    from fer_core.collect import collect
    from tests.one_view import train
    from tests.tiny import tiny_dataset

    root = tmp_path_factory.mktemp("trained")
    for name in ("deep", "shallow"):
        train(root / "all" / name, name)
    train(root / "new" / "deep", "deep", seed=1)
    collect(root / "all", root / "artifacts", tiny_dataset)
    return root


@pytest.fixture
def collected(tmp_path: Path, trained: Path) -> Path:
    """Return artifacts of two trained members that a test may change."""
    return Path(shutil.copytree(trained / "artifacts", tmp_path / "artifacts"))


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    """Return the data set that they were trained on."""
    from fer_core.dataset.pack import write
    from tests.tiny import tiny_dataset

    write(tiny_dataset(), tmp_path / "fer2013.npz")
    return tmp_path / "fer2013.npz"


@pytest.fixture(scope="session")
def photo_artifacts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return made-up artifacts with all that photos need; tests do not change them."""
    from tests.synthetic import write_artifacts

    return write_artifacts(tmp_path_factory.mktemp("photos") / "artifacts", photos=True)


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Return a folder with a photo of one face, one of two, one of none, and a file that is no photo."""
    import numpy as np

    from tests.pictures import HER, TWO, saved

    folder = tmp_path / "photos"
    folder.mkdir()
    (folder / "1 her.png").write_bytes(saved(HER))
    (folder / "2 two.jpg").write_bytes(saved(TWO, "JPEG"))
    (folder / "3 none.png").write_bytes(saved(np.full((60, 80, 3), 200, np.uint8)))
    (folder / "4 bad.jpg").write_bytes(b"words, not a photo")
    return folder


@pytest.fixture
def framed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Run every page within its frame: AppTest, unlike a server, forgets after each run that it has one."""
    from streamlit.runtime.pages_manager import PagesManager

    first = PagesManager.__init__

    def remember(self: PagesManager, *arguments: object, **more: object) -> None:
        first(self, *arguments, **more)  # type: ignore[arg-type]
        PagesManager.uses_pages_directory = False

    monkeypatch.setattr(PagesManager, "__init__", remember)
