"""When have projections got to a position? They are asked once for all who wait for the same ones."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from lrs.database.pool import Database
from lrs.errors import Unavailable

FIRST_PAUSE, LONGEST_PAUSE = 0.01, 0.1

Names = tuple[str, ...]
Reached = Callable[[Database, str, Names], int]


@dataclass(slots=True, eq=False)
class _Waiting:
    position: int
    arrived: asyncio.Future[None]


@dataclass(slots=True)
class _Asked:
    waiting: list[_Waiting] = field(default_factory=list)
    asking: asyncio.Task[None] | None = None


class Arrivals:
    """Those who wait hold neither a connection nor a thread; between two looks nobody does."""

    def __init__(self, reached: Reached) -> None:
        self.reached = reached
        self._asked: dict[tuple[str, Names], _Asked] = {}

    async def wait(
        self, database: Database, tenant: str, names: Names, position: int, *, seconds: float
    ) -> None:
        """Return when the projections have got there; Unavailable when that takes too long."""
        one = _Waiting(position, asyncio.get_running_loop().create_future())
        asked = self._asked.setdefault((tenant, names), _Asked())
        asked.waiting.append(one)
        if asked.asking is None:
            asked.asking = asyncio.create_task(self._ask(database, tenant, names, asked))
        try:
            async with asyncio.timeout(seconds):
                await one.arrived
        except TimeoutError:
            raise Unavailable(
                f"What is asked for has not got to position {position} within {seconds:g} seconds "
                "(setting LRS_WAIT_SECONDS); try again in a moment."
            ) from None
        finally:
            asked.waiting.remove(one)

    async def _ask(self, database: Database, tenant: str, names: Names, asked: _Asked) -> None:
        pause = FIRST_PAUSE
        try:
            while asked.waiting:
                _tell(asked.waiting, await database.run(self.reached, database, tenant, names))
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE)
        except Exception as error:
            for one in asked.waiting:
                if not one.arrived.done():
                    one.arrived.set_exception(error)
        finally:
            del self._asked[tenant, names]


def _tell(waiting: list[_Waiting], reached: int) -> None:
    for one in waiting:
        if one.position <= reached and not one.arrived.done():
            one.arrived.set_result(None)
