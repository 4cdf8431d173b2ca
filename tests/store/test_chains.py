"""What statements take over along references has an end, and one statement by itself never reaches it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.errors import TooLarge
from lrs.store import chains, gist, rows
from lrs.store.chains import Reached, take_over
from lrs.store.rows import Reference, Rows
from tests.store.test_filters import AUTHORITY, Json, groups, statements


def an_id(number: int) -> bytes:
    return UUID(int=number + 1).bytes


def a_term(number: int) -> bytes:
    return b"%20d" % number


def a_row(number: int, *terms: int, to: int | None = None) -> Rows:
    reference = None if to is None else Reference(an_id(number), an_id(to), voiding=False)
    return Rows(an_id(number), [a_term(each) for each in terms], reference, [], [], [])


def a_chain(length: int) -> list[Rows]:
    """Each refers to the next, and has a term of its own number."""
    return [a_row(n, n, to=n + 1 if n + 1 < length else None) for n in range(length)]


def numbers(terms: Sequence[bytes]) -> list[int]:
    return sorted(map(int, terms))


def reached(text: Json, to: int | None = None) -> Reached:
    return Reached(None if to is None else an_id(to), json.dumps(text).encode())


STORED: Json = {
    "actor": {"mbox": "mailto:a@b.co"},
    "verb": {"id": "http://a.b/did"},
    "object": {"id": "http://a.b/c"},
    "authority": {"mbox": "mailto:key@b.co"},
}


def with_activities(count: int) -> Json:
    activities = [{"id": f"http://a.b/{number}"} for number in range(count)]
    return STORED | {"context": {"contextActivities": {"other": activities}}}


def test_a_chain_is_followed_twenty_steps() -> None:
    taken = take_over(a_chain(30), {}, {})
    assert numbers(taken.by_new[0]) == list(range(21))
    assert numbers(taken.by_new[9]) == list(range(9, 30))
    assert numbers(taken.by_new[29]) == [29]


def test_a_ring_has_an_end() -> None:
    ring = [a_row(n, n, to=(n + 1) % 3) for n in range(3)]
    assert [numbers(each) for each in take_over(ring, {}, {}).by_new] == [[0, 1, 2]] * 3


def test_an_older_statement_takes_over_from_as_far_as_a_new_one() -> None:
    older = {1: {1: [0], 15: [-1], 20: [-2]}}
    taken = take_over(a_chain(30), older, {})
    got = {
        position: numbers(
            [term for term, at in zip(taken.terms, taken.positions, strict=True) if at == position]
        )
        for position in (0, -1, -2)
    }
    assert got == {0: list(range(20)), -1: list(range(6)), -2: [0]}


def test_what_the_new_ones_are_is_left_as_it_is_for_another_try() -> None:
    added = a_chain(5)
    take_over(added, {}, {})
    assert [each.terms for each in added] == [each.terms for each in a_chain(5)]


def test_many_that_take_over_too_much_are_refused() -> None:
    target = a_row(0, *range(300))
    few = chains.MOST_TAKEN_OVER // 300
    take_over([target, *(a_row(n + 1, to=0) for n in range(few))], {}, {})
    with pytest.raises(TooLarge, match="send fewer at once"):
        take_over([target, *(a_row(n + 1, to=0) for n in range(few + 1))], {}, {})


def test_work_counts_even_where_nothing_new_is_taken_over() -> None:
    same = [a_row(n, *range(5000), to=n + 1) for n in range(50)]
    with pytest.raises(TooLarge):
        take_over(same, {}, {})


def test_one_statement_is_never_refused_for_what_it_leads_to() -> None:
    most = [
        STORED | {"actor": {"objectType": "Group", "member": [{"openid": f"a:{n}/{m}"} for m in range(9000)]}}
        for n in range(25)
    ]
    stored = {an_id(n + 1): reached(each, to=n + 2) for n, each in enumerate(most)}
    (terms,) = take_over([a_row(0, to=1)], {}, stored).by_new
    assert len(terms) > 20 * 9000


def test_one_statement_is_never_refused_for_what_leads_to_it() -> None:
    older = {1: {1: list(range(-50_000, 0)), 2: [-60_000]}}
    taken = take_over([a_row(0, *range(5))], older, {})
    assert len(taken.terms) == chains.MOST_TAKEN_OVER
    assert set(taken.positions) == set(range(-50_000, -10_000))  # the oldest of the nearest
    assert taken.left_out == 10_001
    with pytest.raises(TooLarge):
        take_over([a_row(0, *range(5)), a_row(1)], older, {})


def test_what_has_too_many_terms_passes_none_on_and_what_is_behind_it_does() -> None:
    few, many = with_activities(chains.MOST_TERMS - 10), with_activities(chains.MOST_TERMS + 1)
    assert len(take_over([a_row(0, to=1)], {}, {an_id(1): reached(few)}).by_new[0]) > 9000
    stored = {an_id(1): reached(many, to=2), an_id(2): reached(STORED)}
    assert len(take_over([a_row(0, to=1)], {}, stored).by_new[0]) == 4
    new = [a_row(0, to=1), a_row(1, *range(chains.MOST_TERMS + 1), to=2), a_row(2, 7)]
    assert numbers(take_over(new, {}, {}).by_new[0]) == [7]


def test_what_was_too_large_to_be_read_passes_nothing_on_and_what_is_behind_it_does() -> None:
    stored = {an_id(1): Reached(an_id(2), None), an_id(2): reached(STORED)}
    assert len(take_over([a_row(0, to=1)], {}, stored).by_new[0]) == 4


def with_context_group(some: list[Json], group: Json) -> list[Json]:
    entry = {"objectType": "contextGroup", "group": group}
    return [each | {"context": each["context"] | {"contextGroups": [entry]}} for each in some]


@given(st.one_of(statements(), st.builds(with_context_group, statements(), groups)))
def test_the_gist_of_a_statement_has_all_its_terms(some: list[Json]) -> None:
    for each in some:
        junk = {"result": {"extensions": {"http://a.b/c": [None, 1e300, {"member": 1}]}}, "attachments": [{}]}
        stored = each | junk | {"authority": AUTHORITY}
        text = json.dumps(stored).replace("1e+300", "1e400").encode()
        assert gist.terms(text) == rows.terms(stored)


@pytest.mark.parametrize(
    "actor",
    [
        {"account": {"homePage": "http://a.b", "name": "c"}},
        {"openid": "http://a.b"},
        {"mbox_sha1sum": "AB" * 20},
        {"objectType": "Group", "account": {"homePage": "http://a.b", "name": "c"}, "name": "team"},
    ],
)
def test_the_gist_knows_every_identifier(actor: Json) -> None:
    stored = STORED | {"actor": actor, "object": {"objectType": "Agent", **actor}}
    assert gist.terms(json.dumps(stored).encode()) == rows.terms(stored)
