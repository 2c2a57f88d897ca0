"""From any request to one that AWS can send: what contradicts a world fact goes, the rest stays.

A drawn request speaks of the keys that policies look at. It can be sent if, beside the other keys
that AWS adds, it breaks no world fact (`semantics.facts`). Where it does, the keys of that fact are
dropped and filled in as usual; so what comes out can always be sent, and is seldom far from what
was drawn.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from iamlogic.errors import InternalError
from iamlogic.semantics.context import ContextValue
from iamlogic.semantics.facts import (
    ALWAYS_PRESENT_KEYS,
    ENDPOINT_KEYS,
    FACTS_OF_STACKS,
    REQUEST_TAG,
    WorldFact,
)
from iamlogic.semantics.request import Request
from iamlogic.semantics.usual import with_usual_context
from iamlogic.semantics.world import broken_facts
from iamlogic.syntax.letter_case import fold

_TAG_KEYS = "aws:tagkeys"
_DROPPED: dict[WorldFact, tuple[str, ...]] = {
    WorldFact.ALWAYS_PRESENT: (),
    WorldFact.KEY_TYPES: (
        "aws:multifactorauth",
        "aws:securetransport",
        "aws:viaawsservice",
        "aws:currenttime",
        "aws:tokenissuetime",
        "aws:epochtime",
        "aws:sourceip",
        "aws:vpcsourceip",
        "aws:ec2instance",
        "aws:sourcearn",
    ),
    WorldFact.USER_ID: ("aws:userid",),
    WorldFact.PRINCIPAL_KEYS: (
        "aws:principalorg",
        "aws:multifactorauth",
        "aws:principaltag/",
        "aws:federatedprovider",
        "aws:sourceidentity",
        "aws:tokenissuetime",
        "aws:principalservicenameslist",
    ),
    WorldFact.ORGANIZATION_PATHS: ("aws:principalorg", "aws:resourceorg", "aws:sourceorg"),
    WorldFact.SAME_ACCOUNT_SAME_ORGANIZATION: ("aws:resourceorg",),
    WorldFact.NETWORK: ("aws:sourceip",),
    WorldFact.SOURCE_KEYS: ("aws:sourcearn", "aws:sourceaccount", "aws:sourceorg"),
    WorldFact.SOURCE_ACCOUNT: ("aws:sourceaccount",),
    WorldFact.CALLER_ACCOUNT: ("kms:calleraccount", "aws:sourceowner"),
    WorldFact.VIA_SERVICE: ("aws:calledvia", "aws:viaawsservice"),
    WorldFact.TAG_KEYS: (_TAG_KEYS,),
    WorldFact.MFA: ("aws:multifactorauthage",),
    WorldFact.TIME: ("aws:epochtime",),
    WorldFact.EC2_INSTANCE: ("aws:ec2instance", "ec2:sourceinstancearn"),
    WorldFact.RESOURCE_OWNER: (),
}
"""Beginnings of the folded names of keys that are dropped where a fact is broken."""

_WORLDLY = (
    *(start for starts in _DROPPED.values() for start in starts),
    *map(fold, (*ALWAYS_PRESENT_KEYS, *ENDPOINT_KEYS)),
    REQUEST_TAG,
)


def is_worldly(key: str) -> bool:
    """Whether a world fact speaks of the folded key."""
    return key.startswith(_WORLDLY)


def as_sent(request: Request, mentioned: Collection[str]) -> Request:
    """The request as AWS can send it, with keys of its own and of those `mentioned`, folded.

    Keys that AWS adds and that nobody mentions are left out, as in a witness.
    """
    request = _agreeing(request)
    whole = with_usual_context(request, mentioned)
    for _ in range(len(WorldFact)):
        broken = broken_facts(whole, to_stack=True)
        if not broken:
            return _of_interest(whole, request, mentioned)
        request = _without(request, broken)
        whole = with_usual_context(request, ())
    raise InternalError(
        f"no request like this one can be sent, for {broken[0].value}; please report it:\n"
        f"{request.to_json()}"
    )


def _without(request: Request, broken: Collection[WorldFact]) -> Request:
    if not FACTS_OF_STACKS.isdisjoint(broken):
        request = replace(request, resource_account=None)
    starts = tuple(start for fact in broken for start in _DROPPED[fact])
    kept = {k: v for k, v in request.context.items() if not (starts and fold(k).startswith(starts))}
    return replace(request, context=kept)


def _of_interest(whole: Request, own: Request, mentioned: Collection[str]) -> Request:
    if len(whole.context) == len(own.context):
        return whole
    kept: dict[str, ContextValue] = {
        key: value
        for key, value in whole.context.items()
        if fold(key) in mentioned or own.values(key)
    }
    return replace(whole, context=kept)


def _agreeing(request: Request) -> Request:
    """Keys that say one thing twice, brought together before one of them is dropped for it."""
    context = dict(request.context)
    keys = {fold(key): key for key in context}
    tags = [key for key in keys if key.startswith(REQUEST_TAG)]
    if tags or _TAG_KEYS in keys:
        name = keys.get(_TAG_KEYS, "aws:TagKeys")
        listed = {fold(each): each for each in request.values(_TAG_KEYS)}
        for tag in tags:
            listed.setdefault(tag.removeprefix(REQUEST_TAG), keys[tag][len(REQUEST_TAG) :])
        context[name] = list(listed.values())
        for folded, each in listed.items():
            if REQUEST_TAG + folded not in keys:
                context[f"aws:RequestTag/{each}"] = "value"
    called = request.values("aws:CalledVia")
    via = ("aws:calledvia", "aws:calledviafirst", "aws:calledvialast")
    if any(key in keys for key in via):
        context[keys.get("aws:viaawsservice", "aws:ViaAWSService")] = "true"
        if called:
            context[keys.get(via[1], "aws:CalledViaFirst")] = called[0]
            context[keys.get(via[2], "aws:CalledViaLast")] = called[-1]
    for side in ("Principal", "Resource", "Source"):
        ids, paths = (f"aws:{side}Org{part}" for part in ("ID", "Paths"))
        if request.values(ids) and not request.values(paths) and side != "Source":
            context[paths] = f"{request.values(ids)[0]}/r-ab12/"
        elif request.values(ids) and request.values(paths):
            own = request.values(ids)[0].partition("/")[0]
            context[keys[fold(ids)]] = own
            context[keys[fold(paths)]] = [
                f"{own}/{path.partition('/')[2]}" for path in request.values(paths)
            ]
    if "aws:multifactorauthage" in keys and "aws:multifactorauthpresent" not in keys:
        context["aws:MultiFactorAuthPresent"] = "true"
    return request if context == request.context else replace(request, context=context)
