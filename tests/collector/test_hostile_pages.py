"""Reports that try to run something in their readers' browser, on every page there is, in both languages."""

from __future__ import annotations

import json
from urllib.parse import quote, urljoin, urlsplit

import pytest
from collector_reports import make_report, version_0
from collector_server import JSON, ONLY_SQLITE
from test_tokens import make

from bitnet_report import Caveat

pytestmark = pytest.mark.browser

RUN = "window.pwned=1"
SWEEP = "01900000-0000-7000-8000-0000000000bb"
ATTACKS = [
    f"<script>{RUN}</script>",
    f'"><img src=x onerror="{RUN}">',
    f"' onmouseover='{RUN}' autofocus onfocus='{RUN}' x='",
    f"</title></style></textarea></svg><svg onload={RUN}>",
    f"{{{{ ''.__class__ }}}}<iframe srcdoc='<script>parent.{RUN}</script>'>",
    f"javascript:{RUN}",
    f"</script><script>{RUN}</script>",
    f"<a href=javascript:{RUN}>x</a><base href=http://evil.example/><style>*{{background:url(//evil.example)}}</style>",
]
UNWANTED = 'main script:not([type="application/json"]), iframe, base, [onerror], [onload], [onfocus]'
WATCH = """
window.violations = [];
const noted = e => window.violations.push(e.violatedDirective + " " + e.blockedURI);
document.addEventListener("securitypolicyviolation", noted);
"""


def hostile_report(member, attack):
    """A report with the attack in every field that takes text; a name holds 200 characters of it."""
    name = attack[:200]
    report = make_report(
        member,
        cpu=name,
        note=attack,
        model=name,
        clock_source=name,
        engine=name[:60],
        dtype=name[:60],
        caveats=(Caveat(code="load-before", message=attack, remedy=attack),),
        grade="C",
    )
    document = json.loads(report.to_json())
    document[attack] = {attack: [attack]}
    for part in ("meta", "environment", "cpu_info", "workload", "quality", "warmup", "summary"):
        document[part][attack] = attack
    document["stage_profiles"][0][attack] = attack
    document["meta"]["sweep"] = {"sweep_id": SWEEP, "points": 2, "rounds": 1}
    document["environment"].update(os=name, kernel=name, torch=name, python=name, compiler=name)
    document["cpu_info"].update(arch=name, hypervisor=name, isa=[name])
    document["quality"]["caveats"].append({"code": name[:64], "message": attack, "remedy": attack})
    return document


