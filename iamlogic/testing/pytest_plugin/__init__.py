"""The pytest plugin: its options, its marker and its fixtures.

Every run of pytest imports this, so what they do is loaded only when somebody uses them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iamlogic.testing.pytest_plugin.snapshots import PolicySnapshot
    from iamlogic.testing.subjects import Subject


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


def pytest_runtest_setup(item: pytest.Item) -> None:
    """A marker that had no effect must not look like one that had."""
    if item.get_closest_marker("policy") is not None:
        from iamlogic.testing.pytest_plugin.policies import refuse_unseen

        refuse_unseen(item)


# The scope is that of the run, since hypothesis wants fixtures that each of its examples may share.
@pytest.fixture(scope="session")
def policy(request: pytest.FixtureRequest) -> Subject:
    """Each of the policies that the marker `policy` names, one after the other."""
    from iamlogic.testing.pytest_plugin.policies import policy_of

    return policy_of(request)


@pytest.fixture
def policy_snapshot(request: pytest.FixtureRequest) -> PolicySnapshot:
    """What policies mean, kept beside the test: `policy_snapshot.assert_unchanged(policy)`."""
    from iamlogic.testing.pytest_plugin.snapshots import PolicySnapshot

    return PolicySnapshot(request)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """What became of the snapshots, if there was anything."""
    reports = [each for some in terminalreporter.stats.values() for each in some]
    tests = [each for each in reports if isinstance(each, pytest.TestReport)]
    names = {name for each in tests for name, _ in each.user_properties}
    if any(name.startswith("policy_snapshot") for name in names):
        from iamlogic.testing.pytest_plugin.snapshots import summary_lines

        for line in summary_lines(config, tests):
            terminalreporter.write_line(line)
