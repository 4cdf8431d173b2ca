"""What does a catalogue file say? Plain YAML, read strictly, and the line of everything in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml
from yaml.composer import ComposerError
from yaml.constructor import ConstructorError

from lrs.errors import BadRequest, Fault
from lrs.registrar.check import pointer
from lrs.xapi.vocabulary import Json

DEEPEST = 20
_KINDS = {f"tag:yaml.org,2002:{name}" for name in ("null", "bool", "int", "float")}


class CatalogueFile:
    """The content of a file as JSON, and where each part stands; BadRequest where it is no plain YAML."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        try:
            loader = _Loader(text)
            node = loader.get_single_node()
            content = {} if node is None else self._value(loader, node, "")
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise _no_yaml(f"line {mark.line + 1 if mark else 1}", str(error.problem)) from None
        except (yaml.YAMLError, ValueError) as error:
            raise _no_yaml("", str(error).splitlines()[0]) from None
        if not isinstance(content, dict):
            raise _no_yaml("line 1", "must be a mapping of sections, such as providers and courses")
        self.content: Json = content

    def located(self, faults: Iterable[Fault]) -> list[Fault]:
        """The faults in the order of the file, each with the line that it is about."""
        found = sorted(((self._line(each.pointer), each) for each in faults), key=lambda pair: pair[0])
        return [Fault(f"line {line}, {each.pointer or '/'}", each.rule, each.section) for line, each in found]

    def _line(self, at: str) -> int:
        """Of what is missing, the line of what it is missing in."""
        while at and at not in self.lines:
            at = at.rpartition("/")[0]
        return self.lines.get(at, 1)

    def _value(self, loader: _Loader, node: yaml.Node, at: str) -> Any:
        self.lines.setdefault(at, node.start_mark.line + 1)
        match node:
            case yaml.MappingNode():
                return self._mapping(loader, node, at)
            case yaml.SequenceNode():
                return [
                    self._value(loader, each, at + pointer(place)) for place, each in enumerate(node.value)
                ]
            case _:
                # Dates, and what else YAML sees in a text, stay the text that they are.
                return _plain(loader, node) if node.tag in _KINDS else node.value

    def _mapping(self, loader: _Loader, node: yaml.MappingNode, at: str) -> Json:
        found: Json = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise ConstructorError(None, None, "this is no name", key.start_mark)
            if key.value in found:
                raise ConstructorError(None, None, f"{key.value} stands here twice", key.start_mark)
            self.lines[here := at + pointer(key.value)] = key.start_mark.line + 1
            found[key.value] = self._value(loader, value, here)
        return found


def written(catalogue: Json) -> str:
    """A catalogue as a file."""
    return yaml.safe_dump(catalogue, sort_keys=False, allow_unicode=True, width=100)


class _Loader(yaml.SafeLoader):
    """Composes what is neither deep nor repeated: a few lines of aliases could stand for billions."""

    depth = 0

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
        if self.check_event(yaml.AliasEvent):
            raise ComposerError(None, None, "write it out here: aliases are not read", mark)
        self.depth += 1
        if self.depth > DEEPEST:
            raise ComposerError(None, None, f"this is nested more than {DEEPEST} deep", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


def _plain(loader: _Loader, node: yaml.Node) -> Any:
    try:
        return loader.construct_object(node)
    except (LookupError, ValueError):
        kind = node.tag.rpartition(":")[2]
        raise ConstructorError(None, None, f"this is no {kind}", node.start_mark) from None


def _no_yaml(at: str, problem: str) -> BadRequest:
    return BadRequest("This is no YAML that can be read.", faults=[Fault(at, problem)])