TOLD = """() => new Promise(done => {
    if (window.violations.length) done();
    document.addEventListener("securitypolicyviolation", () => done());
})"""


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A collector full of attacks."""
    from collector_server import Server

    folder = tmp_path_factory.mktemp("hostile")
    running = Server(folder / "runs.db", log=folder / "log")
    running.runs = []
    for number, attacks in enumerate((ATTACKS, ATTACKS[::-1])):
        together = " ".join(attacks)  # every field holds them all; where one does not fit, its beginning
        answer = running.submit(hostile_report(f"M{number}", together))
        assert answer.status_code == 201, answer.text
        running.runs.append(answer.json())
    plain = make_report("N", cpu=ATTACKS[0], note=ATTACKS[1], clock_source=ATTACKS[2][:90])
    running.runs.append(running.submit(plain).json())
    assert running.submit(version_0("OLD", cpu_info={"brand": ATTACKS[0]})).status_code == 201
    admin = make(running.database_url, "boss", "--admin")
    for run, attack in zip(running.runs, ATTACKS, strict=False):
        answer = running.client.patch(
            f"/runs/{run['run_id']}",
            headers={"Authorization": f"Bearer {admin}", **JSON},
            json={"note": f"{attack} curated"},
        )
        assert answer.status_code == 200, answer.text
    yield running
    running.stop()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_value_of_a_report_runs_on_any_page(hostile, browser, language):
    context = browser.new_context(locale="zh-CN" if language == "zh" else "en-GB")
    context.add_init_script(WATCH)
    page = context.new_page()
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    ids = [run["run_id"] for run in hostile.runs]
    start = [
        f"/{name}?lang={language}" for name in ("summary", "runs", "members", "members/M0", f"sweeps/{SWEEP}")
    ]
    start += ["/docs", f"/runs/{quote(ATTACKS[0], safe='')}?lang={language}"]
    start += [f"/runs/{run_id}.html?lang={language}" for run_id in ids]
    start += [f"/compare.html?a={a}&b={b}&lang={language}" for a, b in zip(ids, ids[2:], strict=False)]
    waiting, seen, pages = [hostile.url + path for path in start], set(), 0
    while waiting and pages < 30:
        address = waiting.pop(0)
        if shape(address) in seen:
            continue
        if not any(address.endswith(path) for path in start):
            seen.add(shape(address))
        answer = hostile.client.get(address, headers={"Accept": "text/html"})
        if not answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.headers["x-content-type-options"] == "nosniff"
            continue
        pages += 1
        page.goto(address)
        provoke(page)
        assert page.evaluate("window.pwned") is None, address
        assert page.evaluate("window.violations") == [], address
        assert page.locator(UNWANTED).count() == 0, address
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))"):
            assert urlsplit(link).scheme in ("", "http", "https"), link
            there = urljoin(address, link).partition("#")[0]
            if there.startswith(hostile.url + "/") and language in (there.partition("lang=")[2] or language):
                waiting.append(there)
    context.close()
    assert pages >= len(start)
    assert complaints == []
    assert [url for url in asked if not url.startswith((hostile.url, "data:"))] == []


def shape(address: str) -> str:
    """An address without what differs between pages of one kind, so that a crawl sees each kind and ends."""
    parts = urlsplit(address)
    path = "/".join(
        "*" if len(piece) > 20 or piece[:1].isupper() else piece for piece in parts.path.split("/")
    )
    return path + "?" + "&".join(sorted(pair.partition("=")[0] for pair in parts.query.split("&")))


def provoke(page):
    """Do what sets off handlers: open what folds, move over and focus what can be."""
    page.evaluate(
        """() => {
            document.querySelectorAll("details").forEach(d => { d.open = true });
            document.querySelectorAll("*").forEach(e => {
                e.dispatchEvent(new MouseEvent("mouseover", {bubbles: true}));
                if (e.focus) e.focus();
            });
        }"""
    )


def test_the_tripwire_works(hostile, browser):
    page = browser.new_page()
    page.add_init_script(WATCH)
    page.goto(f"{hostile.url}/summary")
    page.evaluate(f"document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"{RUN}\">')")
    page.evaluate(TOLD)
    assert page.evaluate("window.pwned") is None  # the policy stopped it, and told so
    page.close()


@ONLY_SQLITE
def test_a_page_elsewhere_cannot_post_to_a_collector_on_this_machine(start_server, browser, tmp_path):
    server = start_server()
    other = start_server("--allowed-hosts", "x", database="other.db")  # another origin: another port
    body = make_report("EVIL").to_json().decode()
    page = browser.new_page()
    page.goto(f"{other.url}/health")
    for options in (
        {"method": "POST", "body": body, "mode": "no-cors"},
        {"method": "POST", "body": body, "headers": {"Content-Type": "application/json"}},
        {"method": "POST", "body": body, "mode": "no-cors", "headers": {"Content-Type": "text/plain"}},
        {"method": "DELETE"},
    ):
        page.evaluate(
            "([url, options]) => fetch(url, options).then(r => r.type, e => String(e))",
            [f"{server.url}/runs", options],
        )
    read = page.evaluate("url => fetch(url).then(r => r.text(), e => 'refused')", f"{server.url}/runs")
    assert read == "refused"
    page.close()
    assert server.client.get("/runs").json()["runs"] == []


@ONLY_SQLITE
def test_a_browser_asks_for_the_token_and_then_reads(start_server, browser):
    server = start_server("--read", "token")
    token = make(server.database_url, "WJ")
    context = browser.new_context(http_credentials={"username": "WJ", "password": token})
    page = context.new_page()
    assert page.goto(f"{server.url}/summary").status == 200
    assert page.get_by_role("heading", level=1).count() == 1
    context.close()
    assert server.client.get("/summary", headers={"Accept": "text/html"}).status_code == 401
