"""Backups, proofs and restores: of a portal with its own folder and database, seen from outside."""

import gzip
import os
import random
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.keeping import archives, backups, nightly, retention, sealing, stores
from portal.keeping.archives import KeepingError
from portal.models import Backup
from tests import prepared
from tests.portal.fake_s3 import storage
from tests.portal.installation import Installation
from tests.stats.served import copied, own_database

pytestmark = pytest.mark.slow

ON_POSTGRESQL = bool(os.environ.get("DATABASE_URL"))

Counts = dict[str, int]

SALT = "5a17" * 16
HASH = 0x1122334455667788
SESSION = "phien-dang-nhap-cua-can-bo-khong-duoc-sao-luu"

MAKE_VISITORS = f"""
from datetime import date
from django.contrib.sessions.models import Session
from django.utils import timezone
from stats.models import DailySalt, VisitInterval
today = date(2026, 11, 24)
DailySalt.objects.update_or_create(day=today, defaults={{"salt": "{SALT}"}})
VisitInterval.objects.bulk_create(
    VisitInterval(day=today, visitor={HASH} + n, first=1, last=2) for n in range(500)
)
Session.objects.create(session_key="k", session_data="{SESSION}", expire_date=timezone.now())
"""


MAKE_EXTENSION = """
from django.db import connection
connection.cursor().execute("CREATE EXTENSION pg_trgm")
"""

COUNT_FUNCTIONS = """
import json
from django.db import connection
with connection.cursor() as cursor:
    cursor.execute(
        "SELECT proname, count(*) FROM pg_proc WHERE proname IN ('portal_search', 'show_trgm')"
        " GROUP BY proname"
    )
    print(json.dumps(dict(cursor.fetchall())))
"""


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    folder = tmp_path_factory.mktemp("cong") / "var"
    with copied(folder, samples=12) as database:
        made = Installation(folder, **database)
        made.run("shell", "--no-imports", "-c", MAKE_VISITORS)
        yield made


@pytest.fixture(scope="module")
def backup(portal: Installation, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Counts]:
    """One of that portal, and the rows that were in it."""
    portal.run("backup")
    counts = portal.counts()
    return shutil.copy(portal.backups[-1], tmp_path_factory.mktemp("kho")), counts


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Installation]:
    """A portal of another agency."""
    with copied(tmp_path / "var") as database:
        yield Installation(tmp_path / "var", **database)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Installation]:
    """A machine on which the portal has never run."""
    with ExitStack() as stack:
        url = stack.enter_context(own_database(os.environ["DATABASE_URL"])) if ON_POSTGRESQL else ""
        yield Installation(tmp_path / "var", url)


def content_of(archive: Path) -> dict[str, bytes]:
    folder = archive.parent / f"{archive.name}.opened"
    with archive.open("rb") as file:
        manifest = archives.read(file, lambda name: folder / name)
    found = {name: (folder / name).read_bytes() for name in manifest["members"]}
    shutil.rmtree(folder)
    return found


def export(portal: Installation, file: Path) -> dict[str, bytes]:
    portal.run("export_site", str(file))
    return content_of(file)


# What a backup is


def test_a_backup_comes_back_whole_on_an_empty_machine(portal, empty, tmp_path):
    before = export(portal, tmp_path / "truoc.tar.gz")
    portal.run("backup")
    empty.run("restore", str(portal.backups[-1]))
    after = export(empty, tmp_path / "sau.tar.gz")
    # The restored trail says that it was restored.
    trail = "rows/editing.auditentry.jsonl"
    assert after.pop(trail).startswith(before.pop(trail))
    assert after == before
    assert any(name.startswith("media/photos/") for name in after)


