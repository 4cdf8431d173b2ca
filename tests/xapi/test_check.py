"""What a statement may say, what it may not, and how its author is told."""

from __future__ import annotations

import gzip
import tracemalloc
from copy import deepcopy
from time import monotonic
from typing import Any, get_args

import orjson
import pytest

from lrs.errors import Fault
from lrs.xapi import check, raw
from lrs.xapi.version import Version
from lrs.xapi.vocabulary import VOIDED, Json
from tests.conftest import SHARED_DATA

VERSIONS: tuple[Version, ...] = get_args(Version)

UUID = "5f2a53f5-5a21-4f5e-9d0b-3d9a0f5f7e11"
ANN = {"mbox": "mailto:ann@example.com"}
BOB = {"objectType": "Agent", "account": {"homePage": "https://school.example", "name": "bob"}, "name": "Bob"}
CLASS = {"objectType": "Group", "member": [ANN, BOB]}
BOOK = {"id": "http://example.com/book"}
REF = {"objectType": "StatementRef", "id": UUID}
ATTACHMENT = {
    "usageType": "http://example.com/usage",
    "display": {"en": "a file"},
    "contentType": "text/plain; charset=ascii",
    "length": 27,
    "sha2": "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a",
}
SUBSTATEMENT = {
    "objectType": "SubStatement",
    "actor": ANN,
    "verb": {"id": "http://example.com/read"},
    "object": BOOK,
}


def a_statement(**changes: Any) -> Json:
    return {"actor": ANN, "verb": {"id": "http://example.com/read"}, "object": BOOK} | changes


def a_definition(**definition: Any) -> Json:
    return a_statement(object=BOOK | {"definition": definition})


def a_result(**result: Any) -> Json:
    return a_statement(result=result)


def a_context(**context: Any) -> Json:
    return a_statement(context=context)


def faults(statement: Any, version: Version = "2.0.0") -> list[str]:
    return [fault.pointer for fault in check.statement(statement, version)]


ACCEPTED = [
    a_statement(),
    a_statement(
        id=UUID, timestamp="2026-01-02T03:04:05.678Z", stored="2026-01-02T03:04:05Z", version="1.0.9"
    ),
    a_statement(id=UUID.upper(), version="1.0"),
    a_statement(timestamp="2026-01-02T03:04:05.123456789+05:30"),
    a_statement(timestamp="2016-02-29T23:59:60Z"),
    a_statement(timestamp="2999-01-01T00:00:00-00:30"),
    a_statement(actor={"objectType": "Agent", "mbox_sha1sum": "cd9b00a5611f94eaa7b1661edab976068e364975"}),
    a_statement(actor={"openid": "https://id.example/ann?x=%20#me"}),
    a_statement(actor=BOB),
    a_statement(actor=CLASS),
    a_statement(actor={"objectType": "Group", "mbox": "mailto:all@example.com", "name": "all"}),
    a_statement(actor={"objectType": "Group", "openid": "http://example.com/all", "member": [ANN]}),
    a_statement(object=BOB),
    a_statement(object=CLASS),
    a_statement(object=REF),
    a_statement(object=SUBSTATEMENT),
    a_statement(
        object=SUBSTATEMENT | {"object": REF, "timestamp": "2026-01-02T03:04:05Z", "attachments": []}
    ),
    a_statement(verb={"id": VOIDED}, object=REF),
    a_statement(object={"id": "act:böök"}),
    a_statement(object={"id": "uuid://7d4f3c70-1e79-4243-9b7d-166076ce8bfb", "objectType": "Activity"}),
    a_statement(object={"id": "course-v1:FUN-MOOC+00002+session01"}),
    a_statement(object={"id": "urn:isbn:0451450523"}),
    a_statement(object={"id": "http://[2001:db8::1]/a?b[]=%C3%A9&c='(d)'*!#e"}),
    a_statement(authority=ANN),
    a_statement(authority=CLASS | {"name": "the application and the user"}),
    a_statement(
        attachments=[ATTACHMENT | {"fileUrl": "http://example.com/file", "description": {"de": "?"}}]
    ),
    a_statement(
        attachments=[ATTACHMENT | {"length": 0, "sha2": "ab" * 48, "contentType": "application/octet-stream"}]
    ),
    a_definition(),
    a_definition(
        name={}, description={"en": ""}, type="http://example.com/type", moreInfo="http://example.com/more"
    ),
    a_definition(
        interactionType="choice", correctResponsesPattern=["a[,]b"], choices=[{"id": "a"}, {"id": "b"}]
    ),
    a_definition(interactionType="likert", scale=[{"id": "a", "description": {"en": "so so"}}]),
    a_definition(
        interactionType="matching", source=[{"id": "a"}], target=[{"id": "a"}], correctResponsesPattern=[]
    ),
    a_definition(interactionType="other"),
    a_definition(extensions={"http://example.com/x": None, "x:y": "", "x:z": {}, "x:é": [None, {"": 1.5}]}),
    a_result(score={"scaled": -1, "raw": 0, "min": 0, "max": 1}),
    a_result(score={"raw": 1, "min": 0.5, "max": 1.0}),
    a_result(score={"raw": 1, "max": 1}),
    a_result(score={"min": 9}),
    a_result(score={}),
    a_result(success=False, completion=True, response="", duration="PT16559.14S", extensions={}),
    a_context(registration=UUID, instructor=BOB, team=CLASS, statement=REF, language="de-CH", extensions={}),
    a_context(instructor=CLASS, revision="2", platform="web"),
    a_context(contextActivities={"parent": BOOK, "grouping": [BOOK, BOOK], "category": [], "other": BOOK}),
    a_statement(object=SUBSTATEMENT | {"context": {"revision": "2", "contextActivities": {"parent": BOOK}}}),
]

