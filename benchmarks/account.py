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
from pathlib import Path
from typing import Any
from urllib.parse import quote

from accounts import account_details, documents, organization, resource_policies
from history import SAMPLE

from iamlogic.inputs.account import load_account
from iamlogic.questions.account import Account


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
    _questions(account)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Read an account, and ask who can do something.")
    parser.add_argument("history", type=Path, nargs="?", default=SAMPLE)
    parser.add_argument("--scale", type=int, default=1, help="how many times 300 users, …")
    parser.add_argument("--seed", type=int, default=1, help="of the made-up account")
    parser.add_argument("--repeat", type=int, default=3, help="the best of so many loads is told")
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


def _questions(account: Account) -> None:
    """THE PLACE FOR the timings of `who_can` on `account`: to be written with that question."""


if __name__ == "__main__":
    main()
