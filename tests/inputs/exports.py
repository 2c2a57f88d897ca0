"""An account as AWS exports it, and how the tests look at what is read of it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import iamlogic as il
from iamlogic.errors import AccountError
from iamlogic.inputs.account import load_account
from iamlogic.questions.account import Account, Identity

Json = dict[str, Any]

DETAILS = Path(__file__).parent / "data" / "details.json"
ACCOUNT = "111122223333"
READ_LOGS = f"arn:aws:iam::{ACCOUNT}:policy/ops/ReadLogs"
BUCKET = "arn:aws:s3:::search-index"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/service/Indexer"
ALLOW_ALL: Json = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
ON_BUCKET: Json = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"},
}
DOCUMENTS = ("PolicyDocument", "AssumeRolePolicyDocument", "Document")


def details() -> Json:
    decoded: Json = json.loads(DETAILS.read_text())
    return decoded


def written(value: Any, write: Callable[[Json], object]) -> Any:  # noqa: ANN401  (JSON)
    """`value` with each policy in it written by `write`."""
    match value:
        case dict():
            return {
                name: write(inner) if name in DOCUMENTS else written(inner, write)
                for name, inner in value.items()
            }
        case list():
            return [written(inner, write) for inner in value]
    return value


def url_encoded(document: Json) -> str:
    return quote(json.dumps(document, indent=4), safe="~")


def fields(account: Account) -> tuple[object, ...]:
    policies = dict(account.resource_policies)
    organization = (account.scps, account.rcps, account.management_account)
    return (account.id, account.partition, account.identities, policies, *organization)


def named(account: Account, ending: str) -> Identity:
    return next(identity for identity in account.identities if identity.arn.endswith(ending))


def problems_of(given: object, **around: object) -> tuple[il.Problem, ...]:
    with pytest.raises(AccountError) as caught:
        load_account(given, **around)  # type: ignore[arg-type]
    assert str(caught.value)
    return caught.value.problems


def the_problem(given: object, **around: object) -> il.Problem:
    (problem,) = problems_of(given, **around)
    return problem