REFUSED: list[tuple[Any, list[str]]] = [
    ({}, ["/actor", "/verb", "/object"]),
    (a_statement(id=None), ["/id"]),
    (a_statement(foo=1, Actor=ANN), ["/foo", "/Actor"]),
    (a_statement(id=UUID + "0"), ["/id"]),
    (a_statement(id="M" + UUID[1:]), ["/id"]),
    (a_statement(id=UUID.replace("-", "")), ["/id"]),
    (a_statement(id=UUID + "\n"), ["/id"]),
    (a_statement(id=12345), ["/id"]),
    (a_statement(version="0.9.9"), ["/version"]),
    (a_statement(version="1.1.0"), ["/version"]),
    (a_statement(version=1.0), ["/version"]),
    (a_statement(timestamp="2026-02-30T03:04:05Z"), ["/timestamp"]),
    (a_statement(timestamp="2026-01-02T03:04:05-00:00"), ["/timestamp"]),
    (a_statement(timestamp="2026-01-02T03:04:05.1-00"), ["/timestamp"]),
    (a_statement(timestamp="2026-01-02T03:04:05.1-0000"), ["/timestamp"]),
    (a_statement(timestamp="01/011/2015"), ["/timestamp"]),
    (a_statement(timestamp=1767322800), ["/timestamp"]),
    (a_statement(stored="yesterday"), ["/stored"]),
    (a_statement(actor={}), ["/actor"]),
    (a_statement(actor=[ANN]), ["/actor"]),
    (a_statement(actor="ann"), ["/actor"]),
    (a_statement(actor={"name": "Ann"}), ["/actor"]),
    (a_statement(actor=ANN | {"openid": "http://example.com"}), ["/actor"]),
    (a_statement(actor=ANN | {"objectType": "agent"}), ["/actor/objectType"]),
    (a_statement(actor=ANN | {"objectType": "Activity"}), ["/actor/objectType"]),
    (a_statement(actor=ANN | {"name": 1}), ["/actor/name"]),
    (a_statement(actor=ANN | {"member": []}), ["/actor/member"]),
    (a_statement(actor={"mbox": "mailto:should.fail.com"}), ["/actor/mbox"]),
    (a_statement(actor={"mbox": "http://ann@example.com"}), ["/actor/mbox"]),
    (a_statement(actor={"mbox": "ann@example.com"}), ["/actor/mbox"]),
    (a_statement(actor={"mbox": "mailto:ann@example.com,bob@example.com"}), ["/actor/mbox"]),
    (a_statement(actor={"mbox": "mailto:ann@example.com?subject=x"}), ["/actor/mbox"]),
    (a_statement(actor={"mbox": "mailto:a nn@example.com"}), ["/actor/mbox"]),
    (a_statement(actor={"mbox_sha1sum": "cd9b"}), ["/actor/mbox_sha1sum"]),
    (a_statement(actor={"openid": "ab=c://should.fail.com"}), ["/actor/openid"]),
    (a_statement(actor={"openid": "http://exämple.com"}), ["/actor/openid"]),
    (a_statement(actor={"account": {"homePage": "http://example.com"}}), ["/actor/account/name"]),
    (a_statement(actor={"account": {"name": "ann"}}), ["/actor/account/homePage"]),
    (
        a_statement(actor={"account": {"homePage": "example.com", "name": 1}}),
        ["/actor/account/homePage", "/actor/account/name"],
    ),
    (a_statement(actor={"objectType": "Group"}), ["/actor"]),
    (a_statement(actor=CLASS | {"mbox": "mailto:a@b.c", "openid": "x:y"}), ["/actor"]),
    (
        a_statement(actor=CLASS | {"member": [CLASS]}),
        ["/actor/member/0", "/actor/member/0/objectType", "/actor/member/0/member"],
    ),
    (a_statement(actor=CLASS | {"member": ANN}), ["/actor/member"]),
    (a_statement(actor=CLASS | {"member": [ANN, {"mbox": 1}]}), ["/actor/member/1/mbox"]),
    (a_statement(authority=CLASS | {"member": [ANN]}), ["/authority/member"]),
    (a_statement(authority=CLASS | {"member": [ANN, BOB, ANN]}), ["/authority/member"]),
    (a_statement(authority=CLASS | {"mbox": "mailto:a@b.c"}), ["/authority/mbox"]),
    (a_statement(verb={}), ["/verb/id"]),
    (a_statement(verb="read"), ["/verb"]),
    (a_statement(verb={"id": "read"}), ["/verb/id"]),
    (a_statement(verb={"id": "http://example.com/re ad"}), ["/verb/id"]),
    (a_statement(verb={"id": "http://example.com/<read>"}), ["/verb/id"]),
    (a_statement(verb={"id": "http://example.com/100%"}), ["/verb/id"]),
    (a_statement(verb={"id": "http://example.com/\u0085"}), ["/verb/id"]),
    (a_statement(verb={"id": "1http://example.com"}), ["/verb/id"]),
    (a_statement(verb={"id": "://example.com"}), ["/verb/id"]),
    (a_statement(verb={"id": "x:y", "display": "read"}), ["/verb/display"]),
    (a_statement(verb={"id": "x:y", "display": {"en": 1}}), ["/verb/display/en"]),
    (a_statement(verb={"id": VOIDED}), ["/object/objectType"]),
    (a_statement(verb={"id": VOIDED}, object=ANN | {"objectType": "Agent"}), ["/object/objectType"]),
    (a_statement(object=5), ["/object"]),
    (a_statement(object=ANN), ["/object/mbox", "/object/id"]),
    (a_statement(object=BOOK | {"objectType": "activity"}), ["/object/objectType"]),
    (a_statement(object=BOOK | {"objectType": 1}), ["/object/objectType"]),
    (a_statement(object=REF | {"id": "x"}), ["/object/id"]),
    (a_statement(object={"objectType": "StatementRef", "x": 1}), ["/object/x", "/object/id"]),
    (a_statement(object={"objectType": "Agent"}), ["/object"]),
    (a_statement(object=SUBSTATEMENT | {"object": SUBSTATEMENT}), ["/object/object/objectType"]),
    (a_statement(object=SUBSTATEMENT | {"id": UUID, "stored": 1}), ["/object/id", "/object/stored"]),
    (
        a_statement(object=SUBSTATEMENT | {"version": "1.0", "authority": ANN}),
        ["/object/version", "/object/authority"],
    ),
    (
        a_statement(object=SUBSTATEMENT | {"object": REF, "context": {"platform": "x"}}),
        ["/object/context/platform"],
    ),
    (a_definition(name={"a12345": "x"}), ["/object/definition/name/a12345"]),
    (a_definition(type="book"), ["/object/definition/type"]),
    (a_definition(moreInfo=""), ["/object/definition/moreInfo"]),
    (a_definition(extensions={"not.valid.com/x": 1}), ["/object/definition/extensions/not.valid.com~1x"]),
    (a_definition(extensions=[]), ["/object/definition/extensions"]),
    (a_definition(interactionType="Choice"), ["/object/definition/interactionType"]),
    (a_definition(choices=[{"id": "a"}]), ["/object/definition/interactionType"]),
    (a_definition(correctResponsesPattern=["a"]), ["/object/definition/interactionType"]),
    (
        a_definition(interactionType="choice", correctResponsesPattern="a"),
        ["/object/definition/correctResponsesPattern"],
    ),
    (
        a_definition(interactionType="choice", choices=[{"id": "a"}, {"id": "a"}]),
        ["/object/definition/choices"],
    ),
    (
        a_definition(interactionType="choice", choices=[{"id": ["a"]}, {}]),
        ["/object/definition/choices/0/id", "/object/definition/choices/1/id"],
    ),
    (a_result(score=1), ["/result/score"]),
    (a_result(score={"scaled": 1.01}), ["/result/score/scaled"]),
    (a_result(score={"scaled": "1"}), ["/result/score/scaled"]),
    (a_result(score={"raw": True}), ["/result/score/raw"]),
    (a_result(score={"min": 1, "max": 1}), ["/result/score"]),
    (a_result(score={"raw": 0, "min": 1, "max": 2}), ["/result/score"]),
    (a_result(score={"raw": 3, "min": 5, "max": 2}), ["/result/score"]),
    (a_result(score={"raw": 1, "min": None}), ["/result/score/min"]),
    (a_result(success="true", completion=1), ["/result/success", "/result/completion"]),
    (a_result(duration="P4W1D"), ["/result/duration"]),
    (a_result(duration="PT"), ["/result/duration"]),
    (a_result(duration="PT1.5H1M"), ["/result/duration"]),
    (a_result(extensions={"": 1}), ["/result/extensions/"]),
    (a_context(registration="x"), ["/context/registration"]),
    (a_context(team=ANN), ["/context/team/objectType"]),
    (a_context(language="english language"), ["/context/language"]),
    (a_context(statement={"id": UUID}), ["/context/statement/objectType"]),
    (a_context(contextActivities={"Parent": BOOK}), ["/context/contextActivities/Parent"]),
    (a_context(contextActivities={"parent": [BOOK, {"id": 1}]}), ["/context/contextActivities/parent/1/id"]),
    (a_context(contextActivities={"parent": "x"}), ["/context/contextActivities/parent"]),
    (a_context(contextActivities=[]), ["/context/contextActivities"]),
    (a_context(platform="x", revision="y") | {"object": REF}, ["/context/platform", "/context/revision"]),
    (a_statement(attachments=ATTACHMENT), ["/attachments"]),
    (a_statement(attachments=[5]), ["/attachments/0"]),
    (a_statement(attachments=[ATTACHMENT | {"length": -1}]), ["/attachments/0/length"]),
    (a_statement(attachments=[ATTACHMENT | {"length": 1.5}]), ["/attachments/0/length"]),
    (a_statement(attachments=[ATTACHMENT | {"sha2": "ab"}]), ["/attachments/0/sha2"]),
    (a_statement(attachments=[ATTACHMENT | {"contentType": "text"}]), ["/attachments/0/contentType"]),
    (a_statement(attachments=[ATTACHMENT | {"fileUrl": "file"}]), ["/attachments/0/fileUrl"]),
    (5, [""]),
    (None, [""]),
    ([a_statement()], [""]),
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("statement", ACCEPTED)
def test_what_the_standard_allows_has_no_fault(statement: Json, version: Version) -> None:
    assert check.statement(statement, version) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize(("statement", "pointers"), REFUSED)
def test_every_fault_is_found_at_its_place(statement: Any, pointers: list[str], version: Version) -> None:
    assert sorted(set(faults(statement, version))) == sorted(pointers)


LANGUAGES = [
    "de",
    "de-DE",
    "zh-Hant",
    "sr-Latn-RS",
    "zh-Hans-CN",
    "es-MX",
    "cmn",
    "ase",
    "es-419",
    "sl-rozaj-biske",
]
MORE_LANGUAGES = [
    "de-CH-1901",
    "zh-yue-HK",
    "en-u-ca-gregory",
    "en-t-jp-u-ca-buddhist",
    "x-klingon",
    "i-default",
    "DE-de",
]
NO_LANGUAGES = [
    "",
    "something",
    "a12345",
    "zh-z-aaa-z-bbb-c-ccc",
    "d",
    "de_DE",
    "de-",
    "-de",
    "de-u",
    "12",
    "en US",
    "en\n",
]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tag", LANGUAGES + MORE_LANGUAGES)
def test_a_tag_of_rfc_5646_is_a_language_wherever_one_stands(tag: str, version: Version) -> None:
    assert faults(a_context(language=tag), version) == []
    assert faults(a_statement(verb={"id": "x:y", "display": {tag: "x"}}), version) == []


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("tag", NO_LANGUAGES)
def test_any_other_tag_is_no_language_wherever_it_stands(tag: str, version: Version) -> None:
    assert faults(a_context(language=tag), version) == ["/context/language"]
    for name in ("name", "description"):
        assert faults(a_definition(**{name: {tag: "x"}}), version) == [f"/object/definition/{name}/{tag}"]
    described = a_definition(interactionType="choice", choices=[{"id": "a", "description": {tag: "x"}}])
    assert faults(described, version) == [f"/object/definition/choices/0/description/{tag}"]
    attached = a_statement(attachments=[ATTACHMENT | {"display": {tag: "x"}}])
    assert faults(attached, version) == [f"/attachments/0/display/{tag}"]


CONTEXT_AGENT = {"objectType": "contextAgent", "agent": ANN, "relevantTypes": ["http://example.com/player"]}
CONTEXT_GROUP = {"objectType": "contextGroup", "group": CLASS}


def test_context_agents_and_groups_came_with_2_0() -> None:
    sent = a_context(contextAgents=[CONTEXT_AGENT], contextGroups=[CONTEXT_GROUP])
    assert faults(sent, "2.0.0") == []
    assert faults(sent, "1.0.3") == ["/context/contextAgents", "/context/contextGroups"]
    within = a_statement(object=SUBSTATEMENT | {"context": sent["context"]})
    assert faults(within, "2.0.0") == []
    assert faults(within, "1.0.3") == ["/object/context/contextAgents", "/object/context/contextGroups"]


@pytest.mark.parametrize(
    ("context", "pointers"),
    [
        ({"contextAgents": CONTEXT_AGENT}, ["/contextAgents"]),
        ({"contextAgents": [{"agent": ANN}]}, ["/contextAgents/0/objectType"]),
        (
            {"contextAgents": [CONTEXT_AGENT | {"objectType": "ContextAgent"}]},
            ["/contextAgents/0/objectType"],
        ),
        (
            {"contextAgents": [CONTEXT_AGENT | {"agent": CLASS}]},
            ["/contextAgents/0/agent/objectType", "/contextAgents/0/agent/member", "/contextAgents/0/agent"],
        ),
        ({"contextAgents": [CONTEXT_AGENT | {"relevantTypes": []}]}, ["/contextAgents/0/relevantTypes"]),
        (
            {"contextAgents": [CONTEXT_AGENT | {"relevantTypes": ["abc"]}]},
            ["/contextAgents/0/relevantTypes/0"],
        ),
        ({"contextGroups": [CONTEXT_GROUP | {"agent": ANN}]}, ["/contextGroups/0/agent"]),
        ({"contextGroups": [{"objectType": "contextGroup"}]}, ["/contextGroups/0/group"]),
    ],
)
def test_faults_of_context_agents_and_groups_are_found(context: Json, pointers: list[str]) -> None:
    assert sorted(faults(a_context(**context))) == sorted(f"/context{pointer}" for pointer in pointers)


@pytest.mark.parametrize(
    ("changes", "old", "new"),
    [
        ({"version": "2.0.0"}, ["/version"], []),
        ({"version": "1.0.3"}, [], []),
        ({"timestamp": "20260102T030405Z"}, [], ["/timestamp"]),
        ({"timestamp": "2026-01-02T03:04:05"}, [], ["/timestamp"]),
        ({"timestamp": "2026-01-02T03:04:05+0100"}, [], ["/timestamp"]),
        ({"timestamp": "2026-01-02"}, [], ["/timestamp"]),
        ({"timestamp": "2026-01-02T03:04:05+01:00"}, [], []),
    ],
)
def test_versions_and_timestamps_follow_the_version_of_the_request(
    changes: Json, old: list[str], new: list[str]
) -> None:
    assert faults(a_statement(**changes), "1.0.3") == old
    assert faults(a_statement(**changes), "2.0.0") == new


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        (a_statement(Result={}), "A statement has no property Result; it is spelled result."),
        (a_statement(result=None), "A value is null only inside of extensions."),
        (a_statement(verb={}), "A verb needs the property id."),
        (a_statement(verb=[]), "A verb must be an object."),
        (a_result(success="true"), "This must be true or false."),
        (a_definition(interactionType="x"), "The interactionType is true-false, choice, fill-in, "),
        (a_definition(steps=[]), "The definition of an Activity needs interactionType beside "),
        (a_definition(extensions={"x": 1}), "The key of an extension is an IRI: "),
        (a_definition(name={"x": "y"}), "The key in a language map is a tag of RFC 5646, "),
        (
            a_statement(actor={"name": "x"}),
            "An Agent has exactly one of mbox, mbox_sha1sum, openid and account.",
        ),
        (
            a_statement(verb={"id": VOIDED}),
            "The object of a statement with the verb voided is a StatementRef ",
        ),
        (a_result(score={"min": 2, "max": 1, "raw": 3}), "In a score min is less than max, "),
        (a_context(platform="x") | {"object": REF}, "A context has revision and platform only where "),
    ],
)
def test_a_fault_says_the_rule_in_words(statement: Json, sentence: str) -> None:
    [fault] = check.statement(statement, "1.0.3")
    assert fault.rule.startswith(sentence)
    assert fault.section.startswith("Data ")
    [fault] = check.statement(statement, "2.0.0")
    assert fault.rule.startswith(sentence)
    assert fault.section.startswith("IEEE 9274.1.1 4.2")


