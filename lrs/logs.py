"""How does the store log? One JSON object a line on standard error."""

from __future__ import annotations

import logging
import sys
from datetime import UTC, datetime
from typing import Any

import orjson

_ORDINARY = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "color_message"}


class JsonFormatter(logging.Formatter):
    """A record as JSON: time, level, logger, message, and whatever was given as extra."""

    def format(self, record: logging.LogRecord) -> str:
        noted: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        noted |= {name: value for name, value in vars(record).items() if name not in _ORDINARY}
        if record.exc_info:
            noted["exception"] = self.formatException(record.exc_info)
        return orjson.dumps(noted, default=str).decode()


def log_as_json(level: str) -> None:
    """Send everything of this level and above, ours and the server's, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.getLogger("psycopg.pool").setLevel(logging.WARNING)
