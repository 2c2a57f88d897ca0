"""`Scope`: where an expression stands, and the names that mean something there alone.

`each.key` and the variables of loops have another value in each turn. Where a value is not known
its placeholder is called by the expression, with the owner before it if a name of its scope occurs
in it: `aws_iam_role.r[each.key]`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from iamlogic.inputs.terraform.values import Value

_VARYING = frozenset({"each", "count", "self"})


@dataclass(frozen=True, slots=True)
class Scope:
    """`bindings` are the names that are known here, `varying` those that have several values."""

    owner: str = ""
    bindings: Mapping[str, Value] = field(default_factory=dict)
    varying: frozenset[str] = _VARYING

    def bind(self, bindings: Mapping[str, Value], *, varies: bool = False) -> Scope:
        """The scope with more names."""
        names = self.varying | set(bindings) if varies else self.varying - set(bindings)
        return replace(self, bindings={**self.bindings, **bindings}, varying=names)

    def name(self, text: str) -> str:
        """What an expression of this text is called that is not known."""
        plain = re.sub(r"\s+", " ", text.strip())
        words = set(re.findall(r"[A-Za-z_][\w-]*", plain))
        return f"{self.owner}[{plain}]" if self.owner and words & self.varying else plain


MODULE = Scope()
"""The scope of what stands in no resource."""
