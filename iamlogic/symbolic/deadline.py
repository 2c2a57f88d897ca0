"""Bounds that every loop of ours checks: z3's own timeout does not bound our loops."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from math import inf


class Undecided(Exception):
    """A bound was hit. Questions turn this into the verdict *unknown*; it never reaches users.

    The message is the reason, as a clause: "the timeout was hit".
    """


class TimeoutExpired(Undecided):
    """The bound on time was hit."""

    def __init__(self) -> None:
        super().__init__("the timeout was hit")


class OnlyUnseen(Undecided):
    """There are requests, but by principals alone of whom none is written (R-M8)."""

    def __init__(self, names: Iterable[str]) -> None:
        names = " or ".join(names)
        super().__init__(f"the answer hangs on {names}, by whom no request is written here")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point of `time.monotonic()`; infinitely far for no bound."""

    at: float = inf

    @staticmethod
    def after(seconds: float | None) -> Deadline:
        return Deadline(inf if seconds is None else time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, possibly infinite or negative."""
        return self.at - time.monotonic()

    def check(self) -> None:
        if self.at is not inf and time.monotonic() > self.at:
            raise TimeoutExpired


FOREVER = Deadline()
