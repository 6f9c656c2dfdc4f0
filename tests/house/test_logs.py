"""No ID number, phone or password in the log, whichever way it came there; everything else stays readable."""
import io
import json
import logging
import logging.config

import pytest
import structlog

from config.logs import logging_config, scrub_text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("身份证 110107198803150021 已核", "身份证 110107******** 已核"),
        ("11010719880315002X", "110107********"),
        ("11010719880315002x，", "110107********，"),
        ("旧证 110107880315002", "旧证 110107********"),
        ("电话13812341234。", "电话138****1234。"),
        ("138-1234-1234", "138****1234"),
        ("+86 13812341234", "+86 138****1234"),
        ("8613812341234", "86138****1234"),
        ("010-68871234", "010-****1234"),
        ("01068871234", "010-****1234"),
    ],
)
def test_a_personal_number_is_masked(text, kept):
    assert scrub_text(text) == kept


@pytest.mark.parametrize(
    "text",
    ["网格 110107005001003", "DC-2016-076", "2016-11-24T23:54:54.123456Z", "面积 12585000.00 m²", "0.0123456789"],
)
def test_a_number_that_is_nobodys_stays(text):
    assert scrub_text(text) == text


@pytest.fixture
def lines():
    """Log through the production table and read back what was written."""
    before, written = structlog.get_config(), io.StringIO()
    logging.config.dictConfig(logging_config(level="INFO", readable=False))
    logging.getLogger().handlers[0].setStream(written)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    structlog.configure(**before)
    logging.config.dictConfig(logging_config(level="WARNING", readable=True))


def test_a_line_is_json_with_its_level_and_its_logger(lines):
    logging.getLogger("cases.intake").info("案件 %s 已登记", "DC-2016-076")
    (line,) = lines()
    assert line["event"] == "案件 DC-2016-076 已登记"
    assert (line["level"], line["logger"]) == ("info", "cases.intake")


def test_arguments_extras_and_tracebacks_are_scrubbed_too(lines):
    log = logging.getLogger("django.request")
    extra = {"caller": ["13812341234"], "password": "hunter22", "number": 13812341234}
    log.warning("来电 %s", "13812341234", extra=extra)
    try:
        raise ValueError("110107198803150021")
    except ValueError:
        log.exception("失败")
    structlog.get_logger("x").info("来电", phone="13812341234", note={"text": "13812341234"})
    written = json.dumps(lines(), ensure_ascii=False)
    assert "ValueError" in written
    for secret in ("13812341234", "hunter22", "198803150021"):
        assert secret not in written
