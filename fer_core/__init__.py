"""Networks, logits and ensembles for facial emotion recognition on FER-2013.

>>> import fer_core
>>> for face in fer_core.load().predict("photo.jpg"):  # doctest: +SKIP
...     print(face.emotion, face.confidence, face.members)
"""

from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

from fer_core.errors import BadPhoto, FerError

if TYPE_CHECKING:
    from fer_core.recogniser import Recogniser

__version__ = "0.1.0"
__all__ = ["BadPhoto", "FerError", "load"]


def load(
    artifacts: str | PathLike[str] | None = None,
    *,
    members: Sequence[str] | None = None,
    weighting: str | None = None,
    combiner: str | None = None,
) -> "Recogniser":
    """Load an ensemble that says what emotions the faces of photos show.

    Parameters
    ----------
    artifacts
        The folder that training wrote; by default the program's own.
    members, weighting, combiner
        The ensemble, as `python -m fer_core report` names it; by default the one that is best on PublicTest.

    Returns
    -------
    Recogniser
        `load().predict("photo.jpg")` gives one prediction a face.

    Raises
    ------
    FerError
        If the artifacts cannot be used.
    ValueError
        If there is no such member, weighting or combiner.

    Examples
    --------
    >>> import fer_core
    >>> recogniser = fer_core.load(members=["vgg", "resnet"], combiner="hard_vote")  # doctest: +SKIP
    >>> [face.emotion for face in recogniser.predict("photo.jpg")]  # doctest: +SKIP
    ['happy']
    """
    # Imported here: the networks need PyTorch, and `import fer_core` does not.
    from fer_core.artifacts import open_artifacts
    from fer_core.recogniser import Recogniser, setting_of

    opened = open_artifacts(None if artifacts is None else Path(artifacts))
    return Recogniser(opened, setting_of(opened, members, weighting, combiner))