def test_all_faults_come_at_once_and_say_where_they_stand_in_a_batch() -> None:
    sent = a_statement(actor={"mbox": "ann"}, verb={"display": 1}, result={"score": {"raw": "1"}})
    found = check.statement(sent, "1.0.3", at="/3")
    assert [fault.pointer for fault in found] == [
        "/3/actor/mbox",
        "/3/verb/id",
        "/3/verb/display",
        "/3/result/score/raw",
    ]


def test_checking_leaves_the_statement_as_it_is() -> None:
    for statement, _ in REFUSED:
        before = deepcopy(statement)
        check.statement(statement, "2.0.0")
        assert statement == before


def test_a_property_with_a_slash_or_tilde_is_escaped_in_the_pointer() -> None:
    assert faults(a_statement(**{"a/b~c": 1})) == ["/a~1b~0c"]


@pytest.mark.parametrize("levels", [200, 300, 5_000])
def test_no_depth_breaks_the_check(levels: int) -> None:
    deep: Any = 1
    for _ in range(levels):
        deep = {"x": deep}
    assert check.statement(a_result(extensions={"x:y": deep}), "2.0.0") == []
    for statement in (a_statement(foo=deep), a_statement(actor=deep), a_result(score={"min": deep})):
        assert check.statement(statement, "2.0.0")


