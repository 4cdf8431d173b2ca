"""Statements follow a Pattern, are on the way, or are rejected, and why: Structure 9.0, Communication 2.2."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import product
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.xapi_profiles import greedy
from tests.xapi_profiles.builders import SHARED, a_pattern, a_profile, a_template, needs_shared_data, template
from tests.xapi_profiles.greedy import Element, Word
from xapi_profiles import OtherPatterns, Profile, Standing, advance, begin, load, standings, status
from xapi_profiles.automaton import MOST_STATES, Automaton

ALPHABET = "abc"
Status = str


def automaton(element: Element) -> Automaton:
    """Of a pattern as greedy.py writes it."""
    patterns: dict[str, Any] = {}
    return Automaton(_named(element, patterns), patterns, [*ALPHABET])


def _named(element: Element, patterns: dict[str, Any]) -> str:
    if isinstance(element, str):
        return element
    operator, operand = element
    several = isinstance(operand, list)
    inside = [_named(one, patterns) for one in (operand if several else [operand])]
    name = f"p{len(patterns)}"
    patterns[name] = {operator: inside if several else inside[0]}
    return name


def outcome(element: Element, word: Sequence[frozenset[str]]) -> Status:
    found = automaton(element)
    states = found.begun
    for letter in word:
        states = found.step(states, letter)
    return "accepted" if found.accepts(states) else "in progress" if states else "rejected"


def a_word(letters: str) -> Word:
    return tuple(frozenset(letter) for letter in letters)


SEQ, ALT = ("sequence", ["a", "b"]), ("alternates", ["a", "b"])
OPT, PLUS, STAR = ("optional", "a"), ("oneOrMore", "a"), ("zeroOrMore", "a")


# --- rule by rule ---


@pytest.mark.parametrize(
    ("element", "accepted", "in_progress", "rejected"),
    [
        (SEQ, ["ab"], ["", "a"], ["b", "aa", "ba", "abc", "abab"]),
        (ALT, ["a", "b"], [""], ["c", "ab", "aa"]),
        (OPT, ["", "a"], [], ["b", "aa"]),
        (PLUS, ["a", "aa", "aaaa"], [""], ["b", "ab"]),
        (STAR, ["", "a", "aaaa"], [], ["b", "aab"]),
        (("sequence", [STAR, "b"]), ["b", "ab", "aab"], ["", "a", "aa"], ["c", "ba", "bb"]),
        (("sequence", [STAR, "a"]), ["a", "aa", "aaa"], [""], ["b"]),
        (("sequence", [OPT, "a", "b"]), ["ab", "aab"], ["", "a", "aa"], ["aaa", "b"]),
        (("alternates", [SEQ, "a"]), ["a", "ab"], [""], ["b", "aa"]),
        (("oneOrMore", SEQ), ["ab", "abab"], ["", "a", "aba"], ["b", "abb"]),
        (("oneOrMore", OPT), ["", "a", "aa"], [], ["b"]),
        (("zeroOrMore", ALT), ["", "ab", "bbab"], [], ["c"]),
    ],
)
def test_each_operator(
    element: Element, accepted: list[str], in_progress: list[str], rejected: list[str]
) -> None:
    assert {word: outcome(element, a_word(word)) for word in (*accepted, *in_progress, *rejected)} == {
        **dict.fromkeys(accepted, "accepted"),
        **dict.fromkeys(in_progress, "in progress"),
        **dict.fromkeys(rejected, "rejected"),
    }


def test_a_statement_that_follows_several_templates_is_any_of_them() -> None:
    both = frozenset("ab")
    assert outcome(SEQ, (both, both)) == "accepted"
    assert outcome(SEQ, (frozenset("b"), both)) == "rejected"


def test_a_statement_that_follows_none_is_rejected() -> None:
    assert outcome(STAR, (frozenset(),)) == "rejected"


# --- against two other ways to say it ---


def _ends(element: Element, word: Word, start: int) -> set[int]:
    """The naive way: everywhere that a match from here may end."""
    if isinstance(element, str):
        return {start + 1} if start < len(word) and element in word[start] else set()
    operator, operand = element
    if operator == "sequence":
        found = {start}
        for one in operand:
            found = {end for place in found for end in _ends(one, word, place)}
        return found
    if operator == "alternates":
        return {end for one in operand for end in _ends(one, word, start)}
    once = _ends(operand, word, start)
    if operator == "optional":
        return once | {start}
    found, new = set(once), set(once)
    while new := {end for place in new for end in _ends(operand, word, place)} - found:
        found |= new
    return found | ({start} if operator == "zeroOrMore" else set())


def naive(element: Element, word: Word, longest: int) -> Status:
    """Accepted where a match ends at the end; in progress where some way to go on is accepted."""
    if len(word) in _ends(element, word, 0):
        return "accepted"
    everything = frozenset(ALPHABET)
    for further in range(1, longest + 1):
        if len(word) + further in _ends(element, word + (everything,) * further, 0):
            return "in progress"
    return "rejected"


def _least(element: Element) -> int:
    """How many statements the shortest match has."""
    if isinstance(element, str):
        return 1
    operator, operand = element
    if operator == "sequence":
        return sum(map(_least, operand))
    if operator == "alternates":
        return min(map(_least, operand))
    return _least(operand) if operator == "oneOrMore" else 0


def _most(element: Element) -> int:
    """How many templates it has: whatever has begun can be ended with so many statements."""
    if isinstance(element, str):
        return 1
    _, operand = element
    return sum(map(_most, operand)) if isinstance(operand, list) else _most(operand)


_elements = st.recursive(
    st.sampled_from(ALPHABET),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["sequence", "alternates"]), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(st.sampled_from(["optional", "oneOrMore", "zeroOrMore"]), inner),
    ),
    max_leaves=6,
)
_words = st.lists(st.frozensets(st.sampled_from(ALPHABET), max_size=2), max_size=5).map(tuple)


@given(element=_elements, word=_words)
def test_the_automaton_agrees_with_a_naive_matcher(element: Element, word: Word) -> None:
    assert outcome(element, word) == naive(element, word, longest=_most(element))


@given(element=_elements)
def test_without_statements_it_is_accepted_or_in_progress(element: Element) -> None:
    assert outcome(element, ()) == ("accepted" if _least(element) == 0 else "in progress")


@given(element=_elements, word=_words)
@example(element=("sequence", [STAR, "b"]), word=a_word("aab"))
def test_what_the_greedy_matching_takes_whole_the_automaton_does_not_reject(
    element: Element, word: Word
) -> None:
    found, remaining = greedy.matches(word, element)
    if found != "failure" and not remaining and word:
        assert outcome(element, word) != "rejected"


def test_the_greedy_matching_takes_what_has_only_begun_for_the_whole() -> None:
    """zeroOrMore returns success where what it repeats was partial and no statement is left."""
    begun = ("zeroOrMore", ("sequence", ["a", "b"]))
    assert greedy.matches(a_word("a"), begun) == ("success", ())
    assert outcome(begun, a_word("a")) == "in progress"


def test_the_greedy_matching_fails_where_it_would_have_to_go_back() -> None:
    element = ("sequence", [STAR, "a"])
    assert greedy.matches(a_word("aa"), element) == ("partial", ())
    assert outcome(element, a_word("aa")) == "accepted"
    choice = ("sequence", [("alternates", [SEQ, "a"]), "b"])
    assert greedy.matches(a_word("ab"), choice) == ("partial", ())
    assert outcome(choice, a_word("ab")) == "accepted"


# --- a state that is kept and goes on ---


def the_profile(*patterns: Any) -> Profile:
    templates = [a_template(name) for name in ("start", "handoff", "placing")]
    (profile,) = load(a_profile(templates=templates, patterns=[*patterns]))
    return profile


RELAY = [
    a_pattern("relay", "sequence", "start", "#handoffs", "placing", primary=True),
    a_pattern("handoffs", "oneOrMore", "handoff"),
]


def after(profile: Profile, *names: str) -> list[Standing]:
    """Where the Patterns are after statements that follow these templates, the state written each time."""
    state = begin(profile.patterns)
    for number, name in enumerate(names):
        followed = [template(each) for each in name.split("+")] if name else []
        state = advance(profile.patterns, state, statement=f"s{number}", templates=followed)
        state = json.loads(json.dumps(state))
    return standings(profile.patterns, state)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ([], "in progress"),
        (["start"], "in progress"),
        (["start", "handoff", "handoff"], "in progress"),
        (["start", "handoff", "placing"], "accepted"),
        (["start", "placing"], "rejected"),
        (["start", "handoff", "placing", "start"], "rejected"),
    ],
)
def test_the_relay_of_the_specification(names: list[str], expected: str) -> None:
    assert status(after(the_profile(*RELAY), *names)) == expected


def test_what_may_come_next_is_told() -> None:
    (found,) = after(the_profile(*RELAY), "start", "handoff")
    assert found.expected == sorted([template("handoff"), template("placing")])


def test_a_rejection_names_the_statement_and_what_should_have_come() -> None:
    (found,) = after(the_profile(*RELAY), "start", "placing", "handoff")
    assert (found.status, found.rejected, found.expected) == ("rejected", "s1", [template("handoff")])
    assert (
        found.reason == f"it follows {template('placing')}, where the Pattern expects {template('handoff')}"
    )


def test_a_rejection_for_want_of_a_template_or_of_more_says_so() -> None:
    (nothing,) = after(the_profile(*RELAY), "")
    assert nothing.reason == f"it follows no template, where the Pattern expects {template('start')}"
    (more,) = after(the_profile(*RELAY), "start", "handoff", "placing", "placing")
    assert more.reason.endswith("where the Pattern expects nothing more")


def test_only_primary_patterns_are_followed_and_one_is_enough() -> None:
    other = a_pattern("walk", "sequence", "start", "placing", primary=True)
    profile = the_profile(*RELAY, other)
    found = {one.pattern.rpartition("/")[2]: one.status for one in after(profile, "start", "placing")}
    assert found == {"relay": "rejected", "walk": "accepted"}
    assert status(after(profile, "start", "placing")) == "accepted"
    assert status(after(profile, "start")) == "in progress"
    assert status(after(profile, "handoff")) == "rejected"


def test_a_profile_without_primary_patterns_accepts_nothing() -> None:
    assert status(after(the_profile(RELAY[1]))) == "rejected"


def test_a_state_of_other_patterns_is_refused() -> None:
    state = begin(the_profile(*RELAY).patterns)
    changed = the_profile(a_pattern("relay", "sequence", "start", "placing", primary=True))
    with pytest.raises(OtherPatterns):
        advance(changed.patterns, state, statement="s", templates=[])
    with pytest.raises(OtherPatterns):
        standings(changed.patterns, {"patterns": {}})


def test_a_pattern_with_a_part_that_is_unknown_is_told_and_not_followed() -> None:
    broken = a_pattern("broken", "sequence", "start", "missing", primary=True)
    profile = the_profile(*RELAY, broken)
    assert [*profile.patterns] == [RELAY[0]["id"]]
    assert profile.faults[-1].pointer == "/patterns/2"
    assert f"is not checked: {template('missing')} is not known" in profile.faults[-1].rule


def test_patterns_that_double_each_other_do_not_fill_the_memory() -> None:
    doubling = [a_pattern(f"p{n}", "sequence", *[f"#p{n + 1}"] * 2, primary=n == 0) for n in range(60)]
    profile = the_profile(*doubling, a_pattern("p60", "optional", "start"))
    assert not profile.patterns
    assert f"larger than {MOST_STATES}" in profile.faults[-1].rule


def test_patterns_nested_without_end_are_told() -> None:
    chain = [a_pattern(f"p{n}", "optional", f"#p{n + 1}", primary=n == 0) for n in range(200)]
    profile = the_profile(*chain, a_pattern("p200", "optional", "start"))
    assert not profile.patterns
    assert "nested more than" in profile.faults[-1].rule


# --- the sessions of cmi5 ---

CMI5 = "https://w3id.org/xapi/cmi5"


def session(words: str) -> Status:
    (profile,) = load(SHARED / "profiles" / "cmi5.jsonld")
    state = begin(profile.patterns)
    for word in words.split():
        followed = [f"{CMI5}#generalrestrictions", f"{CMI5}#{word}"]
        state = advance(profile.patterns, state, statement=word, templates=followed)
    return status(standings(profile.patterns, state))


@needs_shared_data
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("", "accepted"),
        ("launched", "in progress"),
        ("launched initialized completed", "in progress"),
        ("launched initialized completed terminated", "accepted"),
        ("launched initialized completed satisfied passed satisfied terminated", "accepted"),
        ("launched initialized passed completed abandoned launched initialized terminated", "accepted"),
        ("launched initialized failed completed terminated", "accepted"),
        ("satisfied waived satisfied", "accepted"),
        ("launched launched", "rejected"),
        ("initialized", "rejected"),
        ("launched initialized passed failed", "rejected"),
    ],
)
def test_sessions_of_cmi5(words: str, expected: Status) -> None:
    assert session(words) == expected


@needs_shared_data
def test_the_greedy_matching_takes_half_a_session_of_cmi5_for_a_whole_one() -> None:
    document = json.loads((SHARED / "profiles" / "cmi5.jsonld").read_text())
    patterns = {one["id"]: one for one in document["patterns"]}

    def element(id: str) -> Element:
        if id not in patterns:
            return id
        operator = next(name for name in greedy_operators if name in patterns[id])
        operand = patterns[id][operator]
        return operator, [element(one) for one in operand] if isinstance(operand, list) else element(operand)

    greedy_operators = ("sequence", "alternates", "optional", "oneOrMore", "zeroOrMore")
    half = tuple(frozenset([f"{CMI5}#{verb}"]) for verb in ("launched", "initialized", "completed"))
    assert greedy.matches(half, element(f"{CMI5}#toplevel")) == ("success", ())
    assert session("launched initialized completed") == "in progress"


def test_states_are_the_same_numbers_in_every_process() -> None:
    """They are kept. If this fails on purpose, what is kept has to be made anew."""
    assert automaton(("sequence", [STAR, ALT])).fingerprint == "548c84ee0ff8424e"


def test_small_words_against_the_naive_matcher_one_by_one() -> None:
    element = ("sequence", [("zeroOrMore", ALT), "a", ("optional", "c")])
    for length in range(5):
        for letters in product(ALPHABET, repeat=length):
            word = a_word("".join(letters))
            assert outcome(element, word) == naive(element, word, longest=4)
