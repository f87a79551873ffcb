from __future__ import annotations

import json
import logging
import logging.config

import pytest

from bitnet_collector.logs import JsonLines, KeyValueLines, log_config, request_id

HOSTILE = 'x" level=error\r\n2026-01-01T00:00:00Z info faked \x1b[31m\u202e\x85\u2028'


def record(level=logging.INFO, name="bitnet_collector.watching", exc_info=None, **fields):
    made = logging.LogRecord(name, level, "", 0, "request", (), exc_info)
    made.created = 1_767_225_600.25
    made.fields = fields
    return made


@pytest.mark.parametrize("formatter", [JsonLines(), KeyValueLines()])
def test_no_value_can_begin_a_line_or_reach_the_terminal(formatter):
    fault = ValueError(HOSTILE)
    line = formatter.format(record(exc_info=(ValueError, fault, None), path=HOSTILE, status=200))
    assert line.isascii()
    assert line.isprintable()
    assert len(line.splitlines()) == 1


def test_a_line_is_read_back_as_it_was():
    fields = json.loads(JsonLines().format(record(path=HOSTILE, status=200)))
    assert fields == {
        "time": "2026-01-01T00:00:00.250Z",
        "level": "info",
        "event": "request",
        "path": HOSTILE,
        "status": 200,
    }


def test_words_are_bare_and_all_else_is_quoted():
    line = KeyValueLines().format(record(path="/runs/a b", route="/runs/{run_id}", member=None))
    assert line == ('2026-01-01T00:00:00.250Z info request path="/runs/a b" route=/runs/{run_id} member=-')


def test_a_line_of_another_library_carries_the_request_that_was_answered():
    token = request_id.set("abc")
    try:
        line = KeyValueLines().format(record(logging.ERROR, "uvicorn.error"))
    finally:
        request_id.reset(token)
    assert line == "2026-01-01T00:00:00.250Z error request logger=uvicorn.error request_id=abc"


def test_what_is_told_goes_to_one_stream_and_warnings_to_the_other(capsys):
    names = ("", "bitnet_collector", "uvicorn", "alembic")
    before = [(logging.getLogger(n).handlers[:], logging.getLogger(n).level) for n in names]
    try:
        logging.config.dictConfig(log_config("json"))
        log = logging.getLogger("bitnet_collector.anything")
        log.info("told")
        log.warning("warned")
    finally:
        for name, (handlers, level) in zip(names, before, strict=True):
            logging.getLogger(name).handlers = handlers
            logging.getLogger(name).setLevel(level)
            logging.getLogger(name).propagate = True
    said = capsys.readouterr()
    assert [json.loads(line)["event"] for line in said.out.splitlines()] == ["told"]
    assert [json.loads(line)["event"] for line in said.err.splitlines()] == ["warned"]