MANY = {f"key{number}": number for number in range(100_000)}
# Each has more faults than are told, or else one beside very much that is right.
HOSTILE = {
    "properties": a_statement(**MANY),
    "extensions": a_result(extensions=MANY),
    "languages": a_statement(verb={"id": "x:y", "display": MANY}),
    "activities": a_context(contextActivities={"parent": [{"id": "x:y", "foo": 1}] * 50_000}),
    "members": a_statement(actor={"objectType": "Group", "member": [{}] * 100_000}),
    "attachments": a_statement(attachments=[{}] * 100_000),
    "no objects": a_statement(attachments=[1] * 100_000),
    "long": a_statement(actor={"objectType": "Group", "name": "x" * 30_000_000, "mbox": 1, "openid": 1}),
    "one of many": a_statement(actor={"objectType": "Group", "member": [*[ANN] * 50_000, {"mbox": "ann"}]}),
    "one beside many": a_context(contextActivities={"parent": [BOOK] * 50_000}, foo=1),
}


@pytest.mark.parametrize("statement", HOSTILE.values(), ids=HOSTILE)
def test_no_number_of_faults_takes_much_memory_or_time(statement: Json) -> None:
    check.statement(statement, "2.0.0")
    tracemalloc.start()
    began = monotonic()
    found = check.statement(statement, "2.0.0")
    seconds, (_, most) = monotonic() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0 < len(found) <= check.MOST_FAULTS
    assert seconds < 3
    assert most < 4_000_000


