"""The browser files of the package: read once, named by a hash of them all, served as immutable."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass, field
from pathlib import Path

from widget import squeeze

ROOT = Path(__file__).parent
KINDS = {
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
    ".png": "image/png",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}


STAFF_HEAD = "shared/staff/head.html"  # what the heads of all staff's pages have in common


def filled(text: str, staff_head: str, prefix: str) -> str:
    """A page as it is served; `prefix` is the address of the assets."""
    text = text.replace("__STAFF__\n", staff_head).replace("__EMBED__", f"{prefix}/embed/embed.js")
    return text.replace("__ASSETS__", prefix)


@dataclass(slots=True)
class Assets:
    """`files` maps a path inside the package to its bytes; `hash` changes whenever any of them does."""

    root: Path = ROOT
    files: dict[str, bytes] = field(default_factory=dict)
    hash: str = ""
    _packed: dict[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        digest = hashlib.sha256()
        for file in sorted(self.root.rglob("*")):
            if file.suffix in KINDS and "node_modules" not in file.parts and file.name != "tsconfig.json":
                name = file.relative_to(self.root).as_posix()
                self.files[name] = self._served(name, file)
                digest.update(name.encode() + b"\0" + self.files[name])
        self.hash = digest.hexdigest()[:16]

    def _served(self, name: str, file: Path) -> bytes:
        if not name.startswith("embed/"):
            return file.read_bytes()
        return squeeze.served(name, lambda other: (self.root / other).read_text(encoding="utf-8")).encode()

    @property
    def prefix(self) -> str:
        return f"/assets/{self.hash}"

    def path(self, name: str) -> str:
        """The address of a file; KeyError when there is none."""
        if name not in self.files:
            raise KeyError(name)
        return f"{self.prefix}/{name}"

    def page(self, name: str) -> str:
        """An HTML page or the loader, with the addresses of the assets filled in."""
        return filled(self.files[name].decode(), self.files[STAFF_HEAD].decode(), self.prefix)

    def packed(self, name: str) -> bytes | None:
        """The file in gzip, made once; None for what is packed already, such as fonts."""
        if not self.kind(name).startswith(("text/", "image/svg", "application/json")):
            return None
        if name not in self._packed:
            self._packed[name] = gzip.compress(self.files[name], 9, mtime=0)
        return self._packed[name]

    @staticmethod
    def kind(name: str) -> str:
        return KINDS.get(Path(name).suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
