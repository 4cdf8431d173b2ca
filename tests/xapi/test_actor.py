from __future__ import annotations

from uuid import UUID

import pytest

from lrs.xapi import actor
from lrs.xapi.vocabulary import Json

ACCOUNT = {"homePage": "https://school.example", "name": "ada"}


@pytest.mark.parametrize(
    ("who", "identifier"),
    [
        ({"mbox": "mailto:ada@example.org"}, "mbox|mailto:ada@example.org"),
        ({"openid": "https://id.example/ada"}, "openid|https://id.example/ada"),
        ({"account": ACCOUNT}, "account|https://school.example|ada"),
        ({"mbox_sha1sum": "AB" * 20}, "mbox_sha1sum|" + "ab" * 20),
        ({"objectType": "Group", "account": ACCOUNT, "member": []}, "account|https://school.example|ada"),
        ({"objectType": "Group", "member": [{"mbox": "mailto:ada@example.org"}]}, None),
    ],
)
def test_an_actor_is_known_by_the_one_identifier_it_has(who: Json, identifier: str | None) -> None:
    assert actor.ifi(who) == identifier


def test_the_name_and_the_type_of_an_actor_do_not_change_who_it_is() -> None:
    bare = {"mbox": "mailto:ada@example.org"}
    assert actor.ifi({**bare, "name": "Ada", "objectType": "Agent"}) == actor.ifi(bare)


def test_accounts_are_told_apart_even_where_a_name_has_the_separator_in_it() -> None:
    one = {"account": {"homePage": "https://a.example", "name": "b|c"}}
    other = {"account": {"homePage": "https://a.example", "name": "c"}}
    assert actor.ifi(one) != actor.ifi(other)


@pytest.mark.parametrize(
    "who",
    [
        {"mbox": "mailto:ada@example.org"},
        {"openid": "https://id.example/ada"},
        {"account": {"homePage": "https://school.example", "name": "ada|b"}},
        {"mbox_sha1sum": "ab" * 20},
    ],
)
def test_an_identifier_tells_the_agent(who: Json) -> None:
    assert actor.agent(actor.ifi(who) or "") == who


def test_only_who_says_so_is_a_group() -> None:
    assert actor.is_group({"objectType": "Group"})
    assert not actor.is_group({"objectType": "Agent"})
    assert not actor.is_group({})


def test_the_members_of_a_group_are_its_agents_and_an_agent_has_none() -> None:
    ada = {"mbox": "mailto:ada@example.org"}
    assert actor.members({"objectType": "Group", "member": [ada]}) == [ada]
    assert actor.members({"objectType": "Group", "mbox": "mailto:all@example.org"}) == []
    assert actor.members(ada) == []


def test_a_digest_is_of_the_identifier_and_nothing_else():
    assert actor.digest("mbox|mailto:ann@example.com") == UUID("66b23481-c6b3-7426-948c-7739fac371a9")


def test_whoever_is_linked_to_nobody_is_the_same_learner_every_time():
    assert actor.own_learner("mbox|mailto:ann@example.com") == UUID("edeb630c-6c23-5f6e-9abe-a207c3a05e90")
