"""What the portal is made of is written down, and “not checked” is never taken for “passed”."""

import importlib.util
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.machinery import SourceFileLoader
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
_loader = SourceFileLoader("supply_chain", str(ROOT / ".ci/supply-chain"))
_spec = importlib.util.spec_from_loader("supply_chain", _loader)
supply_chain = importlib.util.module_from_spec(_spec)
_loader.exec_module(supply_chain)


def test_every_package_is_locked_with_hashes():
    packages = supply_chain.packages()
    assert len(packages) > 20
    assert [each.name for each in packages if not each.hashes] == []


def test_the_list_of_parts_is_that_of_the_lock():
    assert (ROOT / "docs/sbom.json").read_text(encoding="utf-8") == supply_chain.sbom()
    names = {each["name"] for each in json.loads(supply_chain.sbom())["components"]}
    assert {"django", "pillow", "psycopg2-binary"} <= names


def test_every_licence_is_known():
    assert "?" not in supply_chain.licences()
    assert (ROOT / "docs/licences.md").read_text(encoding="utf-8") == supply_chain.licences()


@contextmanager
def database(answer):
    """An OSV database on this machine that knows what `answer` gives for (name, version)."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked = [(each["package"]["name"], each["version"]) for each in sent["queries"]]
            rows = [{"vulns": [{"id": each} for each in answer(*each)]} for each in asked]
            body = json.dumps({"results": rows}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


def knows(*vulnerable):
    return lambda name, version: ["PYSEC-1"] if name in vulnerable or version == "3.0" else []


def test_nothing_known_is_a_pass():
    with database(knows()) as url:
        assert supply_chain.vulnerabilities(url) == 0


def test_something_known_is_named(capsys):
    with database(knows("pillow")) as url:
        assert supply_chain.vulnerabilities(url) == 1
    assert "pillow" in capsys.readouterr().out


@pytest.mark.parametrize("reason", ["a database that knows nothing", "nobody there"])
def test_what_could_not_be_asked_is_not_checked(reason, capsys):
    if reason == "nobody there":
        assert supply_chain.vulnerabilities("http://127.0.0.1:9/") == 2
    else:
        with database(lambda name, version: []) as url:
            assert supply_chain.vulnerabilities(url) == 2
    assert "not checked" in capsys.readouterr().out
