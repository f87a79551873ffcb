from __future__ import annotations

import re

import pytest
from collector_app import ELSEWHERE, HERE, App
from collector_reports import make_report
from starlette.routing import Mount

from bitnet_collector.access.decisions import DECISIONS, Decision
from bitnet_report import new_run_id

NOBODY, OWN, OTHER, ADMIN = "nobody", "WJ's token", "WYC's token", "an admin's token"


def route_table(routes) -> set[tuple[str, str]]:
    """Every method and path that the application answers; HEAD is answered as GET."""
    table = set()
    for route in routes:
        if hasattr(route, "original_router"):
            table |= route_table(route.original_router.routes)
        elif isinstance(route, Mount):
            table.add(("GET", route.path))
        else:
            table |= {(method, route.path) for method in route.methods - {"HEAD"}}
    return table


@pytest.fixture(scope="module")
def collectors(tmp_path_factory):
    """One collector before its first token, and two with tokens: with open and with closed reading."""
    fresh = App(tmp_path_factory.mktemp("fresh"))
    opened = App(tmp_path_factory.mktemp("open"), host="0.0.0.0", open=True)
    reading = App(tmp_path_factory.mktemp("reading"), host="0.0.0.0")
    closed = App(tmp_path_factory.mktemp("closed"), host="0.0.0.0", read="token")
    for app in (reading, closed):
        app.tokens = {
            OWN: app.make_token("WJ"),
            OTHER: app.make_token("WYC"),
            ADMIN: app.make_token("boss", admin=True),
        }
    yield {"fresh": fresh, "opened": opened, "reading": reading, "closed": closed}
    for app in (fresh, opened, reading, closed):
        app.stop()


def test_every_route_has_a_decision_and_every_decision_a_route(collectors):
    assert route_table(collectors["fresh"].app.routes) == set(DECISIONS)


def test_a_route_that_nobody_decided_on_answers_nobody(tmp_path):
    app = App(tmp_path)
    app.app.add_api_route("/new", lambda: {"secret": 1})
    admin = app.make_token("boss", admin=True)
    answer = app.ask("GET", "/new", admin)
    app.stop()
    assert answer.status_code == 500
    assert "secret" not in answer.text


ALLOWED = {
    "fresh": {
        (NOBODY, HERE): {Decision.READ, Decision.SUBMIT},
        (NOBODY, ELSEWHERE): set(),
    },
    "opened": {
        (NOBODY, HERE): {Decision.READ, Decision.SUBMIT},
        (NOBODY, ELSEWHERE): {Decision.READ, Decision.SUBMIT},
    },
    "reading": {(NOBODY, place): {Decision.READ} for place in (HERE, ELSEWHERE)},
    "closed": {(NOBODY, place): set() for place in (HERE, ELSEWHERE)},
}
for name in ("reading", "closed"):
    for place in (HERE, ELSEWHERE):
        ALLOWED[name] |= {(who, place): {Decision.READ, Decision.SUBMIT} for who in (OWN, OTHER)}
        ALLOWED[name][ADMIN, place] = {Decision.READ, Decision.SUBMIT, Decision.MANAGE}


@pytest.mark.parametrize("name", ALLOWED)
@pytest.mark.parametrize(("method", "path"), sorted(DECISIONS))
def test_each_route_answers_whom_its_decision_allows_and_nobody_else(collectors, name, method, path):
    app, decision = collectors[name], DECISIONS[method, path]
    for (who, place), allowed in ALLOWED[name].items():
        token = None if who == NOBODY else app.tokens[who]
        answer = app.ask(method, path.replace("{run_id}", new_run_id()), token, place)
        refused = answer.status_code in (401, 403)
        heard = decision is Decision.NOTHING or decision in allowed
        if decision is Decision.A_NAME:
            heard = (name, place) != ("fresh", ELSEWHERE)
        assert refused is not heard, (who, place, answer.text)
        if refused:
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.json()["remedy"]
            assert ("WWW-Authenticate" in answer.headers) == (answer.status_code == 401)
            assert not re.search(r"bnt_\w{12}_", answer.text)


