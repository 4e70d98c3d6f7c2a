"""Where the files of a ledger come from: an address, a folder, or a bundle."""

import urllib.request
import zipfile
from pathlib import Path
from urllib.error import URLError

from pb.ballots.watching import Source, SourceUnreadable

PATIENCE = 60  # seconds
LARGEST = 1 << 30  # bytes


def source_of(name: str) -> Source:
    """Return what fetches a published file from an address, a folder or a bundle."""
    if name.startswith(("https://", "http://")):
        return lambda file: _fetched(f"{name.rstrip('/')}/{file}")
    path = Path(name)
    if path.is_dir():
        return lambda file: (path / file).read_bytes()
    return lambda file: _unpacked(path, file)


def _fetched(address: str) -> bytes:
    try:
        with urllib.request.urlopen(address, timeout=PATIENCE) as answer:  # noqa: S310 - source_of lets only http(s) through
            content: bytes = answer.read(LARGEST)
    except (URLError, ValueError, TimeoutError) as failure:
        raise SourceUnreadable(f"{address}: {failure}") from failure
    return content


def _unpacked(path: Path, file: str) -> bytes:
    try:
        with zipfile.ZipFile(path) as archive:
            if archive.getinfo(file).file_size > LARGEST:
                raise SourceUnreadable(f"{file} in {path} is too large.")
            return archive.read(file)
    except (zipfile.BadZipFile, KeyError, RuntimeError) as failure:
        # RuntimeError: locked with a password, or packed in a way that zipfile does not know.
        raise SourceUnreadable(f"{path} is no bundle.") from failure
