"""What can be asked about frameworks? What CASE 1.1 asks of a provider (its REST/JSON binding)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import urlencode
from uuid import UUID

import orjson

from lrs.errors import BadRequest, Fault, NotFound
from lrs.xapi.vocabulary import Json
from projections.frameworks import read
from projections.frameworks.project import ASSOCIATION, ITEM
from projections.frameworks.read import NAME
from projections.resource import Bare, Resource, View

CASE = "/ims/case/v1p1"
# As many documents as the binding gives where nobody says how many, and the most of one answer.
USUAL, MOST = 100, 1000
_ORDERS = ("asc", "desc")


def documents(view: View, asked: Mapping[str, str]) -> Bare:
    """A page of the documents of all frameworks, and how many there are (getAllCFDocuments)."""
    limit, offset = min(_number(asked, "limit", USUAL, least=1), MOST), _number(asked, "offset", 0)
    all_ = [_alone(each) for each in _documents(view).values()]
    if (order := asked.get("orderBy", "asc")) not in _ORDERS:
        raise BadRequest(faults=[Fault("orderBy", "must be asc or desc")])
    if sort := asked.get("sort"):
        all_.sort(key=lambda each: str(each.get(sort, "")), reverse=order == "desc")
    headers = {"X-Total-Count": str(len(all_))}
    if offset + limit < len(all_):
        following = {**asked, "limit": limit, "offset": offset + limit, "as_of": view.position}
        headers["Link"] = f'<?{urlencode(following)}>; rel="next"'
    return Bare({"CFDocuments": all_[offset : offset + limit]}, headers)


def document(view: View, asked: Mapping[str, str]) -> Bare:
    """One document (getCFDocument)."""
    of, version = _framework(view, asked)
    return Bare(_alone(_documents(view, version)[of]))


def package(view: View, asked: Mapping[str, str]) -> Bare:
    """A framework, as it was imported (getCFPackage)."""
    _, version = _framework(view, asked)
    return Bare(read.package(view, version))


def item(view: View, asked: Mapping[str, str]) -> Bare:
    """One item (getCFItem)."""
    return Bare(_node(view, ITEM, asked))


def association(view: View, asked: Mapping[str, str]) -> Bare:
    """One association (getCFAssociation)."""
    return Bare(_node(view, ASSOCIATION, asked))


def of_item(view: View, asked: Mapping[str, str]) -> Bare:
    """An item, and all associations that it is an end of, of whichever framework (getCFItemAssociations)."""
    found = _node(view, ITEM, asked)
    versions = list(read.newest(view).values())
    rows = read.rows(view, "associations", identifier=_identifier(asked), of=versions)
    return Bare({"CFItem": found, "CFAssociations": [orjson.loads(body) for (body,) in rows]})


def _framework(view: View, asked: Mapping[str, str]) -> tuple[str, int]:
    """A framework's id and its newest version; NotFound."""
    of = _identifier(asked)
    try:
        return of, read.newest(view)[of]
    except KeyError:
        raise NotFound(f"There is no framework {of}.") from None


def _node(view: View, kind: str, asked: Mapping[str, str]) -> Json:
    """An item or association with its document, of the first framework that has it; NotFound."""
    identifier, versions = _identifier(asked), read.newest(view)
    rows = read.rows(view, "node", kind=kind, identifier=identifier, of=list(versions.values()))
    bodies = dict(rows)
    for of, version in sorted(versions.items()):
        if version in bodies:
            found: Json = orjson.loads(bodies[version])
            return found | {
                "CFDocumentURI": found.get("CFDocumentURI") or _link(_documents(view, version)[of])
            }
    raise NotFound(f"There is no {kind} {identifier}.")


def _documents(view: View, *versions: int) -> dict[str, Json]:
    """The documents of these versions, or of the newest of all frameworks, by the ids of these."""
    rows = read.rows(view, "documents", of=list(versions or read.newest(view).values()))
    return {of: orjson.loads(body) for of, body in sorted(rows)}


def _alone(document: Json) -> Json:
    """A document outside of its package names it; what has no URI of its own is found by the identifier."""
    return document | {"CFPackageURI": document.get("CFPackageURI") or _link(document)}


def _link(document: Json) -> Json:
    return {name: document[name] for name in ("title", "identifier", "uri")}


def _identifier(asked: Mapping[str, str]) -> str:
    try:
        return str(UUID(asked["identifier"]))
    except ValueError:
        raise NotFound("What CASE names is named by a UUID.") from None


def _number(asked: Mapping[str, str], name: str, usual: int, *, least: int = 0) -> int:
    text = asked.get(name, str(usual))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= least):
        raise BadRequest(faults=[Fault(name, f"must be a whole number, {least} or more")])
    return int(text)


def _query(name: str, description: str, schema: Json) -> Json:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema}


_PAGE = (
    _query("limit", f"Most in one answer, at most {MOST}.", {"type": "integer", "minimum": 1}),
    _query("offset", "How many to pass over.", {"type": "integer", "minimum": 0}),
    _query("sort", "The member of a document to sort by.", {"type": "string"}),
    _query("orderBy", "Whether the greatest comes last or first.", {"enum": list(_ORDERS)}),
)


def _resource(
    name: str, summary: str, tell: Callable[[View, Mapping[str, str]], Bare], page: tuple[Json, ...] = ()
) -> Resource:
    return Resource(
        f"{CASE}/{name}", summary, "frameworks/read", (NAME,), tell, page, learner="", personal=False
    )


RESOURCES = (
    _resource("CFDocuments", "The frameworks of competencies there are, as CASE.", documents, _PAGE),
    _resource("CFDocuments/{identifier}", "What a framework says of itself, as CASE.", document),
    _resource("CFPackages/{identifier}", "A whole framework, as it was imported.", package),
    _resource("CFItems/{identifier}", "A competency, as CASE.", item),
    _resource("CFAssociations/{identifier}", "How two competencies are linked, as CASE.", association),
    _resource(
        "CFItemAssociations/{identifier}", "A competency, and what it is linked with, as CASE.", of_item
    ),
)
