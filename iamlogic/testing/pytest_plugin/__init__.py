"""The pytest plugin: options, the marker and the fixtures; what they do is loaded when it is needed.

Every run of pytest imports this, so it imports nothing of iamlogic that knows policies.
"""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options, in a group of their own."""
    group = parser.getgroup("iamlogic", "tests of IAM policies")
    group.addoption(
        "--guardrails",
        metavar="FILE",
        help="run each guardrail of this settings file (iamlogic.toml) on each policy that is "
        "collected, as a test",
    )
    group.addoption(
        "--policy-coverage",
        nargs="?",
        const="",
        metavar="HTML",
        help="tell which statements, actions, resources and conditions the tests ever touched; "
        "with a file name, as an HTML page too (--policy-coverage=policies.html)",
    )
    group.addoption(
        "--policy-snapshot-update",
        action="store_true",
        help="accept the meanings of policies as they are now (policy_snapshot)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """The marker; and of the parts those that this run asks for."""
    config.addinivalue_line(
        "markers",
        "policy(*globs): run the test once for each policy in the files, which `policy` then is",
    )
    if config.getoption("--guardrails") is not None:
        from iamlogic.testing.pytest_plugin.guardrails import Guardrails

        config.pluginmanager.register(Guardrails(config), "iamlogic-guardrails")
    if config.getoption("--policy-coverage") is not None:
        from iamlogic.testing.pytest_plugin.coverage import Coverage

        config.pluginmanager.register(Coverage(config), "iamlogic-coverage")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test with the marker runs once for each policy."""
    if metafunc.definition.get_closest_marker("policy") is not None:
        from iamlogic.testing.pytest_plugin.policies import parametrize

        parametrize(metafunc)
