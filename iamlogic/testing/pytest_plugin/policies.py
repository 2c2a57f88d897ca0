"""`@pytest.mark.policy("policies/*.json")`: a test runs once for each policy in the files.

The policy is the value of the fixture `policy`. What cannot be read is a test of its own, which
fails with the reason: a file that nobody can read must not look like one that was tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from _pytest.unittest import TestCaseFunction

from iamlogic.errors import IamlogicError
from iamlogic.inputs.settings import load_settings, settings_file
from iamlogic.inputs.unresolved.placeholders import Deployment
from iamlogic.syntax.policy_types import PolicyType
from iamlogic.testing.loading import Loaded, policies_at
from iamlogic.testing.subjects import Subject


def parametrize(metafunc: pytest.Metafunc) -> None:
    """One run of the test for each policy that its markers name."""
    function = metafunc.definition.nodeid
    if "policy" not in metafunc.fixturenames:
        if all(each.name != "policy" for each in metafunc.definition.own_markers):
            return  # the marker is that of its class or its module, which may have others
        pytest.fail(
            f"{function}: a test with the marker policy takes a policy: def …(policy)",
            pytrace=False,
        )
    root, here = metafunc.config.rootpath, metafunc.definition.path.parent
    markers = metafunc.definition.iter_markers("policy")
    found = [each for marker in markers for each in _named_by(marker, root, here, function)]
    unique = {each.id: each for each in found}
    # The scope is told, or else pytest would put the tests into the order of the policies.
    metafunc.parametrize(
        "policy", list(unique.values()), ids=list(unique), indirect=True, scope="function"
    )


def refuse_unseen(item: pytest.Item) -> None:
    """A test with a marker that pytest did not show to `parametrize` fails: it tested no policy.

    Such are the methods of a `unittest.TestCase`, and sets of parameters that have marks.
    """
    callspec = getattr(item, "callspec", None)
    if callspec is not None and "policy" in callspec.params:
        return
    own, of_unittest = [*item.own_markers], isinstance(item, TestCaseFunction)
    if of_unittest and item.parent is not None:
        own += item.parent.own_markers
    if any(each.name == "policy" for each in own):
        where = "methods of a unittest.TestCase" if of_unittest else "sets of parameters"
        pytest.fail(
            f"{item.nodeid}: the marker policy does not work for {where}, so that no policy is "
            "tested: mark a function, or a class of pytest",
            pytrace=False,
        )


def _named_by(marker: pytest.Mark, root: Path, here: Path, function: str) -> list[Loaded]:
    globs, types = marker.args, marker.kwargs.get("types", ())
    unknown = sorted(marker.kwargs.keys() - {"types"})
    if unknown or not globs or not all(isinstance(each, str) for each in globs):
        told = f"{unknown[0]} is none of its options" if unknown else "it names files"
        pytest.fail(
            f"{function}: the marker policy is wrong: {told}; write "
            '@pytest.mark.policy("policies/*.json", types=["resource policy"])',
            pytrace=False,
        )
    try:
        return policies_at(
            globs, root, here, types=list(_types(types)), deployment=_deployment(root)
        )
    except IamlogicError as error:
        told = str(error)
    pytest.fail(f"{function}: {told}", pytrace=False)


def _types(given: object) -> Iterator[PolicyType]:
    """Types by themselves or by their names, one or several."""
    several = [given] if isinstance(given, str | PolicyType) else given
    assert isinstance(several, Iterable)
    for each in several:
        try:
            yield PolicyType(each)
        except ValueError:
            names = ", ".join(type_.value for type_ in PolicyType)
            raise UnknownType(f"{each!r} is no type of policy: expected {names}") from None


class UnknownType(IamlogicError):
    """A marker names a type of policies that does not exist."""


def _deployment(root: Path) -> Deployment:
    """What the settings beside the tests say of templates' parameters."""
    file = settings_file(root)
    return Deployment() if file is None else load_settings(file).deployment


def policy_of(request: pytest.FixtureRequest) -> Subject:
    """The value of the fixture `policy`."""
    loaded = getattr(request, "param", None)
    if not isinstance(loaded, Loaded):
        hint = '@pytest.mark.policy("policies/*.json") says which it is'
        pytest.fail(f"the fixture policy has no policy: {hint}", pytrace=False)
    if isinstance(loaded.subject, IamlogicError):
        pytest.fail(str(loaded.subject), pytrace=False)
    return loaded.subject
