"""`iamlogic format`: canonical text."""

from __future__ import annotations

import sys

import click

import iamlogic as il
from iamlogic.cli.answers import Exit, complain, say
from iamlogic.cli.reading import content_of, name_of
from iamlogic.inputs.writing import write_file
from iamlogic.semantics.explain import printable


@click.command("format")
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit with 1 if a file is not canonical."
)
@click.option("--write", is_flag=True, help="Replace the files by their canonical text.")
def format_(files: tuple[str, ...], *, check: bool, write: bool) -> None:
    """Prints policies as canonical JSON text."""
    if check and write:
        raise click.UsageError("--check and --write exclude each other")
    if write and "-" in files:
        raise click.UsageError("--write needs files: - has no place to write to")
    worst = Exit.HOLDS
    for file in files:
        try:
            content = content_of(file)
            canonical = il.format(il.parse(content, file=name_of(file))).encode()
        except il.IamlogicError as error:
            complain(error)
            worst = Exit.UNREADABLE
            continue
        if check and content != canonical:
            click.echo(f"{printable(name_of(file))} is not canonical", err=True)
            worst = max(worst, Exit.FAILS)
        if write and content != canonical:
            try:
                write_file(file, canonical)
            except OSError as error:
                say("error", f"{file}: cannot be written: {(error.strerror or str(error)).lower()}")
                worst = Exit.UNREADABLE
        if not check and not write:
            sys.stdout.buffer.write(canonical)
    sys.exit(worst)