def test_no_hash_of_a_visitor_no_salt_and_no_session_is_in_a_backup(portal, tmp_path):
    portal.run("backup")
    with portal.backups[-1].open("rb") as file:
        manifest = archives.read(file, lambda name: tmp_path / name)
    for table in ("stats_visitinterval", "stats_dailysalt", "django_session"):
        assert manifest["tables"][table] == [0, 0]
    database = next(tmp_path.glob("database.*")).read_bytes()
    if not ON_POSTGRESQL:  # whose dump is compressed: the counts above were taken after restoring
        present = portal.database.read_bytes()
        secrets = [SALT.encode(), SESSION.encode()]
        secrets += [(HASH + number).to_bytes(8) for number in range(500)]
        wal = portal.database.with_name("portal.sqlite3-wal")
        present += wal.read_bytes() if wal.exists() else b""
        assert all(secret in present for secret in secrets)
        assert not any(secret in database for secret in secrets)
    assert not any(name.startswith("spool") for name in manifest["members"])


def test_the_proof_is_noted_and_told_to_the_desk(portal):
    portal.run("backup")
    told = portal.ask(
        "import json; from portal import status, week_sheet\n"
        "print(json.dumps([status.has_fresh_backup(), week_sheet.latest_proven_backup() is not None]))"
    )
    assert told == [True, True]


def test_a_sealed_backup_opens_with_the_key_alone(portal, tmp_path):
    key = tmp_path / "khoa.txt"
    public = portal.run("backup_key", str(key)).splitlines()[0].removeprefix("BACKUP_KEY=")
    assert key.stat().st_mode & 0o777 == 0o600
    sealing_portal = Installation(
        portal.folder,
        portal.environment.get("DATABASE_URL", ""),
        BACKUP_KEY=public,
        BACKUP_TO=str(tmp_path / "kho"),
    )
    sealing_portal.run("backup")
    (name,) = [path.name for path in (tmp_path / "kho").iterdir()]
    assert name.endswith(".tar.gz.age")
    assert "--key" in sealing_portal.run("verify_backup", fails=True)
    assert "can be restored" in sealing_portal.run("verify_backup", "--key", str(key))
    sealing_portal.run("backup_key", str(tmp_path / "khac.txt"))
    wrong = sealing_portal.run("verify_backup", "--key", str(tmp_path / "khac.txt"), fails=True)
    assert "does not open" in wrong


def test_a_dry_run_writes_nothing(portal):
    before = portal.backups
    assert "Photos and files" in portal.run("backup", "--dry-run")
    portal.run("backup", "--dry-run")
    assert portal.backups == before


def test_a_portal_with_articles_is_replaced_only_when_told_to_and_kept_before(backup, other):
    file, counts = backup
    other.run("shell", "--no-imports", "-c", MAKE_ARTICLE)
    assert "--replace" in other.run("restore", file, fails=True)
    assert "before-restore-" in other.run("restore", file, "--replace")
    assert other.counts()["news.Article"] == counts["news.Article"]


@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite has no functions of its own")
def test_what_belongs_to_an_extension_of_the_database_is_left_alone(backup, other):
    file, counts = backup
    other.run("shell", "--no-imports", "-c", MAKE_EXTENSION)
    other.run("restore", file, "--replace", "--no-backup")
    assert other.counts()["news.Article"] == counts["news.Article"]
    assert other.ask(COUNT_FUNCTIONS) == {"portal_search": 1, "show_trgm": 1}


# What is damaged is known


def test_a_backup_with_one_changed_byte_proves_nothing(portal, backup, tmp_path):
    whole = Path(backup[0]).read_bytes()
    damaged = tmp_path / "portal-20261124T000000Z.tar.gz"
    at = len(whole) // 2
    damaged.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
    assert "CommandError" in portal.run("verify_backup", str(damaged), fails=True)


def test_a_restore_from_a_damaged_backup_leaves_the_portal_as_it_was(portal, backup, tmp_path):
    damaged = tmp_path / "portal-20261124T000000Z.tar.gz"
    damaged.write_bytes(Path(backup[0]).read_bytes()[:-2000])
    before = portal.counts()
    portal.run("restore", str(damaged), "--replace", "--no-backup", fails=True)
    assert portal.counts() == before


