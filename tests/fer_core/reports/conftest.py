"""What tests of reports share: made-up artifacts, and the report of them."""

from typing import Any

import pytest

from fer_core.artifacts import Artifacts, open_artifacts
from fer_core.reports.summary import report
from tests.synthetic import write_artifacts


@pytest.fixture(scope="session")
def artifacts(tmp_path_factory: pytest.TempPathFactory) -> Artifacts:
    return open_artifacts(write_artifacts(tmp_path_factory.mktemp("report") / "artifacts", n=400))


@pytest.fixture(scope="session")
def found(artifacts: Artifacts) -> dict[str, Any]:
    return report(artifacts)
