"""How does a newcomer see the store at work? Started, filled with a family's year, and left running."""

from __future__ import annotations

import argparse
import base64
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from demo import office
from demo.family import COOP, MIRA_WITH_TUTOR
from demo.statements import Json, Place
from demo.year import first_half, second_half, year
from lrs.auth import tenants
from lrs.auth.keys import Keys
from lrs.cli import place as places
from lrs.database.pool import Database
from lrs.log.event_log import EventLog

KEY, SECRET = "demo", "learning"
USUAL_PORT = 8080
LRS = Path(sys.executable).with_name("lrs")


def main() -> None:
    """Start, fill, tell, and wait for Ctrl-C."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    options = _options()
    try:
        with _running(options.data_dir, options.port) as (server, url):
            _tell(url, _fill(options.data_dir, url), options.data_dir)
            if not options.exit:
                server.wait()
    except KeyboardInterrupt:
        return


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m demo", description="The store with a family's year in it."
    )
    parser.add_argument("--data-dir", type=Path, default=Path("demo/lrs-data"), help="default: demo/lrs-data")
    parser.add_argument("--port", type=int, default=_free_port(), help="default: 8080, or any that is free")
    parser.add_argument("--exit", action="store_true", help="stop again instead of waiting for Ctrl-C")
    return parser.parse_args()


def _free_port() -> int:
    """The usual port, or 0, which takes any that is free."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", USUAL_PORT))
        except OSError:
            return 0
    return USUAL_PORT


@contextmanager
def _running(data_dir: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A store in this folder and its URL; it stops, and its database with it, when this ends."""
    os.environ.pop("LRS_DATABASE_URL", None)
    settings = {"LRS_BOOTSTRAP_KEY": KEY, "LRS_BOOTSTRAP_SECRET": SECRET, "LRS_LOG_LEVEL": "warning"}
    command = [str(LRS), "serve", "--data-dir", str(data_dir), "--port", str(port)]
    with subprocess.Popen(command, env=os.environ | settings, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield server, _url(server)
        finally:
            server.terminate()
            server.wait()


def _url(server: subprocess.Popen[str]) -> str:
    for line in server.stdout or ():
        if line.startswith("xAPI at "):
            return line.removeprefix("xAPI at ").strip()
    sys.exit(server.wait() or 1)


def _fill(data_dir: Path, url: str) -> Json:
    """The year as it went: the registrar opens it, the places send, the registrar closes it.

    How far the log had got in its middle and at its end, and what Mira's map says by then.
    """
    with places.opened(places.settings(data_dir, None)) as database:
        office.open_the_year(database)
        secrets = {place: _secret(database, place) for place in year()}
        _send(url, first_half(), secrets)
        _send(url, second_half(), secrets)
        end = office.close_the_year(database)
        hers = url.removesuffix("/xapi") + f"/learners/{office.MIRA}"
        _ask(f"{hers}/transcript?after={end}")
        _sign(url.removesuffix("/xapi"), end)
        found = _ask(f"{hers}/competencies?after={end}")
        return {"middle": _middle(database), "end": end, "map": "\n".join(summary(found))}


def _secret(database: Database, place: Place) -> str:
    """Of the key with which this place sends, and under whose name."""
    _, secret = Keys(database).issue(
        tenants.DEFAULT,
        scopes=["statements/write", "statements/read/mine", "define"],
        authority=place.authority,
        label=place.name,
        key=place.key,
    )
    return secret


def _send(url: str, said: Mapping[Place, list[Json]], secrets: Mapping[Place, str]) -> None:
    for place, batch in said.items():
        _post(url, place.key, secrets[place], batch)
    # The co-op's network is poor: it has not seen the answer, and sends all of it again.
    _post(url, COOP.key, secrets[COOP], said[COOP])


def _middle(database: Database) -> int:
    """The position of the last statement of the first half."""
    known = {each["id"] for batch in first_half().values() for each in batch}
    log = EventLog(database, tenants.DEFAULT)
    return max(event.position for event in log.read() if str(event.originator_id) in known)


def _post(url: str, key: str, secret: str, batch: list[Json]) -> None:
    """As a platform would; sending the same again stores nothing twice."""
    headers = {
        "Authorization": _basic(key, secret),
        "Content-Type": "application/json",
        "X-Experience-API-Version": "2.0.0",
    }
    request = urllib.request.Request(f"{url}/statements", json.dumps(batch).encode(), headers)  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310  our own server


def _ask(url: str) -> Json:
    """Wait until it is there, so that all that is told to try can be tried at once; what it is."""
    request = urllib.request.Request(url, headers={"Authorization": _basic(KEY, SECRET)})  # noqa: S310
    with urllib.request.urlopen(request) as answer:  # noqa: S310  our own server
        found: Json = json.load(answer)
    return found


def _sign(site: str, end: int) -> None:
    """Let the store vouch for the year, as it does every hour by itself."""
    _ask(f"{site}/audit/proof/inclusion?position={end}&after={end}")
    headers = {"Authorization": _basic(KEY, SECRET)}
    request = urllib.request.Request(f"{site}/audit/checkpoint", method="POST", headers=headers)  # noqa: S310
    urllib.request.urlopen(request).close()  # noqa: S310  our own server


def summary(competencies: Json) -> Iterator[str]:
    """A map in a few lines: its domains with level and coverage, and the gaps behind which others are."""
    for framework in competencies["frameworks"]:
        for item in framework["items"]:
            if item["competency"]["kind"] == "Domain":
                yield _line(item)
        yield from (f"  {gap['text']}" for gap in framework["gaps"] if gap["behind"])


def _line(item: Json) -> str:
    named = f"{item['competency']['code']} {item['competency']['statement'].rstrip('.')}"
    rolled = item["rollup"]
    covered = f"{rolled['assessed']} of {rolled['leaves']} competencies assessed"
    return f"  {named:<26}{rolled['state']:<12}{rolled['level']:.2f}, {covered}"


def _basic(key: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{key}:{secret}".encode()).decode()


def _tell(url: str, positions: Json, data_dir: Path) -> None:
    text = Path(__file__).with_name("welcome.txt").read_text()
    agent = quote(json.dumps({"mbox": MIRA_WITH_TUTOR["mbox"]}))
    facts = {
        "url": url,
        "site": url.removesuffix("/xapi"),
        "count": sum(map(len, year().values())),
        "agent": agent,
        "mira": office.MIRA,
        "ines": office.INES_SANTOS,
        "curl": f"curl -su {KEY}:{SECRET}",
        "lrs": LRS,
        "python": sys.executable,
        "bundle": data_dir.with_name("year.zip"),
    }
    sys.stdout.write(text.format(key=KEY, secret=SECRET, data_dir=data_dir, **facts, **positions))
    sys.stdout.flush()


if __name__ == "__main__":
    main()
