"""The catalog: OIDC issuers that many tenants share, and what fixes the tenant (R-X8)."""

import pytest

from iamlogic.catalog.identity_providers import SHARED_ISSUERS, SharedIssuer, shared_issuer

GITHUB = "token.actions.githubusercontent.com"
WORKSPACE = "d4230431-fbf3-4f12-a6a8-1234567890ab"

FIXED = [
    (f"{GITHUB}:sub", "repo:octo-org/octo-repo:ref:refs/heads/main"),
    (f"{GITHUB}:sub", "repo:octo-org/*"),
    (f"{GITHUB}:sub", "repo:octo-org@123456/octo-repo@456789:*"),
    (f"{GITHUB}:sub", "repository_owner:octo-org:*"),
    (f"{GITHUB}:sub", "repository_owner_id:65:*"),
    (f"{GITHUB}:repository", "octo-org/*"),
    (f"{GITHUB}:repository_id", "456789"),
    ("gitlab.com:sub", "project_path:my-group/*:ref_type:branch:ref:main"),
    ("app.terraform.io:sub", "organization:acme:*"),
    ("agent.buildkite.com:sub", "organization:acme-inc:*"),
    ("agent.buildkite.com:sub", "0184990a-477b-4fa8-9968-496074483cee"),
    ("oidc.vercel.com:aud", "https://vercel.com/acme"),
    ("oidc.vercel.com:sub", "owner:acme:project:*"),
    ("api.pulumi.com/oidc:aud", "aws:acme"),
    ("api.pulumi.com/oidc:sub", "pulumi:deploy:org:acme:project:*"),
    ("oidc.codefresh.io:sub", "account:5f30ebd30312313ae7f17948:*"),
    ("scalr.io:sub", "account:acme:environment:*"),
    ("proidc.upbound.io:sub", "mcp:acme/*"),
    ("cognito-identity.amazonaws.com:aud", "us-east-1:12345678-dcba-abcd-4321-123456789012"),
    ("accounts.google.com:aud", "66677788899900pro0"),
    ("graph.facebook.com:app_id", "111222333444555"),
    ("www.amazon.com:app_id", "amzn1.application-oa2-client.example"),
]
OPEN = [
    (f"{GITHUB}:sub", "*"),
    (f"{GITHUB}:sub", "repo:*"),
    (f"{GITHUB}:sub", "repo:octo-*"),
    (f"{GITHUB}:sub", "repo:octo-org*"),
    (f"{GITHUB}:sub", "repo:*/octo-repo:*"),
    (f"{GITHUB}:sub", "repo:octo?org/*"),
    (f"{GITHUB}:sub", "repo:${aws:PrincipalTag/org}/*"),
    (f"{GITHUB}:sub", "repository_owner:octo*"),
    (f"{GITHUB}:sub", "job_workflow_ref:octo-org/shared/.github/workflows/deploy.yml@*"),
    (f"{GITHUB}:repository_id", "4567*"),
    ("gitlab.com:sub", "project_path:my-*/project:*"),
    ("app.terraform.io:sub", "organization:*:workspace:prod:*"),
    ("agent.buildkite.com:sub", "organization:acme*"),
    ("oidc.vercel.com:aud", "https://vercel.com/*"),
    ("api.pulumi.com/oidc:aud", "aws:*"),
    ("cognito-identity.amazonaws.com:aud", "us-east-1:*"),
    ("accounts.google.com:aud", "66677788899900pro?"),
    ("accounts.google.com:aud", "a\n*"),
]


def issuer_of(key: str) -> SharedIssuer:
    issuer = shared_issuer(key.rpartition(":")[0])
    assert issuer is not None
    return issuer


def fixes(key: str, value: str) -> bool:
    claim = issuer_of(key).claim(key)
    assert claim is not None
    return claim.fixes(value)


@pytest.mark.parametrize(("key", "value"), FIXED)
def test_this_fixes_the_tenant(key: str, value: str) -> None:
    assert fixes(key, value)


@pytest.mark.parametrize(("key", "value"), OPEN)
def test_this_is_open_to_other_tenants(key: str, value: str) -> None:
    assert not fixes(key, value)


@pytest.mark.parametrize("issuer", SHARED_ISSUERS, ids=lambda issuer: issuer.host)
def test_no_claim_is_fixed_by_a_wildcard_at_its_beginning(issuer: SharedIssuer) -> None:
    assert issuer.claims
    assert issuer.source
    for claim in issuer.claims:
        assert claim.key.startswith((f"{issuer.host}:", "sts:"))
        for value in ("", "*", "?", "?*", "${aws:userid}", "${*}"):
            assert not claim.fixes(value)


@pytest.mark.parametrize(
    "provider",
    [
        GITHUB,
        f"https://{GITHUB}/",
        f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}",
        f"arn:aws-us-gov:iam::111122223333:oidc-provider/{GITHUB.title()}",
    ],
)
def test_a_provider_is_found_by_arn_host_or_url(provider: str) -> None:
    found = shared_issuer(provider)
    assert found is not None
    assert found.host == GITHUB


@pytest.mark.parametrize(
    "provider",
    [
        f"{GITHUB}/octo-enterprise",
        "oidc.vercel.com/acme",
        "oidc.circleci.com/org/2f1c3b44-aaaa-bbbb-cccc-1234567890ab",
        "arn:aws:iam::111122223333:oidc-provider/oidc.eks.us-east-1.amazonaws.com/id/EXAMPLE",
        "arn:aws:iam::111122223333:saml-provider/gitlab.com",
        "example.com",
    ],
)
def test_an_issuer_of_one_tenant_is_not_shared(provider: str) -> None:
    assert shared_issuer(provider) is None


def test_a_claim_is_found_in_any_case_and_others_fix_nothing() -> None:
    issuer = issuer_of(f"{GITHUB}:sub")
    assert issuer.claim(f"{GITHUB.upper()}:SUB") is not None
    assert issuer.claim(f"{GITHUB}:aud") is None


def test_sentinel_is_fixed_by_the_session_that_microsoft_names() -> None:
    issuer = shared_issuer("sts.windows.net/33e01921-4d64-4f8c-a055-5bdaffd5e33d/")
    assert issuer is not None
    claim = issuer.claim("sts:RoleSessionName")
    assert claim is not None
    assert claim.fixes(f"MicrosoftSentinel_{WORKSPACE}")
    assert not claim.fixes("MicrosoftSentinel_*")
