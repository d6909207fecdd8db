"""Logs a line for each request, without tokens: queries and headers, which can hold them, are not logged."""

from __future__ import annotations

import json
import logging
from time import gmtime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from lp_sandbox.request.request_and_answer import Answer, Request

log = logging.getLogger("lp-sandbox.access")
ENTRY = "entry"
"""The attribute of a record of the log that holds the fields of a request."""


def log_request(request: Request, answer: Answer, seconds: float) -> None:
    """Log a request and its answer."""
    entry = {
        "request_id": request.id,
        "method": request.method,
        "path": quote(request.path, safe="/:@!$&'()*+,;="),
        "status": answer.status,
        "duration_ms": round(seconds * 1000, 3),
        "operation": answer.operation,
        "world": answer.world,
        "rules": list(answer.reasons),
    }
    log.info("%s %s %s", request.method, entry["path"], answer.status, extra={ENTRY: entry})


class TextFormatter(logging.Formatter):
    """Writes messages as they are, and requests with the time and with names before their other fields."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the text of a record."""
        text, entry = super().format(record), getattr(record, ENTRY, None)
        if entry is None:
            return text
        named = {
            "id": entry["request_id"],
            "operation": entry["operation"],
            "world": entry["world"],
            "rules": ",".join(entry["rules"]),
        }
        fields = [f"{name}={value}" for name, value in named.items() if value]
        return " ".join((_time(self, record), text, f"{entry['duration_ms']} ms", *fields))


class JsonFormatter(logging.Formatter):
    """Writes each record as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the JSON of a record."""
        fields: dict[str, Any] = {"time": _time(self, record), "level": record.levelname.lower()}
        fields |= getattr(record, ENTRY, None) or {"message": record.getMessage()}
        if record.exc_info:
            fields["exception"] = self.formatException(record.exc_info)
        return json.dumps(fields)


def _time(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """Return the time of a record in UTC."""
    formatter.converter = gmtime
    return f"{formatter.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03}Z"


FORMATTERS = {"text": TextFormatter, "json": JsonFormatter}
