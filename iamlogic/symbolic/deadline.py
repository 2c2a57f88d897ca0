"""Bounds that every loop of ours checks: z3's own timeout does not bound our loops."""

from __future__ import annotations

import time
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
