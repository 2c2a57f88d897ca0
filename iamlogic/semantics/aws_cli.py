"""A request as a command line of AWS's CLI: `aws iam simulate-custom-policy`, for a POSIX shell.

Somebody pastes it into a shell, and texts of policies and requests are hostile. So it is printable
ASCII throughout: what is not stands in JSON, as an escape of JSON. Structures are JSON as well, for
the CLI's shorthand has characters that it cannot say.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable

from iamlogic.semantics.request import Request
from iamlogic.semantics.simulated_context import ContextEntry, entries_for, entries_given
from iamlogic.semantics.simulation import (
    Simulation,
    refused,
    simulation_of,
    simulation_of_identity,
)
from iamlogic.syntax.formatter import format as format_policy
from iamlogic.syntax.policy import Policy
from iamlogic.syntax.policy_set import PolicySet

_COMMAND = "aws iam simulate-custom-policy"
_ARGUMENT_BYTES = 131_071
"""What Linux takes as one argument; the API takes one character more as a policy."""

_Option = tuple[str, list[str]]
"""An option's name, and its arguments as the shell reads them."""


FILE = "policy.json"
"""Where the policy is expected that a command without one is about."""


def simulate_command(request: Request, subject: Policy | PolicySet | None) -> str:
    """The command; `RequestError` if it could not ask what `request` asks.

    Without a subject, it is about the identity policy that the shell finds in `policy.json`.
    """
    if subject is None:
        simulation = simulation_of_identity(request)
        entries = entries_given(simulation, request)
        policies = [("policy-input-list", [f'"$(cat {FILE})"'])]
        policies += _policies(simulation)[1:]
    else:
        simulation = simulation_of(subject, request)
        entries = entries_for(simulation, request)
        policies = _policies(simulation)
    options = [
        *policies,
        ("action-names", [_argument(request.action)]),
        ("resource-arns", [_argument(_resource(request.resource))]),
        ("context-entries", [_argument(_entry(entry)) for entry in entries]),
    ]
    lines = [_COMMAND, *(_option(name, arguments) for name, arguments in options if arguments)]
    return " \\\n    ".join(lines)


def _policies(simulation: Simulation) -> list[_Option]:
    single = (
        ("permissions-boundary-policy-input-list", simulation.boundary),
        ("resource-policy", simulation.resource),
    )
    levels = [[_policy(policy) for policy in level] for level in simulation.scps]
    named = (("resource-owner", simulation.owner), ("caller-arn", simulation.caller))
    return [
        ("policy-input-list", _arguments(map(_policy, simulation.identity))),
        *((name, _arguments([_policy(each)])) for name, each in single if each is not None),
        (
            "ordered-organization-policy-input-list",
            _arguments(_json({"ServiceControlPolicyInputList": level}) for level in levels),
        ),
        *((name, _arguments([each])) for name, each in named if each is not None),
    ]


def _option(name: str, arguments: list[str]) -> str:
    separator = " " if len(arguments) == 1 else " \\\n        "
    return separator.join([f"--{name}", *arguments])


def _arguments(texts: Iterable[str]) -> list[str]:
    return [_argument(text) for text in texts]


def _argument(text: str) -> str:
    if len(text) > _ARGUMENT_BYTES:
        raise refused(
            f"an argument of a command has at most {_ARGUMENT_BYTES} bytes, and a policy, a level "
            f"of SCPs or a key with its values takes {len(text)}"
        )
    return shlex.quote(text)


def _policy(policy: Policy) -> str:
    """Its canonical JSON, without the spaces that count for AWS's limits."""
    return _json(json.loads(format_policy(policy)))


def _resource(arn: str) -> str:
    """The ARN; as the JSON list, which the CLI reads as well, if it is not plain."""
    return arn if arn.isascii() and arn.isprintable() else _json([arn])


def _entry(entry: ContextEntry) -> str:
    return _json(
        {
            "ContextKeyName": entry.name,
            "ContextKeyValues": list(entry.values),
            "ContextKeyType": entry.type,
        }
    )


def _json(value: object) -> str:
    """Without spaces, and with escapes for whatever is not printable ASCII."""
    return json.dumps(value, separators=(",", ":"))
