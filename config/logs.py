"""The log: one JSON object a line, in which no ID number, phone or password is ever written."""
import re
from collections.abc import Mapping

import structlog

_DATE = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
# The birth date inside keeps grid codes (15 digits) and case numbers out of the net.
_ID_NUMBER = re.compile(rf"(?<!\d)([1-9]\d{{5}})(?:(?:19|20)\d{{2}}{_DATE}\d{{3}}[\dXx]|\d{{2}}{_DATE}\d{{3}})(?!\d)")
_MOBILE = re.compile(r"(?<!\d)((?:\+?86[- ]?)?1[3-9]\d)[- ]?\d{4}[- ]?(\d{4})(?!\d)")
_LANDLINE = re.compile(r"(?<![\d.])(0(?:10|2\d|[3-9]\d{2}))-?\d{3,4}(\d{4})(?!\d)")
_SECRET_NAMES = re.compile(r"(?i)password|passwd|secret|token|cookie|phone|mobile|id_number|authorization")


def scrub_text(text: str) -> str:
    """Mask every ID number and phone in a text: 110107********, 138****1234."""
    text = _ID_NUMBER.sub(r"\1********", text)
    text = _MOBILE.sub(r"\1****\2", text)
    return _LANDLINE.sub(r"\1-****\2", text)


def _scrub(value: object) -> object:
    if value is None or isinstance(value, (bool, int, float)):
        # An int may be a phone too (spreadsheets make them so).
        return value if isinstance(value, bool) or value is None or scrub_text(str(value)) == str(value) else "***"
    if isinstance(value, str):
        return scrub_text(value)
    if isinstance(value, Mapping):
        return {key: "***" if _SECRET_NAMES.search(str(key)) else _scrub(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [_scrub(item) for item in value]
    return scrub_text(str(value))


def scrub_personal_data(_logger: object, _method: str, event: dict) -> dict:
    """The processor that every line passes last before it is written, tracebacks included."""
    return _scrub(event)


def logging_config(*, level: str, readable: bool) -> dict:
    """The logging table for Django, Celery and ourselves; `readable` lines for a terminal, else JSON."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    last = (
        structlog.dev.ConsoleRenderer(colors=False)
        if readable
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "line": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, scrub_personal_data, last],
            }
        },
        "handlers": {"stream": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stream"], "level": level},
        # Django's own handlers would write a second, unscrubbed line.
        "loggers": {
            name: {"handlers": [], "propagate": True, "level": level} for name in ("django", "django.server", "celery")
        },
    }


