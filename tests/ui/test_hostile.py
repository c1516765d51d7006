"""Links that nobody would type: every page falls back, with one short sentence at most."""

from pathlib import Path

import pytest

from tests.hostile import queries, urls
from tests.pages import opened

pytestmark = pytest.mark.usefixtures("framed")


def test_there_are_many() -> None:
    assert len(queries()) + len(urls()) >= 55


@pytest.mark.parametrize(("page", "query"), queries())
def test_no_value_breaks_a_page(
    page: str, query: dict[str, str], photo_artifacts: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FER_ARTIFACTS", str(photo_artifacts))
    at = opened(page, **query)
    for alert in (*at.error, *at.warning, *at.info):
        assert "Traceback" not in alert.value
        assert 0 < len(alert.value.strip()) < 420
        assert "\n" not in alert.value.strip()
