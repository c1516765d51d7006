"""What damaged images cost, on a fixed sample of PublicTest, for every member and two ensembles.

    python benchmarks/corruptions.py [--images 600] [--data FILE] [--artifacts FOLDER] [--threads N] [--write]

With --write, artifacts/robustness.json is written for the page Limits and for `report`.
"""

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.markdown import Markdown

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fer_core.artifacts import ROBUSTNESS, Artifacts, add_files, default_root, open_artifacts
from fer_core.cli.guard import use_threads
from fer_core.cli.terminal import image_bar
from fer_core.dataset import find
from fer_core.errors import ArtifactError, FerError
from fer_core.reports.markdown.tables import robustness_table, sad_table
from fer_core.reports.summary import robustness_figures
from fer_core.robustness import DAMAGES, IMAGES, measure


def main() -> None:
    """Measure, show, and write if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=IMAGES)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--artifacts", type=Path, default=default_root())
    parser.add_argument("--threads", type=int)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    use_threads(given.threads)
    root, before = given.artifacts, open_artifacts(given.artifacts)
    dataset = find(given.data, known=before.rows())
    passes = given.images * len(before.manifest.members) * (len(DAMAGES) + 1)
    with image_bar("Damaged images", passes) as advance:
        found = measure(before, dataset, images=given.images, advance=advance)

    def unless_replaced(present: Artifacts) -> dict[str, bytes]:
        if present.fingerprint != before.fingerprint:
            raise ArtifactError(f"{root} was replaced while images were damaged; run this again.")
        return {ROBUSTNESS: found.to_json().encode()}

    figures = robustness_figures(found)
    for table in (robustness_table(figures), sad_table(figures)):
        Console().print(Markdown(table))
    if given.write:
        add_files(root, unless_replaced)
        print(f"Written to {root / ROBUSTNESS}.")


if __name__ == "__main__":
    try:
        main()
    except FerError as error:
        sys.exit(f"corruptions: {error}")
