"""The page on templates: writes docs/reference/templates.md, or checks it with `--check`.

    python scripts/templates.py [--check]

The page says what iamlogic reads in templates of CloudFormation and SAM; its tables show the data
of iamlogic/catalog/. Exit code 1 if the page is out of date.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from iamlogic.catalog.templates import (
    OtherGrant,
    PolicyPlace,
    ResourceForm,
    other_grants,
    policy_places,
    resource_forms,
)

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "reference" / "templates.md"

_HEAD = """# Templates of CloudFormation and SAM

Every policy in a template is read: YAML and JSON, with long and short forms of the functions, also
the templates that the CDK (`*.template.json`) and Serverless synthesize. Each policy keeps its
place: file, line and column of every statement, also where the policy is JSON text in a block, in
quotes or in pieces that `Fn::Join` puts together.

`scripts/templates.py` writes this page from `iamlogic/catalog/`; the tests fail if it is out of
date, and if AWS's schemas have a property that may hold a policy and is not below.

## What is found

- The **places** in the table below, each with the type of its policy.
- **Grants in other words**: a permission of a function, of a layer or of an event bus, a public ACL
  of a bucket, and a function URL of SAM's without authentication become the statement that AWS
  documents for them. The other ones below are told as left open, never passed over in silence.
- **Anything that has the shape of a policy**, a `Statement` whose items have an `Effect`: an object
  at any depth, or JSON text, also inside other JSON text. A custom resource may hold one.
- Templates inside of templates (`TemplateBody` as text), with names of their own.
- A macro that is not AWS's is told: what it makes of the template is known at the deployment.

Not read, because no document stands there: `ManagedPolicyArns`, and names of managed policies under
SAM's `Policies`. A policy template of SAM (`S3ReadPolicy`) is told as left open. Policies that
SAM's events generate are seen in the processed template only; nested stacks are templates of their
own. Other ways to share a resource (AWS RAM, Lake Formation, endpoint services) are no policies and
are out of scope.

A resource is read as if it were there, whatever its `Condition` says.

## What is resolved

- **A parameter** is its value in the settings, else its default. A placeholder without either, and
  for a type `AWS::SSM::Parameter::Value<…>`; likewise alone in its place with an empty default.
- **`AWS::AccountId`** is the account in the settings, else a stand-in, which counts as the account
  of the deployment itself. `AWS::Partition` and `AWS::URLSuffix` are those of the partition in the
  settings, `aws` if it says none. `AWS::Region` is the region in the settings, else a placeholder.
  `AWS::NoValue` takes away what it stands for.
- **`Ref` and `Fn::GetAtt`** of a resource are as in the table below: the name in the template, else
  a placeholder inside of the ARN, `arn:aws:s3:::<LogBucket>`.
- **`Fn::Sub`, `Fn::Join`, `Fn::Split`, `Fn::Select`, `Fn::Length`** are carried out; `${!Literal}`
  is kept, and so is `${aws:username}` in a text that `Fn::Sub` is not applied to. A document under
  `Fn::ToJsonString` is read as it stands.
- **`Fn::FindInMap`** is the value, where the keys are known; else a choice between at most four
  values, or a placeholder.
- **`Fn::If`** is the branch taken, where its condition is known; else a choice between both.
- **`Fn::ForEach`** is written out, where its collection is known; else once, with a placeholder.
- **`Fn::ImportValue`, `{{resolve:…}}`, `Fn::GetAZs`, `Fn::Cidr`, `Fn::Base64`, `Fn::Transform`**
  and functions that are not known are placeholders.

**A default decides no condition.** A parameter `Env` with the default `dev` gives `dev` wherever it
stands, but `Fn::If` on `Env` being `prod` is a choice: the template is written for both, and a
change that takes effect in production alone must be seen. Inside of the branch for production `Env`
is `prod`, if the condition says so, else a placeholder. The same holds for `Fn::FindInMap`. A value
in the settings decides.

A **placeholder** has the name that the template has for the value, in angle brackets, and says why
it is not known. What is proved of a policy with placeholders holds for every value of them; what
depends on one is said to.

Texts are bounded: 4 MB, 64 levels, a million nodes with aliases unfolded. A name that occurs twice
in a policy is a mistake (R-P11). Numbers without quotes are texts in a policy, as CloudFormation
makes them, and dates and account numbers with leading zeros stay as they are written.

## Real templates

`python scripts/count_templates.py FOLDER` counts the policies found in the templates below a folder
against a search for the word `Statement` as a name.

| templates | files | found | left open | malformed | missed |
|---|---|---|---|---|---|
| cfn-lint 1.58.0, `test/fixtures/templates` | 218 | 167 | 2 | 25 | 0 |
| a CDK 2.275.0 stack with 25 kinds of constructs | 2 | 48 | 0 | 0 | 0 |
| templates that the examples of troposphere 4.8.3 print; cfn-flip 1.3.0 | 82 | 37 | 0 | 2 | 0 |
| packages of npm: `@aws-cdk/*` 1.100, `cfn-include`, `serverless` | 19 | 16 | 0 | 0 | 0 |

The malformed ones of cfn-lint are fixtures made to be: broken YAML and JSON, empty trust policies,
wrong versions and effects.

## Places

| resource type | property | policy | attached to | page |
|---|---|---|---|---|
"""
_GRANTS = """
## Grants in other words

| resource type | property | how it is read | page |
|---|---|---|---|
"""
_REFERENCES = """
## References to resources

`{name}` is the property that names the resource, or a placeholder with the resource's name in the
template; `{random}` is made up by AWS, and a placeholder. Sources: the section *Return values* of
each type's page in the CloudFormation Template Reference, and the Service Authorization Reference.
References to resources of other types, and other attributes, are placeholders.

| resource type | name | `Ref` | `Fn::GetAtt` |
|---|---|---|---|
"""


def page() -> str:
    """The page as it should be."""
    parts = [_HEAD, *map(_place, policy_places()), _GRANTS, *map(_grant, other_grants())]
    parts += [_REFERENCES, *map(_reference, resource_forms().values())]
    return "".join(parts)


def _place(entry: PolicyPlace) -> str:
    kind = entry.policy.value if entry.policy else "as its `Type` says"
    attached = _code(entry.resource) if entry.resource else ""
    return _row(_code(entry.type), _path(entry.path), kind, attached, entry.page)


def _grant(entry: OtherGrant) -> str:
    how = "as a statement" if entry.made else "told as left open"
    return _row(_code(entry.type), _path(entry.path), how, entry.page)


def _reference(form: ResourceForm) -> str:
    attributes = "<br>".join(
        f"{_code(name)}: {_code(text)}" for name, text in form.attributes.items()
    )
    name = _code(form.name) if form.name else ""
    return _row(_code(form.type), name, _code(form.ref) if form.ref else "", attributes)


def _path(path: tuple[str, ...]) -> str:
    return _code(".".join(path)) if path else "the whole"


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _code(text: str) -> str:
    return f"`{text}`"


def main() -> int:
    """Write the page, or check it."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="write nothing, say what is wrong")
    if not parser.parse_args().check:
        PAGE.write_text(page(), encoding="utf-8")
    elif not PAGE.is_file() or PAGE.read_text(encoding="utf-8") != page():
        print(f"{PAGE.relative_to(ROOT)} is out of date: run scripts/templates.py")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
