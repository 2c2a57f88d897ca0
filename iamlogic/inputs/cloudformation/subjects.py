"""What the policies of a resource are attached to, and when they are there.

None of that stands in a policy, and all of it decides what the policy grants: the same document for
another role, or without the condition that kept it away, is another grant. Each is told as a text
that is the same for the same meaning.
"""

from __future__ import annotations

from iamlogic.inputs.cloudformation.conditions import meaning_of
from iamlogic.inputs.cloudformation.nodes import get, text_of
from iamlogic.inputs.cloudformation.resolver import Resolver
from iamlogic.inputs.cloudformation.walking import Place
from iamlogic.inputs.unresolved.placing import content_of
from iamlogic.syntax.json_tree import JsonList, JsonObject

_NAMES = frozenset(
    {
        *("Roles", "Users", "Groups", "RoleName", "UserName", "GroupName"),
        *("Bucket", "Queues", "Topics", "TopicArn", "SecretId", "RepositoryName", "FileSystemId"),
        *("ResourceArn", "ResourceARN", "BackupVaultName", "DomainName", "EventBusName"),
        *("StreamARN", "TargetIds", "TableBucketARN", "Mrap", "ObjectLambdaAccessPoint"),
    }
)
"""Properties that say to whom, or to what, the policies of a resource are attached."""


def attached(resolver: Resolver, properties: Place) -> frozenset[str]:
    """To what the policies of a resource are attached: `Roles: deployer`."""
    found: set[str] = set()
    node = properties.node
    for member in node.members if isinstance(node, JsonObject) else ():
        if member.name in _NAMES:
            value = resolver.resolve(member.value, properties.scope)
            items = value.items if isinstance(value, JsonList) else (value,)
            found |= {f"{member.name}: {text_of(each) or content_of(each)}" for each in items}
    return frozenset(found)


def condition_of(resolver: Resolver, resource: Place) -> str:
    """When a resource is there, empty for always: the name of its condition and what it means."""
    name = text_of(get(resource.node, "Condition"))
    return "" if name is None else f"{name} {meaning_of(resolver.template, name)}"
