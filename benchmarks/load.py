"""How fast does a server answer? A closed loop over open connections, in a process of its own.

The server shares its cores with this process, so it does as little as it can: requests are ready bytes, and
of an answer only the status and the length are read.
"""

from __future__ import annotations

import asyncio
import gc
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from itertools import cycle
from multiprocessing import get_context
from types import TracebackType
from typing import cast

import uvloop

HOST = "127.0.0.1"
_LONGEST_REFUSAL = 400


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to send where: each request once, or `again` and again until the time is over."""

    port: int
    requests: Sequence[bytes]
    clients: int
    seconds: float = 600.0
    again: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came back; latencies in seconds, ascending."""

    seconds: float
    latencies: list[float]
    refused: int
    refusal: str
    received: int
    cpu: float

    @property
    def rate(self) -> float:
        """Requests answered well, per second."""
        return (len(self.latencies) - self.refused) / self.seconds

    def milliseconds(self, share: float) -> float:
        """The latency that this share of the requests did not exceed."""
        return self.latencies[min(int(len(self.latencies) * share), len(self.latencies) - 1)] * 1000


class LoadGenerator:
    """A process that waits for jobs and does them one after the other."""

    def __init__(self) -> None:
        self._process = ProcessPoolExecutor(1, mp_context=get_context("spawn"))

    def __enter__(self) -> LoadGenerator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.shutdown(cancel_futures=True)

    def run(self, job: Job) -> Outcome:
        """Do a job; it must be answered, though refusals are counted only."""
        outcome = self._process.submit(_work, job).result()
        if not outcome.latencies:
            raise RuntimeError("The server closed its connections without an answer.")
        return outcome


def _work(job: Job) -> Outcome:
    gc.disable()
    try:
        return uvloop.run(_drive(job))
    finally:
        gc.enable()


async def _drive(job: Job) -> Outcome:
    loop = asyncio.get_running_loop()
    tally = _Tally(iter(cycle(job.requests) if job.again else job.requests), running=job.clients)
    made = [
        await loop.create_connection(lambda: _Connection(tally), HOST, job.port) for _ in range(job.clients)
    ]
    cpu, began = time.process_time(), time.perf_counter()
    tally.deadline = began + job.seconds
    for _, connection in made:
        connection.send(began)
    await tally.over.wait()
    seconds = time.perf_counter() - began
    return Outcome(
        seconds=seconds,
        latencies=sorted(tally.latencies),
        refused=tally.refused,
        refusal=tally.refusal,
        received=tally.received,
        cpu=time.process_time() - cpu,
    )


@dataclass(slots=True)
class _Tally:
    """What all connections of a job share."""

    requests: Iterator[bytes]
    running: int
    deadline: float = 0.0
    latencies: list[float] = field(default_factory=list)
    refused: int = 0
    refusal: str = ""
    received: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def refuse(self, answer: bytes) -> None:
        self.refused += 1
        self.refusal = self.refusal or answer[:_LONGEST_REFUSAL].decode(errors="replace")


class _Connection(asyncio.Protocol):
    """One client: it sends its next request when the last one is answered."""

    def __init__(self, tally: _Tally) -> None:
        self.tally = tally
        self.head = b""
        self.missing = 0
        self.began = 0.0
        self.waits = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def send(self, now: float) -> None:
        request = next(self.tally.requests, None) if now < self.tally.deadline else None
        if request is None:
            self.transport.close()
            return
        self.began = now
        self.waits = True
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.tally.received += len(data)
        if self.missing:
            self.missing -= len(data)
        elif not self._begin(data):
            return
        if not self.missing:
            self._end()

    def connection_lost(self, error: Exception | None) -> None:
        if self.waits:
            self.tally.refuse(b"The server closed the connection instead of answering.")
            self.tally.latencies.append(time.perf_counter() - self.began)
        self.tally.running -= 1
        if not self.tally.running:
            self.tally.over.set()

    def _begin(self, data: bytes) -> bool:
        """Read the head of an answer; false while it is not whole."""
        self.head += data
        end = self.head.find(b"\r\n\r\n")
        if end < 0:
            return False
        if self.head[9:10] != b"2":
            self.tally.refuse(self.head)
        self.missing = _length(self.head[:end].lower()) - (len(self.head) - end - 4)
        self.head = b""
        return True

    def _end(self) -> None:
        now = time.perf_counter()
        self.tally.latencies.append(now - self.began)
        self.waits = False
        self.send(now)


def _length(head: bytes) -> int:
    _, _, rest = head.partition(b"\r\ncontent-length: ")
    return int(rest.split(b"\r", 1)[0]) if rest else 0
