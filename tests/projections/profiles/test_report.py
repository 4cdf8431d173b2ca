"""How statements keep to a profile: counted over any span, whenever the profile came."""

from __future__ import annotations

import pytest

from lrs.errors import BadRequest, NotFound
from tests.projections.profiles.builders import (
    HOME,
    LATER,
    OTHER,
    REPORT,
    SCORED,
    UNUSABLE,
    Store,
    bad,
    good,
    numbers,
    other,
    sports,
)
from tests.xapi_profiles.builders import (
    PLACED,
    PROFILE,
    VERSION,
    a_profile,
    a_statement,
    a_template,
    declaring,
    template,
)

pytestmark = pytest.mark.usefixtures("small_blocks")


def test_statements_are_counted_by_provider_and_verb(store: Store) -> None:
    store.add(sports())
    store.trust_the_school()
    broken = bad()
    store.say(good(), good(), broken, other())
    store.say(bad(), by=HOME)
    store.follow()
    found = store.ask(REPORT, profile=PROFILE)
    assert numbers(found) == (2, 2, 1)
    assert found["version"] == VERSION
    told = {(each["provider"], each["verb"]): each for each in found["rows"]}
    assert numbers(told["school", PLACED]) == (2, 1, 0)
    assert numbers(told["school", OTHER]) == (0, 0, 1)
    assert told[None, PLACED]["authorities"] == ["mbox|mailto:home@mail.example"]
    (fault,) = told["school", PLACED]["faults"]
    assert (fault["id"], fault["rule"]) == (template("placing"), "/templates/0/rules/0")
    assert (fault["count"], fault["examples"]) == (1, [broken["id"]])
    by_provider = store.ask(REPORT, profile=PROFILE, by="provider")["rows"]
    assert {each["provider"]: numbers(each) for each in by_provider} == {"school": (2, 1, 1), None: (0, 1, 0)}
    by_verb = store.ask(REPORT, profile=PROFILE, by="verb")["rows"]
    assert {each["verb"]: numbers(each) for each in by_verb} == {PLACED: (2, 2, 0), OTHER: (0, 0, 1)}


def test_a_profile_that_comes_later_has_something_to_say_of_the_past(store: Store) -> None:
    store.say(*(good() for _ in range(5)), *(bad() for _ in range(4)))
    store.follow(3, 2)
    before = store.log.head().position
    store.add(sports())
    store.say(good())
    store.follow()
    assert numbers(store.ask(REPORT, profile=PROFILE)) == (6, 4, 0)
    with pytest.raises(NotFound):
        store.ask(REPORT, profile=PROFILE, at=before)


def test_a_new_document_judges_anew_and_the_old_one_as_it_was(store: Store) -> None:
    store.say(*(bad() for _ in range(6)))
    then = store.add(sports())
    store.follow()
    store.add(sports({"location": "$.actor", "presence": "included"}))
    store.follow()
    assert numbers(store.ask(REPORT, profile=PROFILE)) == (6, 0, 0)
    assert numbers(store.ask(REPORT, profile=PROFILE, at=then)) == (0, 6, 0)


def test_what_is_switched_off_is_not_in_force(store: Store) -> None:
    store.add(sports())
    store.say(bad())
    store.adopt(PROFILE, "off")
    store.say(*(bad() for _ in range(9)))
    store.follow(2, 5)
    with pytest.raises(NotFound):
        store.ask(REPORT, profile=PROFILE)
    store.adopt(PROFILE, "reject")
    store.follow()
    found = store.ask(REPORT, profile=PROFILE)
    assert (numbers(found), found["policy"]) == ((0, 10, 0), "reject")