def test_a_database_that_differs_from_its_manifest_is_found_by_the_proof(tmp_path):
    if ON_POSTGRESQL:
        pytest.skip("the archive here is one of SQLite")
    database = tmp_path / "database.sqlite3"
    with closing(sqlite3.connect(database)) as made:
        made.execute("CREATE TABLE bai_viet (ten TEXT)")
        made.execute("INSERT INTO bai_viet VALUES ('Khởi công')")
        made.commit()
    archive = tmp_path / "archive"
    with archive.open("wb") as file:
        writer = archives.Writer(file)
        writer.add("database.sqlite3", database)
        writer.finish({"kind": "backup", "tables": {"bai_viet": [2, 0]}})
    with pytest.raises(KeepingError, match="bai_viet"):
        backups.prove(archive, tmp_path)


def made_archive(tmp_path: Path) -> bytes:
    (tmp_path / "tin.txt").write_text("Đường dây nóng", encoding="utf-8")
    file = BytesIO()
    writer = archives.Writer(file)
    writer.add("tin.txt", tmp_path / "tin.txt")
    writer.finish({"kind": "backup"})
    return file.getvalue()


def test_an_archive_cut_anywhere_is_refused(tmp_path):
    whole = made_archive(tmp_path)
    assert archives.read(BytesIO(whole), lambda name: None)["members"].keys() == {"tin.txt"}
    for length in range(len(whole) - 1):
        with pytest.raises(KeepingError):
            archives.read(BytesIO(whole[:length]), lambda name: None)


@pytest.mark.parametrize("name", ["../ra-ngoai", "/etc/passwd", "a/../../b"])
def test_an_archive_cannot_write_beside_its_folder(tmp_path, name):
    (tmp_path / "tin.txt").write_text("x")
    file = BytesIO()
    writer = archives.Writer(file)
    writer.add(name, tmp_path / "tin.txt")
    writer.finish({})
    with pytest.raises(KeepingError, match="không phải tệp của cổng"):
        archives.read(BytesIO(file.getvalue()), lambda name: tmp_path / "in" / name)


# Killed in the middle


@pytest.mark.parametrize("seed", range(2))
def test_a_backup_killed_anywhere_leaves_no_half_backup_and_the_next_one_succeeds(portal, seed):
    before = portal.backups
    process = portal.start("backup")
    _kill_somewhere(process, seed, longest=1.6)
    for path in set(portal.backups) - set(before):
        portal.run("verify_backup", str(path))
    portal.run("backup")
    assert not (portal.folder / "keeping").exists()


@pytest.mark.parametrize("seed", range(2))
def test_a_restore_killed_anywhere_has_restored_or_not(backup, other, seed):
    file, counts = backup
    before, wanted = other.counts(), counts.copy()
    process = other.start("restore", file, "--no-backup")
    _kill_somewhere(process, seed, longest=2.0)
    now = other.counts()
    trail = "editing.AuditEntry"
    now[trail] = before[trail] = wanted[trail] = 0
    assert now in (before, wanted)
    other.run("restore", file, "--no-backup", "--replace")
    assert other.counts() | {trail: 0} == wanted


@pytest.mark.parametrize("seed", range(2))
def test_an_import_killed_at_work_has_imported_or_not(portal, other, tmp_path, seed):
    portal.run("shell", "--no-imports", "-c", MAKE_ARTICLE)
    portal.run("export_site", str(tmp_path / "mot.tar.gz"))
    before, wanted = other.counts(), portal.counts()
    process = other.start("import_site", str(tmp_path / "mot.tar.gz"), "--replace")
    _kill_at_work(process, other, seed)
    assert other.counts() in (before, wanted)
    other.run("import_site", str(tmp_path / "mot.tar.gz"), "--replace")
    assert other.counts() == wanted
    assert not (other.folder / "keeping").exists()


@pytest.mark.parametrize("seed", range(2))
def test_an_export_killed_at_work_leaves_nothing_that_looks_whole(portal, tmp_path, seed):
    target = tmp_path / "mot.tar.gz"
    process = portal.start("export_site", str(target))
    _kill_at_work(process, portal, seed)
    if target.exists():
        assert content_of(target)
    portal.run("export_site", str(target))
    assert [path.name for path in tmp_path.glob("*mot*")] == ["mot.tar.gz"]


def _kill_at_work(process, installation, seed):
    """At some instant after it has begun to write."""
    while not (installation.folder / "keeping").exists() and process.poll() is None:
        time.sleep(0.001)
    _kill_somewhere(process, seed, longest=0.8, shortest=0)