@pytest.mark.parametrize(("method", "path"), sorted(DECISIONS))
def test_a_token_that_is_not_valid_is_told_so_wherever_who_asks_matters(collectors, method, path):
    app = collectors["reading"]
    good = app.tokens[ADMIN]
    revoked = app.make_token("WJ", admin=True)
    app.revoke(revoked)
    others = App.make_token(collectors["closed"], "WJ")
    for token in (revoked, others, good[:-1] + ("A" if good[-1] != "A" else "B"), good + "x", "x", "", "é"):
        answer = app.ask(
            method, path.replace("{run_id}", new_run_id()), headers={"Authorization": bearer(token)}
        )
        if DECISIONS[method, path] is Decision.NOTHING:
            assert answer.status_code not in (401, 403)
            continue
        assert answer.status_code == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")
        assert answer.json()["type"].endswith(":bad-token")
        assert len(token) < 2 or token not in answer.text


def bearer(token: str) -> bytes:
    return f"Bearer {token}".encode()


def test_whoami_tells_who_and_what_they_may(collectors):
    def told(name, token=None, place=HERE):
        return collectors[name].ask("GET", "/whoami", token, place).json()

    free = {"role": "anonymous", "member": None, "may": ["read", "submit"]}
    assert told("fresh") == free
    assert told("opened", place=ELSEWHERE) == free
    assert told("reading") == {"role": "anonymous", "member": None, "may": ["read"]}
    assert told("closed") == {"role": "anonymous", "member": None, "may": []}
    tokens = collectors["closed"].tokens
    assert told("closed", tokens[OWN]) == {"role": "member", "member": "WJ", "may": ["read", "submit"]}
    assert told("closed", tokens[ADMIN], ELSEWHERE) == {
        **{"role": "admin", "member": "boss"},
        "may": ["read", "submit", "manage"],
    }


def test_a_member_s_token_submits_as_that_member_alone(collectors):
    app = collectors["closed"]
    report = make_report("WJ")
    stolen = app.ask("POST", "/runs", app.tokens[OTHER], content=report.to_json())
    assert (stolen.status_code, stolen.json()["field"]) == (403, "member")
    assert "WYC" in stolen.json()["detail"]
    assert app.ask("GET", f"/runs/{report.run_id}", app.tokens[OWN]).status_code == 404
    assert app.ask("POST", "/runs", app.tokens[OWN], content=report.to_json()).status_code == 201
    for_another = make_report("LCJ")
    assert app.ask("POST", "/runs", app.tokens[ADMIN], content=for_another.to_json()).status_code == 201


def test_the_first_token_shuts_an_open_collector_to_strangers_at_once(tmp_path):
    app = App(tmp_path, host="0.0.0.0", open=True)
    body = make_report().to_json()
    assert app.ask("POST", "/runs", client=ELSEWHERE, content=body).status_code == 201
    token = app.make_token("WJ")
    assert app.ask("POST", "/runs", client=ELSEWHERE, content=make_report().to_json()).status_code == 401
    app.revoke(token)
    assert app.ask("POST", "/runs", client=HERE, content=make_report().to_json()).status_code == 401
    app.stop()


@pytest.mark.parametrize(
    "header", ["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host", "X-Forwarded-Proto"]
)
def test_what_a_proxy_brings_is_not_taken_for_this_machine(collectors, header):
    app = collectors["fresh"]
    assert app.ask("GET", "/runs").status_code == 200
    answer = app.ask("GET", "/runs", headers={header: "127.0.0.1"})
    assert (answer.status_code, answer.json()["type"].rpartition(":")[2]) == (403, "loopback-only")
    assert "proxy" in answer.json()["detail"]


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
def test_every_loopback_address_is_this_machine(collectors, address):
    assert collectors["fresh"].ask("GET", "/runs", client=address).status_code == 200


@pytest.mark.parametrize(
    "address", ["10.0.0.1", "169.254.1.1", "::", "::ffff:10.0.0.1", "fe80::1%eth0", "x", ""]
)
def test_no_other_address_is(collectors, address):
    assert collectors["fresh"].ask("GET", "/runs", client=address).status_code == 403


def test_a_browser_reads_with_the_token_as_its_password_and_does_no_more(collectors):
    app = collectors["closed"]
    page = {"Accept": "text/html"}
    asked = app.ask("GET", "/summary", headers=page)
    assert asked.status_code == 401
    assert asked.headers["WWW-Authenticate"].startswith("Basic ")
    assert app.ask("GET", "/summary").headers["WWW-Authenticate"] == "Bearer"
    basic = {"Authorization": basic_of("anything", app.tokens[ADMIN])}
    assert app.ask("GET", "/summary", headers=page | basic).status_code == 200
    assert app.ask("DELETE", f"/runs/{new_run_id()}", headers=basic).status_code == 401
    assert app.ask("POST", "/runs", headers=basic, content=make_report().to_json()).status_code == 401
    pasted = {"Authorization": basic_of("anything", f" {app.tokens[ADMIN]}\r\n")}
    assert app.ask("GET", "/summary", headers=page | pasted).status_code == 200
    mistyped = app.ask(
        "GET", "/summary", headers=page | {"Authorization": basic_of("", app.tokens[OWN][:-1])}
    )
    assert mistyped.status_code == 401
    assert mistyped.headers["WWW-Authenticate"].startswith("Basic ")  # so that the browser asks again


