"""Every page of the laboratory has a view for other schemes, for one member, and for members that say the same."""

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.covering import EACH
from tests.pages import ROOT, number, opened, use_shared
from tests.synthetic import artifact_files, npz

pytestmark = pytest.mark.usefixtures("framed")
PAGES = ("gain", "diversity", "votes", "confidence", "labels", "schemes")
SOME = EACH[::3]
"""Of all schemes some; pages have tests of their own for more."""
each_page = pytest.mark.parametrize("page", PAGES)


def same() -> dict[str, bytes]:
    """Return cached logits of three members that all say what the first one says."""
    files, found = artifact_files(), {}
    for name in ("logits/valid.npz", "logits/test.npz"):
        with np.load(io.BytesIO(files[name])) as arrays:
            found[name] = npz(**{**arrays, "logits": np.repeat(arrays["logits"][:1], 3, axis=0)})
    return found


def shown(at: AppTest) -> bool:
    return bool(number(at)) and not any("Traceback" in info.value for info in at.info)


def test_every_page_of_the_laboratory_is_tested_here() -> None:
    begun = {path.parent.name for path in (ROOT / "ui").glob("*/page.py") if "analysis.page(" in path.read_text()}
    assert begun == set(PAGES)


@each_page
def test_other_schemes_have_a_view(page: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch)
    for i, (weighting, combiner) in enumerate(SOME):
        more = {"on": ("test", "valid")[i % 2], "twins": ("with", "without")[i // 2 % 2]}
        assert shown(opened(page, combine=combiner, weights=weighting, **more)), (combiner, weighting, more)


@pytest.mark.parametrize(
    ("page", "combiner"), [*((page, "mean_probability") for page in PAGES), ("confidence", "stacking")]
)
def test_one_member_alone_has_a_view(page: str, combiner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch, members=("deep",))
    assert shown(opened(page, combine=combiner))


@each_page
@pytest.mark.parametrize("combiner", ["mean_log_probability", "hard_vote", "knora"])
def test_members_that_say_the_same_have_a_view(page: str, combiner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    use_shared(monkeypatch, instead=same())
    assert shown(opened(page, combine=combiner, weights="caruana"))
