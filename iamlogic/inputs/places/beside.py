"""`beside`: what a change grants by other means than a policy that is written down in it.

A role gets AWS's own policies by their names, and a module or a nested stack grants by the values
that it is given. None of that is looked into. So that it does not pass in silence, it is told what
of it a change brings: by the text of the files, whatever their format.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import PurePosixPath

from iamlogic.errors import Where
from iamlogic.inputs.places.revisions import FilePair

_MANAGED = re.compile(rb":iam::aws:policy/([\w+=,.@/-]{1,512})")
_CALL = re.compile(rb'^[ \t]*module[ \t]+"([^"\n]+)"[ \t]*\{', re.MULTILINE)
_NESTED = re.compile(rb"AWS::(?:CloudFormation::Stack|Serverless::Application)\b")
_BY_ITSELF = re.compile(r"terraform\.tfvars(\.json)?|.+\.auto\.tfvars(\.json)?")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A policy of AWS that a file names, and did not before; `where` is its first place."""

    policy: str
    file: str
    where: Where


def attachments(pairs: Iterable[FilePair]) -> Iterator[Attachment]:
    """The policies of AWS that are named more often than before, each once for a file."""
    for file, held, holds in _files(pairs):
        before = Counter(_MANAGED.findall(held))
        after = Counter(_MANAGED.findall(holds))
        for policy in sorted((after - before).keys()):
            at = holds.index(b":iam::aws:policy/" + policy)
            line = holds.count(b"\n", 0, at) + 1
            column = at - holds.rfind(b"\n", 0, at)
            yield Attachment(policy.decode("ascii", "replace"), file, Where((), line, column, file))


def unfollowed(pairs: Iterable[FilePair], changed: Iterable[str]) -> Iterator[str]:
    """What is given to modules and nested stacks, a sentence each."""
    for file, held, holds in _files(pairs):
        if file.endswith((".tf", ".tofu")):
            before = _calls(held)
            for name, call in _calls(holds).items():
                if before.get(name) != call:
                    yield f"{file}: what the module {name} grants by what it is given is not known"
        elif held != holds and _NESTED.search(holds):
            yield f"{file}: what its nested stacks grant by what they are given is not known"
    for name in changed:
        is_values = name.lower().endswith((".tfvars", ".tfvars.json"))
        if is_values and not _BY_ITSELF.fullmatch(PurePosixPath(name).name):
            yield f"{name}: which modules get these values is not known"


def _calls(content: bytes) -> dict[str, bytes]:
    """What modules are given, by their names: the text up to the brace that closes a block."""
    calls = list(_CALL.finditer(content))
    found: dict[str, bytes] = {}
    for call, following in zip_longest(calls, calls[1:]):
        limit = len(content) if following is None else following.start()
        end = content.find(b"\n}", call.end(), limit)
        name = call[1].decode("utf-8", "replace")
        found[name] = content[call.end() : limit if end < 0 else end]
    return found


def _files(pairs: Iterable[FilePair]) -> Iterator[tuple[str, bytes, bytes]]:
    """The files that there are now, each with what it held and holds; none of it twice."""
    told: set[str] = set()
    for pair in pairs:
        for file, held, holds in _contents(pair):
            if file not in told:
                told.add(file)
                yield file, held, holds


def _contents(pair: FilePair) -> Iterator[tuple[str, bytes, bytes]]:
    if isinstance(pair.holds, Mapping):
        held = pair.held if isinstance(pair.held, Mapping) else {}
        for name, content in pair.holds.items():
            yield name, held.get(name, b""), content
    elif pair.holds is not None and pair.after is not None:
        yield pair.after, pair.held if isinstance(pair.held, bytes) else b"", pair.holds