def test_all_faults_of_a_large_statement_are_told() -> None:
    parents = [BOOK | {"definition": {"name": {"en": "x" * 1000}}} for _ in range(200)]
    for number in (3, 150):
        parents[number] = {"id": "x:y", "foo": number}
    sent = a_context(contextActivities={"parent": parents}, registration="x")
    where = "/context/contextActivities/parent"
    assert faults(sent) == ["/context/registration", f"{where}/3/foo", f"{where}/150/foo"]


def test_of_very_many_faults_the_first_are_told() -> None:
    parents = [{"id": "x:y", "foo": number} for number in range(20_000)]
    found = faults(a_context(contextActivities={"parent": parents}))
    assert found == [f"/context/contextActivities/parent/{n}/foo" for n in range(check.MOST_FAULTS)]


@pytest.mark.parametrize("version", VERSIONS)
def test_an_agent_outside_of_a_statement_must_name_somebody(version: Version) -> None:
    assert check.agent(ANN, version) == []
    assert check.agent({"objectType": "Group", "mbox": "mailto:all@example.com"}, version) == []
    assert [fault.pointer for fault in check.agent({"mbox": "ann"}, version, at="agent")] == ["agent/mbox"]
    assert [fault.pointer for fault in check.agent(CLASS, version, at="agent")] == ["agent"]
    assert [fault.pointer for fault in check.agent("ann", version, at="agent")] == ["agent"]


def test_an_id_stands_once_in_a_batch() -> None:
    batch = ["a", "b", "c", "b"]
    assert check.duplicates(batch[:3]) == []
    assert check.duplicates(batch) == [Fault("/3/id", "The statement at /1 has this id, too.", "Data 2.4.1")]


@pytest.mark.skipif(not SHARED_DATA.exists(), reason="the real statements are not here")
@pytest.mark.parametrize("version", VERSIONS)
def test_real_statements_are_valid(version: Version) -> None:
    with gzip.open(SHARED_DATA / "statements/ralph_funmooc_video_22000.jsonl.gz") as lines:
        statements = [raw.parse(line, max_depth=64) for line in lines]
    statements += orjson.loads((SHARED_DATA / "statements/dave_ds.json").read_bytes())
    assert len(statements) == 22_224
    assert [one["id"] for one in statements if check.statement(one, version)] == []
