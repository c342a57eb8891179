"""Reads and checks the environment, before Django is configured.

Every reader raises `ConfigurationError` with one line that says what is wrong and what to do, in
Vietnamese when the operator's terminal is Vietnamese, otherwise in English. The check stands here
and not among Django's system checks because those do not run under WSGI.
"""

import gettext
import ipaddress
import os
import secrets
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# Names that reach no other machine: RFC 6761 keeps the last four apart for tests and examples.
_LOOPBACK_NAMES = {"localhost", "127.0.0.1", "[::1]", "::1"}
_RESERVED_SUFFIXES = (".localhost", ".test", ".example", ".invalid")

_DATABASE_SCHEMES = {"sqlite", "postgres", "postgresql", "psql", "pgsql"}

env = environ.Env()

# Django's own gettext needs the settings that are being read here.
_ = gettext.translation("django", BASE_DIR / "locale", fallback=True).gettext


class ConfigurationError(ImproperlyConfigured):
    """A value of the environment cannot be used; the text is for the operator."""


def read_dotenv() -> None:
    """Takes what `.env` sets and the environment does not; a missing file is no fault."""
    environ.Env.read_env(BASE_DIR / ".env")


def read_bool(name: str, *, default: bool) -> bool:
    value = os.environ.get(name, "").strip().lower()
    if value in ("1", "true", "yes", "on"):
        return True
    if value in ("0", "false", "no", "off"):
        return False
    if not value:
        return default
    raise ConfigurationError(
        _("%(name)s is “%(value)s”: write 1 for yes or 0 for no.") % {"name": name, "value": value}
    )


def read_int(name: str, *, default: int, lowest: int, highest: int) -> int:
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    if value.isascii() and value.isdigit() and lowest <= int(value) <= highest:
        return int(value)
    raise ConfigurationError(
        _("%(name)s is “%(value)s”: write a whole number from %(lowest)s to %(highest)s.")
        % {"name": name, "value": value, "lowest": lowest, "highest": highest}
    )


