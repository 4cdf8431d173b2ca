"""What can be proven? That events are in the log, and that one size of it begins another: as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from lrs.errors import NotFound
from projections.audit.lines import text
from projections.audit.project import NAME
from projections.audit.tree import QUERIES, Tree
from projections.resource import View

Json = dict[str, Any]


def inclusion(tree: Tree, positions: Sequence[int], size: int) -> Json:
    """That the tree of this size has the events at these positions, all within it."""
    root, found = tree.inclusion([each - 1 for each in positions], size)
    return {
        "size": size,
        "root": text(root),
        "proofs": [
            {"position": position, "index": position - 1, "leaf": text(leaf), "path": list(map(text, path))}
            for position, (leaf, path) in zip(positions, found, strict=True)
        ],
    }


def of_statements(tree: Tree, statements: Sequence[UUID], size: int) -> Json:
    """The same for statements, in the order in which they are asked for; NotFound names one not in it."""
    places = positions(tree.view, statements, size)
    if missing := [each for each in statements if each not in places]:
        raise NotFound(f"There is no statement {missing[0]} among the first {size} events.")
    proven = inclusion(tree, [places[each] for each in statements], size)
    for statement, each in zip(statements, proven["proofs"], strict=True):
        each["statement"] = str(statement)
    return proven


def positions(view: View, statements: Sequence[UUID], size: int) -> dict[UUID, int]:
    """Where these statements are, as far as they are within a size of the log."""
    query = QUERIES(view.tenant, "positions", projection=view.tables[NAME])
    return dict(view.connection.execute(query, {"statements": list(statements), "size": size}).fetchall())


def consistency(tree: Tree, first: int, second: int) -> Json:
    """That the tree of the first size begins that of the second."""
    first_root, second_root, path = tree.consistency(first, second)
    return {
        "first": first,
        "second": second,
        "first_root": text(first_root),
        "second_root": text(second_root),
        "path": list(map(text, path)),
    }
