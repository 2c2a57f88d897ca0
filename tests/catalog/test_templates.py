"""No property of AWS's schemas that may hold a policy is missing from the catalog of templates.

tests/data/templates/policy_properties.json lists the properties that are named like policies and
could hold one; scripts/template_properties.py writes it. Each is a place in the catalog, a grant in
other words, or one of those below, with the reason why it holds no policy of IAM.
"""

import json
import re
from pathlib import Path

import pytest

from iamlogic.catalog.resource_types import resource_type
from iamlogic.catalog.templates import (
    PlaceForm,
    PolicyPlace,
    ResourceForm,
    other_grants,
    policy_places,
    resource_forms,
)

ROOT = Path(__file__).resolve().parent.parent.parent
LISTED = json.loads((ROOT / "tests/data/templates/policy_properties.json").read_text("utf-8"))
PROPERTIES = [(name, path) for name, paths in LISTED["properties"].items() for path in paths]

NO_POLICIES = {
    r"(SSL|Ssl|Security|Tls|Https|Alpn|Protocol)Policy(\.\*)?$": "a name of a set of ciphers",
    r"(Query|Case)Statement$": "SQL",
    r"(Termination|ImagePull|Dns|AutoImport)Polic(y|ies)": "one of a few words",
    r"(Snapshot|Retention|Deletion|Safeguard)Policy": "one of a few words",
    r"(LanguageSelection|Notification|Answer|Rate|Referrer|ContentSecurity)Policy$": "a setting",
    r"(Guardrail|Scaling|Managed)Policies\.|ArnForPolicy": "ARNs of policies elsewhere",
    r"AutomatedReasoningPolicyConfig|ReputationEntityPolicy$": "ARNs of policies elsewhere",
    r"Lifecycle(PolicyText|Policy)?( Policy)?$": "rules of expiry",
    r"SNS::(Subscription \w+|Topic Archive)Policy$": "filters, deliveries, archives of messages",
    r"RedriveAllowPolicy$": "which queues may use one for dead letters",
    r"(Cedar|Static|Definition\.Policy)\.Statement$|PolicyTemplate Statement$": "Cedar",
    r"EC2::VerifiedAccess": "Cedar",
    r"DataProtectionPolicy$|FieldIndexPolicies|Logs::AccountPolicy": "what is masked or indexed",
    r"CoreNetwork PolicyDocument$": "the segments of a core network",
    r"OpenSearchServerless::(Lifecycle|Security)Policy": "encryption, networks and expiry",
    r"Config::\w+ \S+PolicyText$": "a rule in Guard",
    r"SSM::Parameter Policies$": "expiry of a parameter",
    r"SSM::Document Content$|AgentContext Content$|BrowserPolicy$": "another language",
    r"OdbNetwork ManagedServices": "read-only",
    r"ClientVpnEndpoint": "not documented; found by its shape if it is one",
}
"""Expressions that match `TYPE PATH`, and why the property is no policy."""


def known(name: str, path: str) -> bool:
    """Whether the catalog has a property, or the whole of which it is an item."""
    places = [(each.type, each.path) for each in policy_places()]
    grants = [(each.type, each.path) for each in other_grants()]
    paths = {".".join(steps) for type_, steps in places + grants if type_ == name}
    return path in paths or path.removesuffix(".*") in paths or "" in paths


def test_the_list_is_no_smaller_than_it_was() -> None:
    assert len(PROPERTIES) > 180


@pytest.mark.parametrize(("name", "path"), PROPERTIES, ids=[" ".join(each) for each in PROPERTIES])
def test_every_property_that_may_hold_a_policy_is_known(name: str, path: str) -> None:
    reasons = [why for form, why in NO_POLICIES.items() if re.search(form, f"{name} {path}")]
    assert known(name, path) != bool(reasons), reasons


@pytest.mark.parametrize("expression", NO_POLICIES)
def test_every_exception_is_one(expression: str) -> None:
    assert any(re.search(expression, " ".join(each)) for each in PROPERTIES)


@pytest.mark.parametrize("entry", policy_places(), ids=lambda each: f"{each.type} {each.path}")
def test_a_place_is_one_that_the_schemas_have(entry: PolicyPlace) -> None:
    path = ".".join(entry.path)
    suffix = "" if entry.form is PlaceForm.DOCUMENT else ".*"
    listed = LISTED["properties"].get(entry.type, [])
    assert path in listed or path + suffix in listed


def test_the_types_of_resources_are_those_of_the_catalog() -> None:
    for entry in policy_places():
        if entry.resource is not None:
            assert resource_type(entry.resource).name == entry.resource


def test_no_place_stands_twice() -> None:
    places = [(each.type, each.path) for each in policy_places()]
    assert len(set(places)) == len(places)


@pytest.mark.parametrize("form", resource_forms().values(), ids=lambda form: form.type)
def test_the_forms_of_references_are_filled_from_what_is_known(form: ResourceForm) -> None:
    parts = {"name", "partition", "region", "account", "path", "random"}
    texts = [form.ref or "", *form.attributes.values()]
    for text in texts:
        assert set(re.findall(r"\{(\w+)\}", text)) <= parts
        assert not text.startswith("arn:") or text.count(":") >= 5
