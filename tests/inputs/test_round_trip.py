"""Any account that is written down, in either encoding and on however many pages, is read back."""

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

import iamlogic as il
from iamlogic.inputs.account import load_account
from iamlogic.questions.account import Identity
from iamlogic.syntax.policy import Policy, PolicyKind
from iamlogic.testing.strategies.colliding import COLLIDING
from iamlogic.testing.strategies.policies import documents
from tests.inputs.exports import ACCOUNT, Json, url_encoded, written

IAM = f"arn:aws:iam::{ACCOUNT}"
PLAIN = documents(COLLIDING, kind=PolicyKind.IDENTITY, max_statements=2)
PATHS = st.sampled_from(["", "a/", "a/b/"])
TRUST = st.sampled_from([f"{IAM}:root", f"{IAM}:user/u0"]).map(
    lambda principal: {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": "sts:AssumeRole"}
        ],
    }
)
TAGS = st.dictionaries(st.sampled_from(["team", "stage", "owner"]), st.text("ab ü", max_size=3))


@dataclass
class Drawn:
    """An account as it is written, and as it must be read."""

    written: Json
    identities: list[Identity] = field(default_factory=list)


@st.composite
def accounts(draw: DrawFn) -> Drawn:
    managed = draw(st.lists(PLAIN, min_size=1, max_size=3))
    arns = [f"arn:aws:iam::{'aws' if n % 2 else ACCOUNT}:policy/P{n}" for n in range(len(managed))]
    by_arn = dict(zip(arns, map(il.parse, managed), strict=True))
    policies = [_managed(draw, arn, each) for arn, each in zip(arns, managed, strict=True)]
    groups = {f"g{n}": _holder(draw, by_arn, "Group") for n in range(draw(st.integers(0, 2)))}
    drawn = Drawn(
        {
            "UserDetailList": [],
            "GroupDetailList": [
                {"GroupName": name, "Arn": f"{IAM}:group/{name}", **members}
                for name, (members, _) in groups.items()
            ],
            "RoleDetailList": [],
            "Policies": policies,
        }
    )
    for n in range(draw(st.integers(1, 3))):
        joined = draw(st.lists(st.sampled_from(sorted(groups)), unique=True)) if groups else []
        of_groups = [policy for name in joined for policy in groups[name][1]]
        user = _identity(draw, by_arn, "User", f"u{n}", of_groups)
        drawn.written["UserDetailList"].append(user[0] | {"GroupList": joined})
        drawn.identities.append(user[1])
    for n in range(draw(st.integers(0, 2))):
        role = _identity(draw, by_arn, "Role", f"r{n}", [])
        drawn.written["RoleDetailList"].append(role[0])
        drawn.identities.append(role[1])
    return drawn


def _managed(draw: DrawFn, arn: str, document: Json) -> Json:
    """The document in force among other versions."""
    others = draw(st.lists(PLAIN, max_size=2))
    versions = [document, *others]
    entries = [
        {"Document": each, "VersionId": f"v{n + 1}", "IsDefaultVersion": n == 0}
        for n, each in enumerate(versions)
    ]
    order = draw(st.permutations(entries))
    return {"Arn": arn, "DefaultVersionId": "v1", "PolicyVersionList": order}


def _holder(
    draw: DrawFn, by_arn: dict[str, Policy], what: str
) -> tuple[Json, list[tuple[str, Policy]]]:
    """The members that give policies, and the policies with what makes each one of its own."""
    attached = draw(st.lists(st.sampled_from(sorted(by_arn)), unique=True))
    inline = draw(st.lists(PLAIN, max_size=2))
    marker = draw(st.uuids())  # inline policies of two holders are two
    members = {
        "AttachedManagedPolicies": [{"PolicyName": "x", "PolicyArn": arn} for arn in attached],
        f"{what}PolicyList": [
            {"PolicyName": f"i{n}", "PolicyDocument": each} for n, each in enumerate(inline)
        ],
    }
    own = [(arn, by_arn[arn]) for arn in attached]
    own += [(f"{marker}{n}", il.parse(each)) for n, each in enumerate(inline)]
    return members, own


def _identity(
    draw: DrawFn,
    by_arn: dict[str, Policy],
    what: str,
    name: str,
    of_groups: list[tuple[str, Policy]],
) -> tuple[Json, Identity]:
    members, own = _holder(draw, by_arn, what)
    arn = f"{IAM}:{what.lower()}/{draw(PATHS)}{name}"
    boundary = draw(st.none() | st.sampled_from(sorted(by_arn)))
    trust = draw(TRUST) if what == "Role" else None
    tags = draw(TAGS)
    written: Json = {f"{what}Name": name, "Arn": arn, **members}
    written["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    if boundary:
        written["PermissionsBoundary"] = {"PermissionsBoundaryArn": boundary}
    if trust:
        written["AssumeRolePolicyDocument"] = trust
    identity = Identity(
        arn,
        tuple(dict([*own, *of_groups]).values()),
        by_arn[boundary] if boundary else None,
        il.parse(trust) if trust else None,
        tuple(tags.items()),
    )
    return written, identity


ENCODINGS: list[Callable[[Any], object]] = [lambda decoded: decoded, json.dumps, url_encoded]


@given(accounts(), st.sampled_from(ENCODINGS))
def test_an_account_is_read_as_it_was_written(drawn: Drawn, write: Callable[[Any], object]) -> None:
    account = load_account(written(drawn.written, write))
    assert account.identities == tuple(drawn.identities)
    assert account.id == ACCOUNT


@given(accounts(), st.data())
def test_pages_of_a_file_are_read_as_one(drawn: Drawn, data: st.DataObject) -> None:
    pages = [{"IsTruncated": True}, {"IsTruncated": False}]
    for name, entries in drawn.written.items():
        cut = data.draw(st.integers(0, len(entries)))
        pages[0][name], pages[1][name] = entries[:cut], entries[cut:]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pages.json"
        file.write_text(json.dumps(pages))
        account = load_account(file)
    assert account.identities == tuple(drawn.identities)
