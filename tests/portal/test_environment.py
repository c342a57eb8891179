import os
import stat
import subprocess
import sys

import pytest

from portal import environment
from portal.environment import BASE_DIR, ConfigurationError


def manage(*arguments, **variables):
    """The exit code and what was printed to standard error."""
    clean = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, str(BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(
        command, env=clean | variables, capture_output=True, text=True, cwd="/", check=False
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://a/b"),
        ("DATABASE_URL", "nonsense"),
        ("DATABASE_URL", "postgres://host:port/name"),
        ("SITE_URL", "portal.gov.vn"),
        ("SITE_URL", "https://portal.gov.vn/path"),
        ("SITE_URL", "http://portal.gov.vn"),
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("ALLOWED_HOSTS", "portal.gov.vn"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("STATS_IPV6_PREFIX", "129"),
        ("ALLOW_HTTP", "maybe"),
        ("CACHE_URL", "nonsense"),
        ("EMAIL_URL", "nonsense"),
        ("ERROR_DSN", "nonsense"),
    ],
)
def test_a_wrong_value_ends_in_one_line_that_names_it(name, value, tmp_path):
    code, error = manage("check", VAR_DIR=str(tmp_path), **{name: value})
    assert code == 1
    assert error.count("\n") == 1
    assert name in error or value in error


def test_a_folder_is_the_same_wherever_a_command_is_given(tmp_path, monkeypatch):
    found = set()
    for place in (tmp_path, BASE_DIR):
        monkeypatch.chdir(place)
        monkeypatch.setenv("MARKS_DIR", "var/marks")
        found.add(environment.read_path("MARKS_DIR", default=tmp_path))
    assert found == {BASE_DIR / "var/marks"}


@pytest.mark.parametrize("name", ["VAR_DIR", "MARKS_DIR"])
def test_a_folder_that_cannot_be_made_is_named(tmp_path, name):
    code, error = manage("check", **{"VAR_DIR": str(tmp_path), name: "/proc/nothing/here"})
    assert code == 1
    assert "/proc/nothing/here" in error
    assert error.count("\n") == 1


def test_the_clock_header_is_refused_on_a_public_site(tmp_path):
    values = {"SITE_URL": "https://portal.gov.vn", "STATS_CLOCK_HEADER": "X-Trace-Time"}
    code, error = manage("check", VAR_DIR=str(tmp_path), **values)
    assert code == 1
    assert "STATS_CLOCK_HEADER" in error


@pytest.mark.slow
def test_a_loopback_site_takes_hosts_that_are_kept_for_tests(tmp_path):
    code, _error = manage("check", VAR_DIR=str(tmp_path), ALLOWED_HOSTS="portal.test")
    assert code == 0


def test_the_operator_reads_vietnamese_where_the_terminal_does(tmp_path):
    _code, error = manage("check", VAR_DIR=str(tmp_path), PORT="x", LANGUAGE="vi")
    assert "số nguyên" in error


def test_a_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path, monkeypatch):
    monkeypatch.delenv("SECRET_KEY")
    first = environment.read_secret_key(tmp_path)
    assert environment.read_secret_key(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600
    assert len(first) >= 50


@pytest.mark.parametrize("value", ["1", "true", "Yes", "on"])
def test_yes_is_said_in_several_ways(monkeypatch, value):
    monkeypatch.setenv("ALLOW_HTTP", value)
    assert environment.read_bool("ALLOW_HTTP", default=False)


def test_http_beyond_this_machine_must_be_allowed(monkeypatch):
    monkeypatch.setenv("SITE_URL", "http://portal.gov.vn")
    with pytest.raises(ConfigurationError):
        environment.read_site_url(port=8000, allow_http=False)
    assert environment.read_site_url(port=8000, allow_http=True) == "http://portal.gov.vn"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_loopback_has_many_names(host):
    assert environment.is_loopback(host)


@pytest.mark.parametrize(
    ("site_url", "said", "required"),
    [
        ("https://portal.example", "", True),
        ("http://127.0.0.1:8000", "", False),
        ("http://localhost:8000", "", False),
        ("http://portal.example", "", True),
        ("https://portal.example", "0", False),
        ("http://127.0.0.1:8000", "1", True),
    ],
)
def test_the_second_factor_is_required_where_others_can_come(monkeypatch, site_url, said, required):
    monkeypatch.setenv("REQUIRE_TWO_FACTOR", said)
    assert environment.read_require_two_factor(site_url) is required
