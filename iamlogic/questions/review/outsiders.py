"""A policy of a template, as the question who outside has access is asked of it.

The account of the deployment is inside the zone of trust, whichever it is; all else that is left
open may be anybody. So the account keeps its name, which is trusted, and the rest is opened.
"""

from __future__ import annotations

from collections.abc import Iterable

from iamlogic.questions.external.zone import Zone
from iamlogic.questions.review.opening import opened
from iamlogic.questions.review.placed import PlacedPolicy, PlaceholderKind
from iamlogic.syntax.policy import Policy


def open_to_outsiders(placed: PlacedPolicy, beside: Policy | None = None) -> Policy:
    """The policy to ask who is let in: all is left open but the account of the deployment.

    Names would not do here: no requester has an account that is called `<Partner>`, so that nobody
    would seem to be let in.
    """
    unknown = [each for each in placed.placeholders if each.kind is not PlaceholderKind.ACCOUNT]
    return opened(placed.policy, unknown, beside=[] if beside is None else [beside])


def trusting_deployment(zone: Zone, placed: Iterable[PlacedPolicy]) -> Zone:
    """The zone of trust with the accounts that the policies are deployed in."""
    accounts = {each.account for each in placed if each.account}
    return Zone({*zone.accounts, *accounts}, zone.organization, zone.org_paths, zone.services)