def test_voided_statements_do_not_count_and_are_no_examples(store: Store) -> None:
    store.add(sports())
    broken = [bad() for _ in range(6)]
    store.say(*broken, good())
    then = store.log.head().position
    store.void(broken[0]["id"])
    void = store.void(broken[5]["id"])
    store.follow()
    found = store.ask(REPORT, profile=PROFILE)
    assert (numbers(found), found["voided"]) == ((1, 4, 2), 2)
    (fault,) = next(each["faults"] for each in found["rows"] if each["verb"] == PLACED)
    assert fault["count"] == 4
    assert not {broken[0]["id"], broken[5]["id"]} & set(fault["examples"])
    assert numbers(store.ask(REPORT, profile=PROFILE, at=then)) == (1, 6, 0)
    # Data 2.3.2: a voiding statement cannot be voided.
    store.void(next(each.originator_id for each in store.log.read() if each.position == void))
    store.follow()
    assert store.ask(REPORT, profile=PROFILE)["voided"] == 2


def test_a_span_has_its_first_moment_and_not_its_last(store: Store) -> None:
    store.add(sports())
    for _ in range(11):
        store.say(bad())
    store.follow()
    stored = [each.stored.isoformat().replace("+00:00", "Z") for each in store.log.read()]
    whole = store.ask(REPORT, profile=PROFILE, since=stored[2], until=stored[9])
    assert whole["statements"] == 7
    for cut in range(1, 11):
        spans = [{"until": stored[cut]}, {"since": stored[cut]}]
        counts = [store.ask(REPORT, profile=PROFILE, **span)["statements"] for span in spans]
        assert counts == [cut - 1, 12 - cut]
    assert store.ask(REPORT, profile=PROFILE, since=stored[9], until=stored[2])["statements"] == 0


def test_both_modes_and_only_those_that_name_the_profile(store: Store) -> None:
    both = [a_template("placing", SCORED, verb=PLACED), a_template("any", verb=PLACED)]
    store.add(a_profile(templates=both))
    store.say(good(), bad(), bad(context=declaring(VERSION)))
    store.follow()
    assert numbers(store.ask(REPORT, profile=PROFILE)) == (1, 2, 0)
    assert numbers(store.ask(REPORT, profile=PROFILE, mode="any")) == (3, 0, 0)
    assert numbers(store.ask(REPORT, profile=PROFILE, declared="true")) == (0, 1, 0)


def test_who_decides_about_a_statement_may_come_later(store: Store) -> None:
    """Its target, that is: until it comes nothing is held against it (Structure 8.0)."""
    refers = a_template("later", verb=LATER, objectStatementRefTemplate=[template("placing")])
    store.add(a_profile(templates=[a_template("placing", SCORED, verb=PLACED), refers]))
    target = bad()
    about = {"objectType": "StatementRef", "id": target["id"]}
    store.say(a_statement(verb={"id": LATER}, object=about), *(other() for _ in range(4)))
    then = store.say(target) - 1
    store.follow()
    assert numbers(store.ask(REPORT, profile=PROFILE, at=then)) == (1, 0, 4)
    assert numbers(store.ask(REPORT, profile=PROFILE)) == (0, 2, 4)


def test_rows_come_in_pages_the_most_faulty_first(store: Store) -> None:
    store.add(sports())
    store.say(bad(), *(other(verb={"id": f"{OTHER}{number}"}) for number in range(4)))
    store.follow()
    page, rows = store.ask(REPORT, profile=PROFILE, limit="2"), []
    while page["more"]:
        rows += page["rows"]
        page = store.ask(REPORT, profile=PROFILE, limit="2", **{"from": page["more"]})
    rows += page["rows"]
    assert [each["verb"] for each in rows] == [PLACED, *(f"{OTHER}{number}" for number in range(4))]
    assert page["statements"] == 5


@pytest.mark.parametrize(
    "wrong",
    [{"since": "soon"}, {"mode": "some"}, {"by": "x"}, {"limit": "0"}, {"from": "-1"}, {"declared": "1"}],
)
def test_what_cannot_be_meant_is_refused(store: Store, wrong: dict[str, str]) -> None:
    store.add(sports())
    store.follow()
    with pytest.raises(BadRequest):
        store.ask(REPORT, profile=PROFILE, **wrong)


def test_a_document_that_cannot_be_used_stops_nobody(store: Store) -> None:
    store.add(UNUSABLE)
    store.say(*(bad() for _ in range(8)))
    store.follow()
    with pytest.raises(NotFound):
        store.ask(REPORT, profile=PROFILE)