def read_list(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def read_choice(name: str, choices: list[str]) -> str:
    """One of them; the first where nothing is set."""
    value = os.environ.get(name, "").strip() or choices[0]
    if value not in choices:
        raise ConfigurationError(
            _("%(name)s is “%(value)s”: write one of %(choices)s.")
            % {"name": name, "value": value, "choices": ", ".join(choices)}
        )
    return value


def read_path(name: str, *, default: Path) -> Path:
    """A relative one begins in the portal's own folder, wherever a command is given."""
    return BASE_DIR / Path(os.environ.get(name, "").strip() or default).expanduser()


def read_site_url(*, port: int, allow_http: bool) -> str:
    """The public address without a closing slash; its scheme decides on cookies and redirects."""
    value = os.environ.get("SITE_URL", "").strip() or f"http://127.0.0.1:{port}"
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
        raise ConfigurationError(
            _("SITE_URL is “%(value)s”: write it as https://name.gov.vn, without a path.")
            % {"value": value}
        )
    if parts.scheme == "http" and not is_loopback(parts.hostname) and not allow_http:
        raise ConfigurationError(
            _(
                "SITE_URL is %(url)s: passwords would cross the network readable. "
                "Use https://, or set ALLOW_HTTP=1 if you must."
            )
            % {"url": value}
        )
    return value.rstrip("/")


def read_allowed_hosts(site_url: str) -> list[str]:
    host = urlsplit(site_url).hostname or ""
    hosts = read_list("ALLOWED_HOSTS") or [_host_header(host)]
    public = [name for name in hosts if not is_loopback(name.lstrip(".")) and not _reserved(name)]
    if is_loopback(host) and public:
        raise ConfigurationError(
            _(
                "ALLOWED_HOSTS has %(host)s, but SITE_URL is %(url)s, so every link would lead "
                "readers to their own machine: set SITE_URL to the public address."
            )
            % {"host": public[0], "url": site_url}
        )
    # The machine itself may always ask: health checks and `make run` do.
    return [*hosts, "127.0.0.1", "localhost", "[::1]"]


def _host_header(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def is_loopback(host: str) -> bool:
    if host in _LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _reserved(host: str) -> bool:
    return host.endswith(_RESERVED_SUFFIXES)


def read_require_two_factor(site_url: str) -> bool:
    """On wherever others can come: off by default only on this machine without TLS."""
    parts = urlsplit(site_url)
    is_private = parts.scheme == "http" and is_loopback(parts.hostname or "")
    return read_bool("REQUIRE_TWO_FACTOR", default=not is_private)


def read_trusted_proxies() -> list[str]:
    """Networks (or `unix`) whose forwarded headers are believed; none by default."""
    proxies = read_list("TRUSTED_PROXIES")
    for proxy in proxies:
        if proxy != "unix":
            _check_network(proxy)
    return proxies


def _check_network(proxy: str) -> None:
    try:
        ipaddress.ip_network(proxy)
    except ValueError as error:
        raise ConfigurationError(
            _("TRUSTED_PROXIES has “%(proxy)s”: write addresses or networks such as 10.0.0.0/8.")
            % {"proxy": proxy}
        ) from error


def read_clock_header(site_url: str) -> str:
    """The `request.META` key of the header that carries a replayed day's time, or ""."""
    name = os.environ.get("STATS_CLOCK_HEADER", "").strip()
    if name and not is_loopback(urlsplit(site_url).hostname or ""):
        raise ConfigurationError(
            _("STATS_CLOCK_HEADER lets a caller set the time, so it is refused on a public site.")
        )
    return f"HTTP_{name.upper().replace('-', '_')}" if name else ""


def read_database(var_dir: Path) -> dict[str, object]:
    url = os.environ.get("DATABASE_URL", "").strip() or f"sqlite:///{var_dir / 'portal.sqlite3'}"
    parts = urlsplit(url)
    if parts.scheme not in _DATABASE_SCHEMES or len(parts.path) < 2:
        raise ConfigurationError(
            _(
                "DATABASE_URL cannot be read: write it as "
                "postgres://user:password@host:5432/name or sqlite:////folder/file.sqlite3."
            )
        )
    try:
        database: dict[str, object] = dict(env.db_url_config(url))
    except ValueError as error:  # a port that is no number, a bracket left open
        raise ConfigurationError(_("DATABASE_URL cannot be read: %s.") % error) from error
    if parts.scheme == "sqlite":
        return database | _SQLITE
    options = _PATIENCE | cast(dict[str, object], database.get("OPTIONS", {}))
    return database | _POSTGRESQL | {"OPTIONS": options}


def read_backup_to(var_dir: Path) -> str:
    """A folder, or `s3+https://KEY:SECRET@host/bucket/prefix`."""
    value = os.environ.get("BACKUP_TO", "").strip()
    if not value.startswith("s3+"):
        return str(Path(value or var_dir / "backups").expanduser().absolute())
    parts = urlsplit(value)
    is_safe = parts.scheme == "s3+https" or is_loopback(parts.hostname or "")
    if not is_safe or not all((parts.username, parts.password, parts.path.strip("/"))):
        raise ConfigurationError(
            _(
                "BACKUP_TO cannot be read: write it as a folder, "
                "or as s3+https://key:secret@host/bucket."
            )
        )
    return value


def read_backup_keys() -> list[str]:
    keys = read_list("BACKUP_KEY")
    if any(not key.startswith("age1") for key in keys):
        raise ConfigurationError(
            _(
                "BACKUP_KEY is no public key: it begins with age1, and manage.py backup_key makes one."
            )
        )
    return keys


def read_cache(var_dir: Path) -> dict[str, object]:
    url = os.environ.get("CACHE_URL", "").strip() or f"filecache://{var_dir / 'cache'}"
    try:
        return dict(env.cache_url_config(url))
    except (ImproperlyConfigured, ValueError) as error:
        raise ConfigurationError(
            _(
                "CACHE_URL cannot be read: write it as rediscache://host:6379/0, "
                "or leave it out to keep the cache in files."
            )
        ) from error


def read_email() -> dict[str, object]:
    """Django's EMAIL_… settings; without EMAIL_URL mails go nowhere, and the desk says so."""
    url = os.environ.get("EMAIL_URL", "").strip() or "dummymail://"
    try:
        return dict(env.email_url_config(url))
    except (ImproperlyConfigured, ValueError) as error:
        raise ConfigurationError(
            _("EMAIL_URL cannot be read: write it as smtp+tls://user:password@host:587.")
        ) from error


def read_error_dsn() -> str:
    """Of a server that collects errors; empty for none."""
    value = os.environ.get("ERROR_DSN", "").strip()
    parts = urlsplit(value)
    is_safe = parts.scheme == "https" or is_loopback(parts.hostname or "")
    if value and not (is_safe and parts.username and parts.path.strip("/").isdigit()):
        raise ConfigurationError(
            _("ERROR_DSN cannot be read: write it as https://key@errors.example.gov.vn/1.")
        )
    return value


def read_clamd() -> str:
    """Where clamd listens: a socket's path or host:port; empty for none."""
    address = os.environ.get("CLAMD", "").strip()
    _host, colon, port = address.rpartition(":")
    if address and not address.startswith("/") and not (_host and colon and port.isdigit()):
        raise ConfigurationError(
            _("CLAMD must be the path of clamd's socket, or host:port, such as 127.0.0.1:3310.")
        )
    return address


# A server that does not answer is given up, so that readers get the hotline in place of silence:
# seconds to connect, milliseconds until what was sent must have arrived.
_PATIENCE: dict[str, object] = {
    "connect_timeout": 2,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
}

_POSTGRESQL: dict[str, object] = {
    "ENGINE": "portal.databases.postgresql",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
}

# FULL: an acknowledged save must outlive a power cut. IMMEDIATE: a writer waits for its turn at
# BEGIN instead of failing in the middle.
_SQLITE: dict[str, object] = {
    "ENGINE": "portal.databases.sqlite3",
    "CONN_MAX_AGE": 60,
    "CONN_HEALTH_CHECKS": True,
    "OPTIONS": {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
            # 8 MB of the file, in place of 2: the answers of one search stand on a thousand pages.
            "PRAGMA cache_size=-8000;"
        ),
    },
}


def make_folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            _("The folder %(path)s cannot be made (%(reason)s): make it, or set another one.")
            % {"path": path, "reason": error.strerror}
        ) from error
    if not os.access(path, os.W_OK | os.X_OK):
        raise ConfigurationError(
            _("The folder %(path)s cannot be written: give this user the right to write there.")
            % {"path": path}
        )
    return path


def read_secret_key(var_dir: Path) -> str:
    """SECRET_KEY, or the key kept in `var/secret_key`, made once with mode 0600."""
    if key := os.environ.get("SECRET_KEY", "").strip():
        return key
    path = make_folder(var_dir) / "secret_key"
    if not path.exists():
        _write_once(path, secrets.token_urlsafe(50))
    return path.read_text(encoding="ascii").strip()


def _write_once(path: Path, text: str) -> None:
    # A link either appears whole or not at all, so two processes that start together agree.
    draft = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
