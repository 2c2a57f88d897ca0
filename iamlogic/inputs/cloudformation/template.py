"""`Template`: the sections of a template that its expressions speak of, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from iamlogic.inputs.cloudformation.nodes import get, text_of
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.syntax.json_tree import JsonObject, JsonValue, Member

_TYPES = ("AWS::", "Alexa::", "Custom::")


@dataclass(frozen=True, slots=True)
class Template:
    """A template: what is declared in it. Of a name that occurs twice the last counts."""

    root: JsonObject
    parameters: Mapping[str, JsonValue]
    mappings: Mapping[str, JsonValue]
    conditions: Mapping[str, JsonValue]
    resources: Mapping[str, JsonValue]

    def type_of(self, resource: str) -> str:
        """The type of a resource; empty if it says none."""
        return text_of(get(self.resources.get(resource), "Type")) or ""

    def property(self, resource: str, name: str) -> JsonValue | None:
        """A property of a resource, as it is written."""
        return get(get(self.resources.get(resource), "Properties"), name)

    def default(self, parameter: str) -> str | None:
        """The text that is a parameter's default."""
        return text_of(get(self.parameters.get(parameter), "Default"))

    def parameter_type(self, parameter: str) -> str:
        """The type of a parameter."""
        return text_of(get(self.parameters.get(parameter), "Type")) or "String"

    def is_by_default(self, parameter: str, deployment: Deployment) -> bool:
        """Whether the value of a parameter is its default, which a deployment may replace."""
        if parameter in deployment.parameters or parameter not in self.parameters:
            return False
        return self.default(parameter) is not None


def sections(root: JsonObject) -> Template:
    """The sections of a template."""
    return Template(
        root,
        *(
            {member.name: member.value for member in section(root, name)}
            for name in ("Parameters", "Mappings", "Conditions", "Resources")
        ),
    )


def section(root: JsonValue, name: str) -> Iterator[Member]:
    """The members of a section, of all that have this name."""
    if isinstance(root, JsonObject):
        for each in root.members:
            if each.name == name and isinstance(each.value, JsonObject):
                yield from each.value.members


def looks_like_template(root: JsonValue) -> bool:
    """Whether a tree is a template: its `Resources` have types that only templates have."""
    for each in section(root, "Resources"):
        if each.name.startswith("Fn::") or (text_of(get(each.value, "Type")) or "").startswith(
            _TYPES
        ):
            return True
    return False
