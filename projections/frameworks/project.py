"""Which rows does an import make? The package, and each of its nodes, so that one need not read it all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson

from lrs.case import package as case
from lrs.log.event_log import Recorded
from lrs.log.events import FrameworkImported
from lrs.xapi.vocabulary import Json
from projections.projection import Insert, Projection

ITEM, ASSOCIATION = "CFItem", "CFAssociation"


def fold(event: Recorded) -> Iterator[Insert]:
    """The rows of one package."""
    package = orjson.loads(event.state)["package"]
    framework, position = case.framework(package), event.position
    document = orjson.dumps(package["CFDocument"])
    yield Insert("package", (framework, position, document, orjson.dumps(package)))
    for number, each in enumerate(case.items(package)):
        yield Insert("node", (ITEM, case.identifier(each), position, number, orjson.dumps(each)))
    nodes = case.Nodes(package)
    for number, each in enumerate(case.associations(package)):
        yield Insert("node", (ASSOCIATION, case.identifier(each), position, number, orjson.dumps(each)))
        for end in sorted(_ends(nodes, each)):
            yield Insert("end", (end, position, number))


def _ends(nodes: case.Nodes, association: Json) -> set[str]:
    """The nodes that it is between; what the package does not have is named as it is there."""
    both = association["originNodeURI"], association["destinationNodeURI"]
    return {nodes.of(each) or case.identifier(each) for each in both}


FRAMEWORKS = Projection("frameworks", 2, frozenset({FrameworkImported.topic}), fold, Path(__file__).parent)
