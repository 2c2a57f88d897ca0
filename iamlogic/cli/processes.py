"""Processes that share the work of one command, and end with it.

Ctrl-C ends a command at once, wherever it is, without a word to its workers. So they look after
themselves: they leave the signal to the command, and leave when it is gone.
"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context, parent_process
from threading import Thread


@contextmanager
def workers(processes: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of so many processes, each started anew: z3's state cannot be forked."""
    context = get_context("spawn")
    with ProcessPoolExecutor(processes, mp_context=context, initializer=_serve) as pool:
        yield pool


def collect_seldom() -> None:
    """Let Python look for cycles of objects less often.

    A command holds the trees of thousands of policies until it ends, none of them in a cycle, and
    the collector would walk through all of them again and again: a third of the time of a review.
    """
    gc.set_threshold(100_000, 50, 1_000)


def _serve() -> None:
    collect_seldom()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
