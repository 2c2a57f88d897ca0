"""`write_file`: a file is written at once, or not at all, and what was there is unharmed then."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_file(path: str | os.PathLike[str], content: bytes) -> None:
    """Put `content` into the file at `path`, in the place of what it held.

    A link stays one, and its target is replaced. The permissions stay; a new file has the usual
    ones. Raises `OSError`; whatever stops it, Ctrl-C as well, leaves nothing behind.
    """
    target = Path(path).resolve()
    handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(_mode(target))
        temporary.replace(target)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise


def _mode(target: Path) -> int:
    try:
        return target.stat().st_mode & 0o7777
    except FileNotFoundError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask
