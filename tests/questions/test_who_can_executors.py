"""One question, shared out: other processes and a real Dask cluster answer as this process does."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context

import pytest

import iamlogic as il
from iamlogic.questions import who_can as questions

ACCOUNT = "111122223333"
SCOPE = il.Scope({"Action": ["s3:GetObject", "sqs:*"], "Resource": "*"})


def policy(action: str, number: int, **further: object) -> il.Policy:
    resource = f"arn:aws:s3:::b{number}" if action.startswith("s3:") else "*"
    statement = {"Effect": "Allow", "Action": action, "Resource": resource, **further}
    return il.parse({"Version": "2012-10-17", "Statement": statement}, file=f"policy-{number}")


def account() -> il.Account:
    """A third of its users can read, a third can send from an address, a third can do neither."""
    inside = {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}
    kinds = ("s3:GetObject", {}), ("sqs:SendMessage", {"Condition": inside}), ("ec2:*", {})
    return il.Account(
        ACCOUNT,
        identities=tuple(
            il.Identity(f"arn:aws:iam::{ACCOUNT}:user/u{n}", (policy(action, n, **further),))
            for n in range(30)
            for action, further in [kinds[n % 3]]
        ),
    )


@contextmanager
def _threads() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@contextmanager
def _processes() -> Iterator[Executor]:
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        yield pool


@contextmanager
def _dask() -> Iterator[Executor]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about ports and event loops
        from distributed import Client, LocalCluster

        with (
            LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
            Client(cluster) as client,
        ):
            yield client.get_executor()


@pytest.mark.slow
@pytest.mark.parametrize("pool", [_threads, _processes, _dask])
def test_an_executor_does_not_change_the_answer(
    pool: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(questions, "_GROUPS_A_TASK", 7)  # several tasks, of a small account
    asked = account()
    alone = il.who_can(asked, SCOPE)
    assert len(alone) == 21
    assert callable(pool)
    with pool() as executor:
        shared = il.who_can(asked, SCOPE, executor=executor)
    assert shared.principals == alone.principals
    assert shared.unknown == alone.unknown
    for access in shared:
        assert access.decision.outcome is il.Outcome.ALLOWED
