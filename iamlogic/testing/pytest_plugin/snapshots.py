"""`policy_snapshot`: a test fails when what a policy means is no longer what was accepted.

    def test_the_bucket_policy(policy_snapshot):
        policy_snapshot.assert_unchanged(il.load("bucket.json"))

Snapshots stand in `__policy_snapshots__` beside the test. Only what is proved to be another meaning
counts: not formatting, order, or other words for the same. `--policy-snapshot-update` accepts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

import pytest

import iamlogic as il
from iamlogic.questions.compare import compare  # coverage does not count what was accepted
from iamlogic.questions.review.denials import compare_denials
from iamlogic.testing.assertions.comparisons import assert_equivalence
from iamlogic.testing.evidence.failure import failure
from iamlogic.testing.snapshots import SNAPSHOTS, Snapshot, otherwise, read_snapshot
from iamlogic.testing.subjects import Subject, checked, title

USED, WRITTEN = "policy_snapshot", "policy_snapshot_written"
"""Properties of a test's report: which snapshots it used, and which of them it wrote."""

_UPDATE = "--policy-snapshot-update"


class PolicySnapshot:
    """The snapshots of one test."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._node = request.node
        self._root = request.config.rootpath
        self._updates = bool(request.config.getoption(_UPDATE))
        self._uses: Counter[str] = Counter()

    def __repr__(self) -> str:
        return f"the snapshots of {self._node.name}"

    def assert_unchanged(
        self, policy: Subject, name: str | None = None, *, timeout: float | None = None
    ) -> None:
        """The policy means what it meant when its snapshot was accepted.

        `name` tells several snapshots of one test apart; without it they count in their order.
        `timeout` is in seconds, for the proof.
        """
        __tracebackhide__ = True
        subject = checked(policy)
        now, path = Snapshot.of(subject), self._path(name)
        self._node.user_properties.append((USED, self._shown(path)))
        try:
            self._assert_same(now, subject, path, timeout)
        except AssertionError:
            if not self._updates:
                raise
            now.write(path)
            self._node.user_properties.append((WRITTEN, self._shown(path)))

    def _assert_same(
        self, now: Snapshot, subject: Subject, path: Path, timeout: float | None
    ) -> None:
        __tracebackhide__ = True
        name, kept = title(subject), self._shown(path)
        hint = ["", f"{_UPDATE} accepts what it means now"]
        try:
            then = read_snapshot(path)
        except il.IamlogicError as error:
            raise failure(f"the snapshot {kept} cannot be read", [str(error), *hint]) from None
        if then is None:
            raise failure(f"{name} has no snapshot yet: {kept}", hint)
        if then == now:
            return
        other = otherwise(then, now)
        if other is not None:
            raise failure(f"{name} is not what was accepted in {kept}: {other}", hint)
        comparison = compare(then.subject, now.subject, timeout=timeout)
        said = f"{name} does not mean what was accepted in {kept}"
        assert_equivalence(comparison, subject, said, hint)
        if isinstance(then.subject, il.Policy) and isinstance(now.subject, il.Policy):
            denials = compare_denials(then.subject, now.subject, timeout=timeout)
            if denials is not None:
                said = f"{name} does not deny what was accepted in {kept}, beside an Allow of all"
                assert_equivalence(denials, subject, said, hint)

    def _path(self, name: str | None) -> Path:
        test: Path = self._node.path
        own = ".".join([*self._classes(), self._node.name])
        base = own if name is None else f"{own} {name}"
        self._uses[base] += 1
        if self._uses[base] > 1:
            base = f"{base} {self._uses[base]}"
        return test.parent / SNAPSHOTS / test.stem / f"{_file_name(base)}.json"

    def _classes(self) -> list[str]:
        """Two classes of a file may have tests of the same name."""
        return [each.name for each in self._node.listchain() if isinstance(each, pytest.Class)]

    def _shown(self, path: Path) -> str:
        root = self._root
        return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


_PLAIN = " []()=,+"
"""Characters that stand for themselves in a file's name, beside letters, digits and `_.-~`."""
_MOST_LETTERS = 150


def _file_name(name: str) -> str:
    """A name that every file system takes, and that tells it from every other."""
    encoded = quote(name, safe=_PLAIN, errors="backslashreplace")
    if len(encoded) <= _MOST_LETTERS:
        return encoded
    return f"{encoded[:_MOST_LETTERS]}-{sha256(encoded.encode()).hexdigest()[:16]}"


def summary_lines(config: pytest.Config, reports: list[pytest.TestReport]) -> Iterator[str]:
    """What was written; what no test uses any more, which an update removes."""
    properties = [each for report in reports for each in report.user_properties]
    written = sorted({str(path) for name, path in properties if name == WRITTEN})
    if written:
        yield f"{_count(written)} written:"
        yield from (f"  {path}" for path in written)
    if not _ran_all(config, reports):
        return
    used = {str(path) for name, path in properties if name == USED}
    unused = sorted(each for each in _kept(config, reports) if each not in used)
    if not unused:
        return
    if config.getoption(_UPDATE):
        for each in unused:
            (config.rootpath / each).unlink()
        yield f"{_count(unused)} removed, which no test uses any more:"
    else:
        yield f"{_count(unused)} that no test uses any more ({_UPDATE} removes such):"
    yield from (f"  {path}" for path in unused)


def _count(paths: list[str]) -> str:
    return "1 policy snapshot" if len(paths) == 1 else f"{len(paths)} policy snapshots"


def _ran_all(config: pytest.Config, reports: list[pytest.TestReport]) -> bool:
    """Whether every test of the files that ran did, to its end: only then is anything unused."""
    chosen = any(config.getoption(each, None) for each in _CHOOSING)
    named = any("::" in each for each in config.args)
    return not chosen and not named and all(each.passed for each in reports)


_CHOOSING = (
    "keyword",
    "markexpr",
    "deselect",
    "lf",
    "failedfirst",
    "stepwise",
    "maxfail",
    "collectonly",
)


def _kept(config: pytest.Config, reports: list[pytest.TestReport]) -> Iterator[str]:
    """The snapshots that are kept for the files whose tests ran."""
    for file in sorted({report.nodeid.partition("::")[0] for report in reports}):
        test = config.rootpath / file
        for path in sorted((test.parent / SNAPSHOTS / test.stem).glob("*.json")):
            yield path.relative_to(config.rootpath).as_posix()
