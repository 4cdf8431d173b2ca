"""How is a unit of cmi5 launched or waived at the command line, and how far is a registration?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar

import orjson
import typer

from lrs.auth import tenants
from lrs.auth.keys import Keys, key_authority
from lrs.cli import place
from lrs.cli.asking import ask
from lrs.cli.words import show, show_facts, tell
from lrs.cmi5.bound import Bound
from lrs.database.pool import Database
from lrs.errors import BadRequest, OperatorError
from lrs.launching.launching import Launched, Launching
from lrs.store.documents import Documents
from lrs.store.statements import Statements
from lrs.xapi.vocabulary import Json

T = TypeVar("T")
_ACTOR = """{"account": {"homePage": "https://lms.example", "name": "mira"}}"""


def launch(
    course: Annotated[str, typer.Argument(help="The course, by our id or the publisher's.")],
    au: Annotated[str, typer.Argument(help="The assignable unit, by our activity id or the publisher's.")],
    actor: Annotated[str, typer.Argument(help=f"The learner, an Agent with an account: {_ACTOR}")],
    registration: Annotated[str | None, typer.Option(help="A UUID; else a new one.")] = None,
    base: Annotated[str | None, typer.Option(help="Where the files of the package are served.")] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Launch a unit for a learner, and tell the URL to open.

    The server must be running, and reachable as LRS_PUBLIC_URL says.

    \b
    lrs cmi5 launch https://courses.example/geology https://courses.example/geology/rocks \\
        '{"account": {"homePage": "https://lms.example", "name": "mira"}}'
    """
    chosen = place.settings(data_dir, database_url)
    given = {"registration": registration, "base": base}
    body = {"course": course, "au": au, "actor": _agent(actor)}
    body |= {name: value for name, value in given.items() if value is not None}
    said_by = key_authority(chosen.public_url, place.COMMAND_LINE)

    async def launched(launching: Launching) -> Launched:
        return await launching.launch(tenant, body, authority=said_by, by=place.COMMAND_LINE)

    with place.opened_for(tenant, data_dir, database_url) as database:
        done = _done(database, launched, "Nothing is launched")
    root = chosen.public_url.rstrip("/")
    url = done.launch.link(endpoint=f"{root}/xapi", fetch=f"{root}/cmi5/fetch/{done.token}")
    bound = done.launch.bound
    show_facts([("registration", bound.registration), ("session", bound.session), ("url", url)])


def waive(
    course: Annotated[str, typer.Argument(help="The course, by our id or the publisher's.")],
    au: Annotated[str, typer.Argument(help="The assignable unit, by our activity id or the publisher's.")],
    actor: Annotated[str, typer.Argument(help=f"The learner, an Agent with an account: {_ACTOR}")],
    reason: Annotated[str, typer.Option(help="Such as Tested Out, Equivalent AU, Administrative.")],
    registration: Annotated[str | None, typer.Option(help="A UUID; else a new one.")] = None,
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Say that a learner need not take a unit; the course is satisfied as if she had.

    \b
    lrs cmi5 waive https://courses.example/geology https://courses.example/geology/rocks \\
        '{"account": {"homePage": "https://lms.example", "name": "mira"}}' --reason "Tested Out"
    """
    body = {"course": course, "au": au, "actor": _agent(actor), "reason": reason}
    body |= {} if registration is None else {"registration": registration}
    said_by = key_authority(place.settings(data_dir, database_url).public_url, place.COMMAND_LINE)

    async def waived(launching: Launching) -> Bound:
        return await launching.waive(tenant, body, authority=said_by)

    with place.opened_for(tenant, data_dir, database_url) as database:
        bound = _done(database, waived, "Nothing is waived")
    show_facts([("registration", bound.registration), ("unit", bound.activity)])


def status(
    registration: Annotated[str, typer.Argument(help="The registration.")],
    tenant: place.Tenant = tenants.DEFAULT,
    data_dir: place.DataDir = None,
    database_url: place.DatabaseURL = None,
) -> None:
    """Tell how far a registration is, unit by unit, and which rules of cmi5 were broken.

    \b
    lrs cmi5 status 760e3480-ba55-4991-94b0-01820dbd23a2
    """
    with place.opened_for(tenant, data_dir, database_url) as database:
        found = ask(database, tenant, f"/cmi5/registrations/{registration}")
    rows = [(each["au"], each["move_on"] or "", each["since"] or "") for each in found["units"]]
    show(["unit", "move on", "satisfied"], rows)
    whole = f"satisfied since {found['since']}" if found["satisfied"] else "not satisfied"
    tell(f"The course {found['course'] or '(not imported)'} is {whole}.")
    for each in found["violations"]:
        tell(f"  {each['rule']} (cmi5 {each['section']}): {', '.join(each['statements'])}")


def _done(database: Database, do: Callable[[Launching], Awaitable[T]], otherwise: str) -> T:
    """What it makes of a launching system; OperatorError with every fault."""

    async def doing() -> T:
        statements = Statements(database, max_waiting=100)
        try:
            documents = Documents(database, keep_replaced=False)
            return await do(Launching(database, Keys(database), statements, documents))
        finally:
            statements.close()

    try:
        return asyncio.run(doing())
    except BadRequest as error:
        faults = "".join(f"\n  {fault}" for fault in error.faults)
        raise OperatorError(f"{otherwise}:{faults}") from error


def _agent(text: str) -> Json:
    try:
        found: Json = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise OperatorError(f"The learner is not JSON ({error}); one looks like {_ACTOR}.") from error
    return found
