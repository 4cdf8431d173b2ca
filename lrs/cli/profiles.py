"""Do statements keep to xAPI Profiles, and are these good ones? `lrs profiles check`, without a store."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import typer

from lrs.cli import profile_reports, profiles_added, progress, reading
from lrs.cli.importing import candidate_versions
from lrs.cli.reading import Line
from lrs.cli.words import show, show_facts, show_json, tell
from lrs.errors import MalformedJSON, OperatorError
from lrs.xapi import check as xapi
from lrs.xapi import raw
from lrs.xapi.vocabulary import Json
from xapi_profiles import PUBLISHED, InvalidProfile, Mode, Profiles, Report, check, load

app = typer.Typer(no_args_is_help=True, help="xAPI Profiles: check statements, add profiles, report.")
app.add_typer(profiles_added.app)
app.add_typer(profile_reports.app)

Sources = Annotated[
    list[str],
    typer.Argument(metavar="PROFILE…", help=f"Files, or a name of ours: {', '.join(PUBLISHED)}."),
]
Statements = Annotated[
    Path | None,
    typer.Option(
        "--statements",
        "-s",
        metavar="FILE",
        help="JSON Lines, a JSON array or one statement, plain or gzip; - is standard input. Without it only "
        "the profiles are checked.",
        allow_dash=True,
        show_default=False,
    ),
]
HowMany = Annotated[
    Mode,
    typer.Option("--mode", help="Whether a statement must follow every template it matches, or any one."),
]
Declared = Annotated[
    bool, typer.Option("--declared", help="Only by the profiles that a statement names as a category.")
]
AsJSON = Annotated[bool, typer.Option("--json", help="Everything that was counted, as JSON.")]


@app.callback()
def profiles() -> None:
    """Check statements against xAPI Profiles, and add profiles to the store."""


@app.command("check")
def check_statements(
    sources: Sources,
    statements: Statements = None,
    mode: HowMany = "spec",
    only_declared: Declared = False,
    as_json: AsJSON = False,
) -> None:
    """Tell how many statements are valid, invalid and unmatched, and what failed.

    Exit code 1 where a statement is invalid, or a registration is rejected
    by every pattern; without statements, where a profile has a fault.

    \b
    lrs profiles check my-profile.jsonld
    lrs profiles check open-education --statements export.jsonl.gz
    lrs export | lrs profiles check cmi5.jsonld video.jsonld -s - --declared --json
    """
    loaded = _loaded(sources)
    if statements is None:
        raise typer.Exit(_tell_faults(loaded, as_json=as_json))
    found = _Checking(loaded, mode, only_declared=only_declared)
    found.run(statements)
    document = found.document()
    show_json(document) if as_json else _tell(loaded, document)
    raise typer.Exit(int(_failed(document)))


def _loaded(sources: list[str]) -> Profiles:
    try:
        return load(*sources)
    except InvalidProfile as error:
        faults = "".join(f"\n  {fault}" for fault in error.faults)
        raise OperatorError(f"{error.source} is no profile that can be used:{faults}") from error
    except OSError as error:
        raise OperatorError(f"{error.filename} cannot be read: {error.strerror}.") from error


class _Refused(NamedTuple):
    """A line that is no statement, and why."""

    place: str
    reason: str


class _Checking:
    def __init__(self, profiles: Profiles, mode: Mode, *, only_declared: bool) -> None:
        self.profiles = profiles
        self.mode = mode
        self.only_declared = only_declared
        self.report = Report(profiles)
        self.refused: list[_Refused] = []
        self.count = 0
        self._by_id: dict[str, Json] = {}

    def run(self, path: Path) -> None:
        """Check all statements of a file; where they refer to others, all are read first."""
        name = reading.name(path)
        try:
            with reading.opened(path) as (source, size), progress.bar(name, size) as advance:
                found: Iterable[Json] = self._statements(source, advance)
                if self.profiles.refer:
                    found = self._kept(found)
                for each in found:
                    self._check(each)
        except OperatorError as error:
            raise OperatorError(f"{name}: {error.message}") from error

    def document(self) -> Json:
        """What there was."""
        refused = [{"place": each.place, "reason": each.reason} for each in self.refused]
        return {"mode": self.mode, "no_statements": refused, **self.report.document()}

    def _kept(self, statements: Iterable[Json]) -> list[Json]:
        kept = list(statements)
        self._by_id = {each["id"].lower(): each for each in kept if "id" in each}
        return kept

    def _statements(self, source: io.BufferedReader, advance: progress.Advance) -> Iterator[Json]:
        for line in reading.read(source):
            self.count += 1
            if self.count % 100 == 0:
                advance(source.tell() if source.seekable() else 0, self.count)
            statement = self._parsed(line)
            if statement is not None:
                yield statement

    def _parsed(self, line: Line) -> Json | None:
        reason = line.fault
        if not reason:
            try:
                statement: Any = raw.parse_stored(line.text)
            except MalformedJSON as error:
                reason = error.message
            else:
                reason = _broken(statement)
                if not reason:
                    return dict(statement)
        self.refused.append(_Refused(f"{line.unit} {line.number}", reason))
        return None

    def _check(self, statement: Json) -> None:
        find = self._find if self.profiles.refer else None
        verdict = check(statement, self.profiles, mode=self.mode, only_declared=self.only_declared, find=find)
        self.report.add(statement, verdict)

    def _find(self, id: str) -> Json | None:
        return self._by_id.get(id.lower())


def _broken(statement: Any) -> str:
    """What is wrong with it as a statement of the version that is meant; "" if nothing."""
    faults: list[Any] = []
    for version in candidate_versions(statement):
        faults = xapi.statement(statement, version)
        if not faults:
            return ""
    return "; ".join(map(str, faults[:3]))


def _tell_faults(profiles: Profiles, *, as_json: bool) -> int:
    """What is wrong with the profiles, and the exit code that says so."""
    if as_json:
        found = [
            {"profile": one.id, "version": one.version, "faults": [str(each) for each in one.faults]}
            for one in profiles
        ]
        show_json({"profiles": found})
    else:
        show(["profile", "fault"], ((one.id, fault) for one in profiles for fault in one.faults))
    return int(any(one.faults for one in profiles))


def _tell(profiles: Profiles, document: Json) -> None:
    for one in profiles:
        if one.faults:
            tell(f"{one.id} has {len(one.faults)} faults; without --statements they are told.")
    for each in document["no_statements"][:10]:
        tell(f"{each['place']} is no statement: {each['reason']}")
    counted = [(name, document[name]) for name in ("statements", "valid", "invalid", "unmatched")]
    show_facts([*counted, ("no statements", len(document["no_statements"]))])
    rows = [row for one in document["profiles"] for row in _rows(one)]
    if rows:
        show(["what", "id", "checked", "failed", "why", "first"], rows)


def _rows(profile: Json) -> Iterable[tuple[object, ...]]:
    """One for the profile, each template, each of its rules that was broken, each Concept and Pattern."""
    looked_at = profile["valid"] + profile["invalid"] + profile["unmatched"]
    yield ("profile", profile["version"], looked_at, profile["invalid"], "", "")
    for each in profile["templates"]:
        failed = each["matched"] - each["followed"]
        yield ("template", _short(each["template"], profile), each["matched"], failed, "", "")
        for one in each["broken"]:
            yield ("rule", one["rule"], each["matched"], one["count"], one["reason"], one["first"])
    for each in profile["concepts"]:
        what = "concept" if each["binding"] else "advice"
        yield (what, _short(each["concept"], profile), "", each["count"], each["reason"], each["first"])
    for each in profile["patterns"]:
        checked = each["accepted"] + each["in progress"] + each["rejected"]
        yield (
            "pattern",
            _short(each["pattern"], profile),
            checked,
            each["rejected"],
            each["reason"],
            each["first"],
        )


def _short(iri: str, profile: Json) -> str:
    """For people without the profile's own id, which stands in the row of the profile."""
    return iri.removeprefix(profile["profile"]).lstrip("/#") if sys.stdout.isatty() else iri


def _failed(document: Json) -> bool:
    rejected = any(one["registrations"]["rejected"] for one in document["profiles"])
    return bool(document["invalid"] or document["no_statements"] or rejected)