def basic_of(name: str, password: str) -> str:
    import base64

    return "Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


def test_a_proxy_s_own_password_is_no_token(collectors):
    answer = collectors["reading"].ask("GET", "/runs", headers={"Authorization": basic_of("team", "secret")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "value", [b"Basic \xff\xfe", "Basic ü".encode(), b"Basic !", b"Basic /w==", b"Basic"]
)
def test_what_is_no_password_is_none(collectors, value):
    page = {"Accept": "text/html", "Authorization": value}
    assert collectors["reading"].ask("GET", "/runs", headers=page).status_code == 200
    assert collectors["closed"].ask("GET", "/runs", headers=page).headers["WWW-Authenticate"][:6] == "Basic "


@pytest.mark.parametrize(
    ("headers", "cross"),
    [
        ({}, False),
        ({"Origin": "http://127.0.0.1"}, False),
        ({"Origin": "https://127.0.0.1"}, False),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "https://a.example"}, False),
        ({"Sec-Fetch-Site": "none"}, False),
        ({"Origin": "http://127.0.0.1:81"}, True),
        ({"Origin": "https://evil.example"}, True),
        ({"Origin": "null"}, True),
        ({"Sec-Fetch-Site": "cross-site"}, True),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1"}, True),
    ],
)
def test_pages_of_other_sites_change_nothing(collectors, headers, cross):
    report = make_report()
    answer = collectors["fresh"].ask("POST", "/runs", headers=headers, content=report.to_json())
    assert answer.status_code == (403 if cross else 201)
    if cross:
        assert answer.json()["type"].endswith(":cross-site")
    app = collectors["reading"]
    run = f"/runs/{new_run_id()}"
    removed = app.ask("DELETE", run, app.tokens[ADMIN], headers=headers)
    assert removed.status_code == (403 if cross else 404)


@pytest.mark.parametrize(
    ("settings", "host", "answered"),
    [
        ({}, "localhost:8000", True),
        ({}, "LOCALHOST", True),
        ({}, "bitnet.localhost", True),
        ({}, "127.0.0.1:80", True),
        ({}, "[::1]:8000", True),
        ({}, "evil.example", False),
        ({}, "localhost.evil.example", False),
        ({}, "127.0.0.1.evil.example", False),
        ({}, "192.168.1.5", False),
        ({}, "", False),
        ({}, "a b", False),
        ({}, "localhost@evil.example", False),
        ({"host": "0.0.0.0"}, "192.168.1.5:8000", True),
        ({"host": "0.0.0.0"}, "[fd00::1]", True),
        ({"host": "0.0.0.0"}, "evil.example", False),
        ({"host": "bitnet.lan"}, "bitnet.lan:8000", True),
        ({"allowed_hosts": ("bitnet.example.org",)}, "bitnet.example.org.", True),
        ({"allowed_hosts": ("bitnet.example.org",)}, "x.bitnet.example.org", False),
        ({"allowed_hosts": ("*.example.org",)}, "x.example.org", True),
        ({"allowed_hosts": ("*.example.org",)}, "evilexample.org", False),
        ({"allowed_hosts": ("*",)}, "evil.example", True),
    ],
)
def test_only_its_own_names_are_answered(tmp_path, settings, host, answered):
    app = App(tmp_path, **settings)
    for path in ("/health", "/static/collector.css", "/nothing"):
        answer = app.ask("GET", path, headers={"Host": host})
        assert (answer.status_code != 421) is answered
    app.stop()


@pytest.mark.parametrize(("published", "status"), [("127.0.0.1", 200), ("", 403), ("0.0.0.0", 403)])
def test_in_a_container_it_counts_where_the_port_is_published(tmp_path, published, status):
    app = App(tmp_path, host="0.0.0.0", published=published)
    gateway = "172.17.0.1"  # every request from the host seems to come from there
    assert app.ask("GET", "/runs", client=gateway).status_code == status
    assert app.ask("GET", "/runs", client=gateway, headers={"Via": "1.1 proxy"}).status_code == 403
    app.stop()
