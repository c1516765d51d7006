"""The tree of errors for what the world can do to the program.

    FerError
    ├── DatasetError          a data set that is damaged or is not FER-2013
    │   └── DatasetMissing    no data set was found
    ├── ArtifactError         something is wrong in artifacts/
    │   ├── ArtifactMissing   a file of the contract is not there
    │   ├── ArtifactDamaged   a file is not what the manifest or the contract says
    │   └── ArtifactTooNew    written by a later version of this program
    ├── PhotoError            a photo that the program can do nothing with
    │   └── BadPhoto          a file that cannot be read as a photo
    ├── BadExtra              a file that holds no predictions of other members, or wrong ones
    ├── RunError              a training run that cannot be used
    ├── WriteError            a file that cannot be written
    ├── SaliencyError         a map that cannot be made
    └── DependencyMissing     an optional package is not installed

Each message is one sentence that a user can act on.  Misuse of a function by a programmer raises ``ValueError``.
"""


class FerError(Exception):
    """Anything outside the program that keeps it from going on."""


class DatasetError(FerError):
    """A data set is damaged, incomplete or not FER-2013."""


class DatasetMissing(DatasetError):  # noqa: N818 - the name says what happened
    """No data set was found."""


class ArtifactError(FerError):
    """Something is wrong with the trained artifacts."""


class ArtifactMissing(ArtifactError):  # noqa: N818
    """A file of the artifact contract is not there."""


class ArtifactDamaged(ArtifactError):  # noqa: N818
    """A file is not what the manifest or the contract says."""


class ArtifactTooNew(ArtifactError):  # noqa: N818
    """The artifacts were written by a later version of this program."""


class PhotoError(FerError):
    """The program can do nothing with a photo."""


class BadPhoto(PhotoError):  # noqa: N818
    """A file cannot be read as a photo."""


class BadExtra(FerError):  # noqa: N818
    """A file holds no predictions of other members, or wrong ones."""


class RunError(FerError):
    """A training run cannot be used."""


class WriteError(FerError):
    """A file cannot be written: its folder is closed, or the disk is full."""


class SaliencyError(FerError):
    """A map cannot be made of this network, this image or by this method."""


class DependencyMissing(FerError):  # noqa: N818
    """An optional package is not installed."""