def _kill_somewhere(process, seed, *, longest, shortest=0.5):
    end = time.monotonic() + random.Random(seed).uniform(shortest, longest)
    while time.monotonic() < end and process.poll() is None:
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.communicate()


# How long they are kept

MOMENTS = st.lists(
    st.integers(0, 1000).map(lambda n: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=n)),
    max_size=80,
)


@given(MOMENTS)
def test_the_newest_backup_always_stays_and_at_most_one_a_period(moments):
    gone = retention.superseded(moments)
    kept = set(moments) - gone
    assert len(kept) <= retention.DAYS + retention.WEEKS + retention.MONTHS
    assert not moments or max(moments) in kept


def test_a_year_of_nights_leaves_seven_days_five_weeks_and_twelve_months():
    nights = [datetime(2026, 12, 31, 19, tzinfo=UTC) - timedelta(days=n) for n in range(365)]
    kept = sorted(set(nights) - retention.superseded(nights))
    assert nights[:7] == sorted(kept, reverse=True)[:7]
    assert 12 <= len(kept) <= 24
    assert kept[0] < datetime(2026, 3, 1, tzinfo=UTC)


def test_what_is_no_backup_of_ours_is_never_touched():
    for name in ("anh.jpg", "before-restore-20261124T120738Z.tar.gz", "portal-moi.tar.gz"):
        assert backups.moment_of(name) is None
    moment = datetime(2026, 11, 24, 12, 7, 38, tzinfo=UTC)
    assert backups.moment_of("portal-20261124T120738Z.tar.gz.age") == moment


# When the next one is due


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "hour", "is_due"),
    [(None, 12, True), (2, 2, False), (20, 2, True), (20, 12, False), (31, 12, True)],
)
def test_a_backup_is_made_at_night_and_a_missed_one_by_day(age, hour, is_due):
    now = datetime(2026, 11, 24, hour, tzinfo=UTC)
    if age is not None:
        made = now - timedelta(hours=age)
        Backup.objects.create(name="portal-x", made_at=made, proven_at=made)
    assert nightly.is_due(now) == is_due


@pytest.mark.django_db
@pytest.mark.parametrize(("age", "is_due"), [(2, False), (4, True)])
def test_a_failed_backup_is_tried_again_after_a_pause(age, is_due):
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    made = now - timedelta(hours=age)
    Backup.objects.create(name="", made_at=made, problem="Kho từ chối")
    assert nightly.is_due(now) == is_due


@pytest.mark.django_db
def test_a_backup_that_was_never_proven_counts_as_none(settings):
    Backup.objects.create(name="portal-x", made_at=datetime(2026, 11, 24, tzinfo=UTC))
    assert Backup.objects.latest_proven() is None


@pytest.mark.django_db
def test_a_full_disk_is_said_before_anything_is_written(settings, tmp_path, monkeypatch):
    settings.BACKUP_TO = str(tmp_path / "kho")
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=10))
    with pytest.raises(KeepingError, match="MB"):
        backups.make_backup()
    assert "MB" in Backup.objects.latest_failure().problem
    assert not (tmp_path / "kho").exists()


