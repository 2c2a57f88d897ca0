"""What it takes to read a whole AWS account, and to ask who in it can do something.

    python benchmarks/account.py HISTORY.jsonl.gz [--scale 10]

The account is made up by `accounts.py` around real managed policies. The yardstick is what
`json.loads` takes for the same file: machines are noisy, so read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import gc
import json
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from urllib.parse import quote

from accounts import account_details, documents, organization, resource, resource_policies
from history import SAMPLE

from iamlogic import Account, Scope, load_account, who_can


def main() -> None:
    """Run the benchmark."""
    options = _options()
    policies = documents(options.history)
    details = account_details(policies, scale=options.scale, seed=options.seed)
    # What was made up stays: the collector need not walk it again in the middle of a timing.
    gc.collect()
    gc.freeze()
    with tempfile.TemporaryDirectory() as folder:
        account = _loading(details, options, Path(folder))
    print(
        f"account: {len(account.identities)} users and roles, "
        f"{len({id(p) for each in account.identities for p in each.policies})} policies of theirs, "
        f"{len(account.resource_policies)} resource policies, {len(account.scps)} levels of SCPs"
    )
    _questions(account, options.jobs)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Read an account, and ask who can do something.")
    parser.add_argument("history", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--scale", type=int, default=1, help="how many times 300 users, …")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up account")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many loads is told")
    parser.add_argument("--jobs", type=int, default=2, help="processes for the last question")
    return parser.parse_args()


def _loading(details: dict[str, Any], options: argparse.Namespace, folder: Path) -> Account:
    decoded, encoded = folder / "details.json", folder / "encoded.json"
    around, resources = folder / "organization.json", folder / "resources.json"
    decoded.write_text(json.dumps(details, indent=4), encoding="utf-8")  # as the AWS CLI does
    encoded.write_text(json.dumps(_url_encoded(details), indent=4), encoding="utf-8")
    around.write_text(json.dumps(organization(seed=options.seed)), encoding="utf-8")
    on_resources = resource_policies(scale=options.scale, seed=options.seed)
    resources.write_text(json.dumps(on_resources, indent=4), encoding="utf-8")

    def whole() -> Account:
        return load_account(decoded, resource_policies=resources, organization=around)

    print(f"{'':>34} {'MB':>7} {'seconds':>8} {'ratio':>6}")
    yardstick = _row("json.loads", decoded, lambda: _json(decoded), 5, None)
    _row("load_account", decoded, lambda: load_account(decoded), options.repeat, yardstick)
    _row("… resource policies, organization", decoded, whole, options.repeat, yardstick)
    yardstick = _row("json.loads, URL-encoded", encoded, lambda: _json(encoded), 5, None)
    _row("load_account", encoded, lambda: load_account(encoded), options.repeat, yardstick)
    return whole()


def _row(
    name: str, file: Path, run: Callable[[], object], times: int, yardstick: float | None
) -> float:
    seconds = _best(run, times)
    ratio = f"{seconds / yardstick:6.1f}" if yardstick else ""
    print(f"{name:>34} {file.stat().st_size / 1e6:7.2f} {seconds:8.3f} {ratio}")
    return seconds


def _best(run: Callable[[], object], times: int) -> float:
    """The least of the seconds that `run` takes; what it gives is thrown away in between."""
    best = float("inf")
    for _ in range(times):
        gc.collect()
        started = time.perf_counter()
        result = run()
        best = min(best, time.perf_counter() - started)
        del result
    return best


def _json(path: Path) -> object:
    return json.loads(path.read_bytes())


def _url_encoded(value: Any) -> Any:  # noqa: ANN401  (JSON)
    """`value` with each policy URL-encoded, as the API itself gives them."""
    match value:
        case dict():
            return {
                name: quote(json.dumps(inner, indent=4), safe="")
                if name in ("PolicyDocument", "AssumeRolePolicyDocument", "Document")
                else _url_encoded(inner)
                for name, inner in value.items()
            }
        case list():
            return [_url_encoded(inner) for inner in value]
    return value


def _questions(account: Account, jobs: int) -> None:
    """Who can do something: the first question prepares the account, no later one pays again."""
    bucket = resource("s3", 1)
    on_object = Scope({"Action": "s3:GetObject", "Resource": f"{bucket}/report.csv"})
    scopes = {
        "first question": on_object,
        "the same again": on_object,
        "another fixed action and resource": Scope(
            {"Action": "sqs:SendMessage", "Resource": resource("sqs", 1)}
        ),
        "a pattern: s3:* on arn:aws:s3:::*": Scope(
            {"Action": "s3:*", "Resource": "arn:aws:s3:::*"}
        ),
        "kms:Decrypt on *": Scope({"Action": "kms:Decrypt", "Resource": "*"}),
        "sts:AssumeRole on *": Scope({"Action": "sts:AssumeRole", "Resource": "*"}),
    }
    print(f"{'who can …':>34} {'who':>7} {'seconds':>8}")
    for name, scope in scopes.items():
        started = time.perf_counter()
        found = who_can(account, scope)
        seconds = time.perf_counter() - started
        unknown = f", {len(found.unknown)} unknown" if found.unknown else ""
        print(f"{name:>34} {len(found):7} {seconds:8.3f}{unknown}")
    if jobs > 1:
        with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
            who_can(account, on_object, executor=pool)  # starts the processes
            started = time.perf_counter()
            found = who_can(account, scopes["a pattern: s3:* on arn:aws:s3:::*"], executor=pool)
            seconds = time.perf_counter() - started
        print(f"{f'the pattern, {jobs} processes':>34} {len(found):7} {seconds:8.3f}")


if __name__ == "__main__":
    main()
