"""What is done again and again goes on after it has failed, and ends when the store stops."""

from __future__ import annotations

import asyncio

import pytest

from lrs import regular
from lrs.errors import Unavailable
from lrs.regular import Regular


def test_it_goes_on_after_a_failure_until_it_is_stopped():
    done = []
    thrice = asyncio.Event()

    async def work(going_on):
        done.append(going_on)
        if len(done) == 1:
            raise Unavailable
        if len(done) == 3:
            thrice.set()

    async def run():
        each = Regular(work, 0.001)
        each.start()
        await thrice.wait()
        assert done[0]()
        each.stop()
        await asyncio.sleep(0.01)
        count = len(done)
        await asyncio.sleep(0.02)
        assert len(done) == count
        assert not done[0]()

    asyncio.run(run())


@pytest.mark.parametrize("seconds", [0, 3600])
def test_it_does_not_begin_at_once_and_with_0_never(seconds, monkeypatch):
    monkeypatch.setattr(regular, "AFTER_START_SECONDS", 0.001)
    done = []

    async def work(_):
        done.append(1)

    async def run():
        each = Regular(work, seconds)
        each.start()
        await asyncio.sleep(0.05)
        each.stop()

    asyncio.run(run())
    assert len(done) == (1 if seconds else 0)