def test_two_backups_do_not_run_at_once(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with backups.workplace(), pytest.raises(KeepingError), backups.workplace():
        pass
    assert not backups.is_at_work()


# From one database to the other


def test_the_content_moves_from_sqlite_to_postgresql_and_back_byte_for_byte(portal, tmp_path):
    if not ON_POSTGRESQL:
        pytest.skip("needs both databases")
    on_postgresql = export(portal, tmp_path / "mot.tar.gz")
    prepared.filled().copy_to(tmp_path / "khac")
    other = Installation(tmp_path / "khac")
    other.run("import_site", str(tmp_path / "mot.tar.gz"), "--replace")
    on_sqlite = export(other, tmp_path / "hai.tar.gz")
    assert on_sqlite == on_postgresql
    portal.run("import_site", str(tmp_path / "hai.tar.gz"), "--replace")
    assert export(portal, tmp_path / "ba.tar.gz") == on_postgresql
    for other_row in ("1", "2"):  # numbers go on after the last one
        portal.run(
            *("shell", "--no-imports", "-c"),
            f"from portal.models import LinkGroup; LinkGroup.objects.create(title='Nhóm {other_row}')",
        )


def test_what_was_imported_is_found_and_what_was_there_before_is_not(portal, tmp_path):
    # Words of its own: other tests leave articles in this portal.
    portal.run("shell", "--no-imports", "-c", MAKE_ARTICLE.replace("Lúa nước", "Hồ tiêu"))
    export(portal, tmp_path / "mot.tar.gz")
    portal.run("shell", "--no-imports", "-c", MAKE_ARTICLE.replace("Lúa nước", "Cà phê"))
    assert portal.ask(FOUND) == [1, 1]
    portal.run("import_site", str(tmp_path / "mot.tar.gz"), "--replace")
    # The runner does it within a minute.
    portal.run("shell", "--no-imports", "-c", "from portal.search.index import tidy; tidy()")
    assert portal.ask(FOUND) == [1, 0]


MAKE_ARTICLE = """
from tests.making import make_edition
make_edition(title="Lúa nước vào vụ", lead="", body="")
"""

FOUND = """
import json
from portal.search.answers import search_everything
phrases = ('"ho tieu vao vu"', '"ca phe vao vu"')
print(json.dumps([search_everything(phrase).total for phrase in phrases]))
"""


def test_an_import_that_is_refused_changes_nothing(portal, tmp_path):
    before = portal.counts()
    content = export(portal, tmp_path / "mot.tar.gz")
    assert content
    assert "--replace" in portal.run("import_site", str(tmp_path / "mot.tar.gz"), fails=True)
    shorter = gzip.decompress((tmp_path / "mot.tar.gz").read_bytes())[:-30000]
    (tmp_path / "hong.tar.gz").write_bytes(gzip.compress(shorter))
    portal.run("import_site", "--replace", str(tmp_path / "hong.tar.gz"), fails=True)
    portal.run("backup")
    wrong = portal.run("import_site", "--replace", str(portal.backups[-1]), fails=True)
    assert "manage.py restore" in wrong
    assert portal.counts() == before


# Sealing


def test_what_is_sealed_cannot_be_read_and_opens_the_same(tmp_path):
    public, private = sealing.new_key()
    (tmp_path / "khoa").write_text(private)
    (tmp_path / "tin").write_bytes("Đường dây nóng".encode() * 9999)
    sealing.seal(tmp_path / "tin", tmp_path / "kin", [public])
    assert "Đường".encode() not in (tmp_path / "kin").read_bytes()
    sealing.unseal(tmp_path / "kin", tmp_path / "mo", tmp_path / "khoa")
    assert (tmp_path / "mo").read_bytes() == (tmp_path / "tin").read_bytes()


# Storage that speaks S3


def test_a_backup_goes_to_storage_and_is_restored_from_there(portal, empty):
    with storage() as (address, objects):
        url = portal.environment.get("DATABASE_URL", "")
        Installation(portal.folder, url, BACKUP_TO=address).run("backup")
        (name,) = objects
        assert name.startswith("/kho/cong/portal-")
        other = Installation(
            empty.folder, empty.environment.get("DATABASE_URL", ""), BACKUP_TO=address
        )
        other.run("restore")
        assert other.counts()["news.Article"] == portal.counts()["news.Article"]


def test_large_files_go_to_storage_in_parts_and_come_back_the_same(tmp_path):
    content = random.Random(1).randbytes(12 * 2**20)
    (tmp_path / "lon").write_bytes(content)
    with storage() as (address, objects):
        store = stores.S3(address)
        store.put(tmp_path / "lon", "portal-lon")
        assert store.names() == ["portal-lon"]
        store.fetch("portal-lon", tmp_path / "ve")
        assert (tmp_path / "ve").read_bytes() == content
        store.remove("portal-lon")
        assert objects == {}


def test_storage_that_is_away_is_told_in_one_line(tmp_path):
    (tmp_path / "tep").write_bytes(b"x")
    store = stores.S3("s3+http://khoa:mat@127.0.0.1:9/kho")
    with pytest.raises(KeepingError, match="Kho sao lưu"):
        store.names()
