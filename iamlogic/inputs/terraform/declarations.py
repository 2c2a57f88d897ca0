"""`Module`: what the files of one folder declare, by name.

A folder is one module: every file can speak of what any other declares. A file `override.tf` or
`*_override.tf` comes last, and what it says of a block takes the place of what was said before.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from iamlogic.errors import IamlogicError, PolicySyntaxError
from iamlogic.inputs.terraform.hcl import Block, Body, Expression
from iamlogic.inputs.terraform.module_document import ModuleDocument
from iamlogic.inputs.terraform.native import read_body
from iamlogic.inputs.terraform.tf_json import read_json_blocks, read_json_values
from iamlogic.questions.review.placed import Unread

NATIVE = (".tf", ".tofu")
JSON = (".tf.json", ".tofu.json")


@dataclass(frozen=True)
class Module:
    """The declarations of a folder, and what could not be read of it.

    `values` are those of `*.tfvars`. `resources` have their blocks under `aws_sqs_queue.q` and
    `data.aws_region.here`; `others` are the blocks of modules and outputs,
    `settings` those of providers and of Terraform itself.
    """

    document: ModuleDocument
    files: Mapping[str, str]
    folder: str
    variables: dict[str, Block] = field(default_factory=dict)
    values: dict[str, Expression] = field(default_factory=dict)
    locals: dict[str, Expression] = field(default_factory=dict)
    resources: dict[str, Block] = field(default_factory=dict)
    others: dict[str, Block] = field(default_factory=dict)
    settings: list[Block] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @property
    def is_root(self) -> bool:
        """Whether Terraform is run here, and no other module calls this one."""
        inner = ("backend", "cloud")
        return any(
            block.type == "provider" or any(block.body.inner(each) for each in inner)
            for block in self.settings
        )

    @property
    def is_whole(self) -> bool:
        """Whether every file could be read, so that what is not declared is nowhere."""
        return not self.unread


def read_files(files: Mapping[str, str]) -> Module:
    """The module that the files are; those that are no Terraform are there to be read by others."""
    named = {name: text.removeprefix("\ufeff") for name, text in files.items()}
    module = Module(ModuleDocument(named), named, _folder(named))
    for name in sorted(filter(_is_code, named), key=_order):
        _guarded(module, name, _declare)
    for name in sorted(filter(_is_values, named), key=_order_of_values):
        _guarded(module, name, _assign)
    return module


def _guarded(module: Module, name: str, read: Callable[[Module, str], None]) -> None:
    try:
        read(module, name)
    except IamlogicError as error:
        where = module.document.where(module.document.start_of(name), ())
        if isinstance(error, PolicySyntaxError):
            where = error.problems[0].where
        module.unread.append(Unread(name, "", where, error, content=module.files[name]))


def _declare(module: Module, name: str) -> None:
    read = read_json_blocks if name.endswith(JSON) else _native_blocks
    for block in read(module.files[name], module.document.start_of(name), module.document):
        _add(module, block, overrides=_is_override(name))


def _native_blocks(text: str, start: int, document: ModuleDocument) -> Iterable[Block]:
    return read_body(text, start, document).blocks


def _add(module: Module, block: Block, *, overrides: bool) -> None:
    if block.type == "locals":
        module.locals.update(block.body.attributes)
        return
    if block.type in {"provider", "terraform"}:
        module.settings.append(block)
    known, name = _place(module, block)
    if known is None:
        return
    before = known.get(name)
    known[name] = _overridden(before, block) if before is not None and overrides else block


def _place(module: Module, block: Block) -> tuple[dict[str, Block] | None, str]:
    match block.type, block.labels:
        case "variable", (name,):
            return module.variables, name
        case "resource", (type_, name):
            return module.resources, f"{type_}.{name}"
        case "data" | "ephemeral", (type_, name):
            return module.resources, f"{block.type}.{type_}.{name}"
        case "module" | "output", (name,):
            return module.others, f"{block.type}.{name}"
    return None, ""


def _overridden(before: Block, block: Block) -> Block:
    """A block with the attributes of another, and its nested blocks for those of their types."""
    old, new = before.body, block.body
    types = {each.type for each in new.blocks}
    kept = tuple(each for each in old.blocks if each.type not in types)
    attributes = {**old.attributes, **new.attributes}
    is_json = old.is_json or new.is_json
    body = Body(old.position, attributes, (*kept, *new.blocks), is_json)
    return Block(before.type, before.labels, body, before.position)


def _assign(module: Module, name: str) -> None:
    text, start = module.files[name], module.document.start_of(name)
    if name.endswith(".json"):
        module.values.update(read_json_values(text, start, module.document))
    else:
        module.values.update(read_body(text, start, module.document).attributes)


def _folder(files: Iterable[str]) -> str:
    """The folder of the module: that of its code."""
    return next((posixpath.dirname(name) for name in files if _is_code(name)), "")


def _is_code(name: str) -> bool:
    return name.endswith((*NATIVE, *JSON))


def _is_override(name: str) -> bool:
    stem = posixpath.basename(name).partition(".")[0]
    return stem == "override" or stem.endswith("_override")


def _order(name: str) -> tuple[bool, str]:
    return _is_override(name), name


def _is_values(name: str) -> bool:
    base = posixpath.basename(name)
    usual = {"terraform.tfvars", "terraform.tfvars.json"}
    return base in usual or base.endswith((".auto.tfvars", ".auto.tfvars.json"))


def _order_of_values(name: str) -> tuple[bool, str]:
    """`terraform.tfvars` first, then the others by their names: the last one wins."""
    return not posixpath.basename(name).startswith("terraform.tfvars"), name
