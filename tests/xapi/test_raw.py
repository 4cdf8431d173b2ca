from __future__ import annotations

import json
import math
import sys
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.errors import MalformedJSON
from lrs.xapi import raw

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**64 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def parse(text: bytes | str, max_depth: int = 64) -> Any:
    return raw.parse(text if isinstance(text, bytes) else text.encode(), max_depth=max_depth)


@given(values, st.booleans(), st.sampled_from([None, 2]))
def test_a_json_text_is_read_however_it_is_written(value: Any, ascii_only: bool, indent: int | None) -> None:
    assert parse(json.dumps(value, ensure_ascii=ascii_only, indent=indent)) == value


@pytest.mark.parametrize(
    "text",
    [
        '{"a":1,"a":1}',
        '{"a":1, "b":{"c":[{"d":1,"d":2}]}}',
        '{"a":1,"\\u0061":2}',
        '{"é":1,"\\u00e9":2}',
        '{"a:":":","a:":":"}',
        '{"a":1,"a":"\\u003a"}',
        '{"a":1,"a":"\\u003A\\u003a\\u003a"}',
        '{"a":":::","a":"\\u003a\\u003a\\u003a\\u003a"}',
        '[{"":0,"":0}]',
        '{"a":{"a":{"a":1}},"b":2,"a":3}',
    ],
)
def test_a_repeated_key_is_refused_wherever_it_hides(text: str) -> None:
    with pytest.raises(MalformedJSON, match="twice"):
        parse(text)


@given(values.filter(lambda value: isinstance(value, dict) and value), st.data())
def test_a_key_repeated_anywhere_is_refused(value: dict[str, Any], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    member = json.dumps({key: data.draw(values)}, ensure_ascii=data.draw(st.booleans()))[1:-1]
    text = json.dumps(value)
    doubled = data.draw(st.sampled_from([f"{{{member},{text[1:]}", f"{text[:-1]},{member}}}"]))
    with pytest.raises(MalformedJSON, match="twice"):
        parse(data.draw(st.sampled_from([doubled, f'[[{{"x":{doubled}}}]]'])))


def test_equal_keys_in_different_objects_are_fine() -> None:
    assert parse('[{"a":1},{"a":2},{"a":{"a":3}}]') == [{"a": 1}, {"a": 2}, {"a": {"a": 3}}]
    assert parse('{"a":"\\u003a","b":"\\\\u003a"}') == {"a": ":", "b": "\\u003a"}


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0),
        ("-0.0", -0.0),
        ("1.10", 1.1),
        ("1E5", 1e5),
        ("18446744073709551615", 2**64 - 1),
        ("-9223372036854775808", -(2**63)),
        ("12345678901234567890123", 1.2345678901234568e22),
        ("0." + "1" * 10_000, 1 / 9),
        ("1e400", sys.float_info.max),
        ("-1e400", -sys.float_info.max),
        ("9" * 5_000, sys.float_info.max),
        ("-" + "9" * 5_000, -sys.float_info.max),
        ("1e-400", 0.0),
    ],
)
def test_every_number_of_json_is_read_as_the_nearest_one(text: str, number: float) -> None:
    for found in (parse(text), parse(f'{{"\\u003a":{text}}}')[":"]):
        assert found == pytest.approx(number, rel=1e-15)
        assert math.isfinite(found)
    assert type(parse(text)) is type(parse(f'{{"\\u003a":{text}}}')[":"])


@pytest.mark.parametrize(
    "text", ["NaN", "[Infinity]", '{"a":-Infinity}', "01", "+1", "1.", ".5", "0x1", "1e", "--1"]
)
def test_a_number_that_is_not_of_json_is_refused(text: str) -> None:
    with pytest.raises(MalformedJSON):
        parse(text)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"\xef\xbb\xbf{}", "byte order mark"),
        (b'{"a":1} x', "line 1, column 9"),
        (b"{}{}", "line 1, column 3"),
        (b'"\xff"', "not UTF-8"),
        (b'"\xed\xa0\x80"', "not UTF-8"),
        (b'"\xc0\x80"', "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b'"\\ud800"', "surrogate"),
        (b'{"\\udc00":1}', "surrogate"),
        (b'["\\ude00\\ud83d"]', "surrogate"),
        (b"{'a':1}", "not JSON"),
        (b'{"a":1,}', "not JSON"),
        (b'{"a"', "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b"\x00", "not JSON"),
        (b'"\\x"', "not JSON"),
        (b"undefined", "not JSON"),
    ],
)
def test_what_is_not_json_is_refused_with_a_sentence_that_helps(text: bytes, sentence: str) -> None:
    with pytest.raises(MalformedJSON, match=sentence):
        parse(text)


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert parse('"\\ud83d\\ude00 \\u003a"') == "😀 :"


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}"), ('[{"a":', "}]")])
def test_nesting_is_allowed_to_the_very_limit(opening: str, closing: str) -> None:
    levels = len([one for one in opening if one in "[{"])
    text = opening * (60 // levels) + "1" + closing * (60 // levels)
    assert parse(text, max_depth=60)
    with pytest.raises(MalformedJSON, match="more than 59 deep"):
        parse(text, max_depth=59)


def test_only_nesting_counts_towards_the_limit() -> None:
    wide = '[{"a:[{":"[[[[{{{{::::"},[],{},[]]'
    assert parse(wide, max_depth=2) == json.loads(wide)
    with pytest.raises(MalformedJSON, match="more than 1 deep"):
        parse(wide, max_depth=1)
    with pytest.raises(MalformedJSON, match="more than 1 deep"):
        parse("[[]]", max_depth=1)


def depth(value: Any) -> int:
    if not isinstance(value, (dict, list)):
        return 0
    children = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, children), default=0)


@given(values, st.integers(0, 6))
def test_the_limit_is_exact(value: Any, max_depth: int) -> None:
    text = orjson.dumps(value)
    if depth(value) <= max_depth:
        assert parse(text, max_depth) == value
    else:
        with pytest.raises(MalformedJSON):
            parse(text, max_depth)


@pytest.mark.parametrize("levels", [255, 500, 1_000, 2_000, 200_000])
def test_no_depth_breaks_the_parser(levels: int) -> None:
    for opening, closing in (("[", "]"), ('{"a":', "}")):
        for text in (opening * levels, opening * levels + "1" + closing * levels):
            with pytest.raises(MalformedJSON):
                parse(text)


def test_deep_nesting_is_read_where_the_limit_allows_it() -> None:
    found, levels = parse("[" * 500 + "]" * 500, max_depth=500), 1
    while found:
        [found], levels = found, levels + 1
    assert levels == 500


@given(st.binary() | st.text().map(str.encode) | st.from_regex(rb'[\[\]{}",:0-9a\\u.eE+ -]{0,40}'))
def test_any_bytes_are_json_or_malformed(text: bytes) -> None:
    try:
        value = parse(text)
    except MalformedJSON:
        return
    assert orjson.loads(json.dumps(value)) == value
    assert str(json.loads(text))[:1] == str(value)[:1]


@given(st.lists(values))
def test_an_array_is_split_into_the_texts_of_its_elements(array: list[Any]) -> None:
    texts = [json.dumps(one, indent=1) for one in array]
    assert raw.split(f" [ {' , '.join(texts)} ] ".encode()) == [text.encode() for text in texts]


def test_the_texts_of_members_are_as_they_were_sent() -> None:
    text = b'{ "a\\u0020b" : 1.10 , "c":12345678901234567890123,"d":[ 1e400 ] }'
    assert raw.members(text) == {"a b": b"1.10", "c": b"12345678901234567890123", "d": b"[ 1e400 ]"}
