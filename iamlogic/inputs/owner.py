"""Whose account a document describes: the one that all ARNs in it name."""

from __future__ import annotations

from dataclasses import dataclass

from iamlogic.errors import Where
from iamlogic.inputs.nodes import Node


@dataclass(slots=True)
class Owner:
    """The account and partition that the ARNs seen so far are of."""

    account: str | None = None
    partition: str | None = None
    _first: Where | None = None

    def see(self, node: Node, partition: str, account: str) -> None:
        """Take note of the owner of the ARN at `node`; another than before is reported."""
        if self._first is None:
            self.partition, self.account = partition, account
            self._first = node.where
        elif account != self.account:
            node.problem(
                f"this is of account {account}, but {self._first} of {self.account}",
                "load each account by itself",
            )
        elif partition != self.partition:
            node.problem(
                f"this is of partition {partition}, but {self._first} of {self.partition}",
            )
