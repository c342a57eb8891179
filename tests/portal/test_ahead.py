"""Pages built ahead of a change: there with it, never before it, and right."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from bs4 import BeautifulSoup
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, close_old_connections, connection, connections, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation
from simple_history.models import HistoricalRecords

from news import workflow
from news.models import Category
from portal.models import Link, LinkGroup
from portal.page_cache import ahead, places
from portal.page_cache.marks import Ahead, FileMarks, Folder
from portal.page_cache.often import Often
from tests.making import make_draft, make_user
from tests.portal.test_page_cache import (  # noqa: F401
    ASKS_NOTHING,
    CHANGES,
    Front,
    addresses,
    assert_exact,
    connections_stay,
    front,
    older_site,
    pages,
    save_a_draft,
    site,
)
from tests.portal.test_page_marks import redis_url, two_processes  # noqa: F401


@pytest.fixture
def builder(front, monkeypatch):  # noqa: F811
    """Builds ahead in this process, however often, and as slowly as this machine is."""
    monkeypatch.setattr(ahead, "_REST", 0.0)
    monkeypatch.setattr(ahead, "_LONGEST", 60.0)
    ahead.build_with(front.cache.ahead)
    yield front.cache.ahead
    ahead.build_with(None)


@pytest.fixture(autouse=True)
def _connection_stays():
    """The test's own, which has no request around it."""
    with connections_stay():
        yield


@pytest.fixture
def read(older_site, front, builder):  # noqa: F811
    """A portal some of whose pages have been asked for. Gives their addresses."""
    article = older_site["article"].get_absolute_url()
    return asked_for(front, ["/", "/en/", "/tin-tuc/", "/duong-day-nong/", article])


@pytest.fixture
def all_read(older_site, front, builder):  # noqa: F811
    wanted = [address for address in addresses(older_site) if address != ASKS_NOTHING]
    return asked_for(front, wanted)


def asked_for(front, wanted):  # noqa: F811
    for address in wanted:
        front.get(address)
    front.built = 0
    return wanted


def change(what):
    """As a form does: in a transaction."""
    with transaction.atomic():
        what()


def rename_a_link():
    Link.objects.update(title_vi="Cổng thông tin tỉnh")


def watched(monkeypatch, while_committing):
    """Calls that function in the instant of the next commits."""
    commit = connection._commit

    def watch():
        while_committing()
        commit()

    monkeypatch.setattr(connection, "_commit", watch)


# There with the change


def test_a_page_is_there_when_the_change_is(front, older_site, read):  # noqa: F811
    workflow.approve(make_draft(title="Vừa đăng", category=older_site["category"]), by=None)
    front.built = 0
    assert "Vừa đăng" in front.get("/tin-tuc/").text
    assert "Vừa đăng" in front.get("/").text
    assert front.built == 0


def test_of_what_the_change_does_not_show_in_nothing_is_built(front, older_site, all_read):  # noqa: F811
    change(partial(save_a_draft, older_site))
    assert front.built == 0
    assert_exact(front, all_read)
    assert front.built == 0


def test_only_what_shows_it_is_built(front, all_read):  # noqa: F811
    change(rename_a_link)
    assert 0 < front.built <= 3
    front.built = 0
    assert_exact(front, all_read)
    assert front.built == 0


@pytest.mark.slow
def test_after_each_kind_of_change_every_page_is_exact(front, older_site, all_read, clock):  # noqa: F811
    for name, (_where, make) in CHANGES.items():
        if name == "an address":
            continue  # without one, the pages that lead there are none
        clock.shift(20)
        good = places.marks().current()
        change(partial(make, older_site))
        assert places.marks().current() != good
        assert assert_exact(front, all_read), "all of them cannot be gone"


def test_another_process_has_them_too(front, older_site, read):  # noqa: F811
    change(partial(save_a_draft, older_site))
    other = Front()
    for address in read:
        other.get(address)
    assert other.built == 0


def test_a_page_that_is_gone_by_the_change_is_no_obstacle(front, older_site, read):  # noqa: F811
    address = older_site["older"].get_absolute_url()
    workflow.move_to_trash(older_site["older"].article, by=None)
    assert front.get(address).status == Client().get(address).status_code == 404
    front.built = 0
    assert front.get("/tin-tuc/").status == 200
    assert front.built == 0


def test_what_a_staff_member_publishes_is_there(front, older_site, read, client):  # noqa: F811
    """Within a whole request, with its savepoints, its history and its language."""
    client.force_login(make_user())
    place = reverse("admin:portal_linkgroup_change", args=[older_site["group"].pk])
    inputs = BeautifulSoup(client.get(place).content, "html.parser").select("form input[name]")
    form = {field["name"]: field.get("value", "") for field in inputs if field["type"] != "submit"}
    form = {name: value for name, value in form.items() if "__prefix__" not in name}
    (title,) = (name for name, value in form.items() if value == "Cổng tỉnh")
    answer = client.post(place, form | {title: "Cổng mới"})
    assert answer.status_code == 302, answer.content.decode()
    front.built = 0
    assert "Cổng mới" in front.get("/").text
    assert front.built == 0


# Never before it


def test_until_the_commit_readers_have_what_was(front, older_site, read, monkeypatch):  # noqa: F811
    seen = []
    watched(monkeypatch, lambda: seen.append(places.marks().current()))
    good = places.marks().current()
    with transaction.atomic():
        Category.objects.update(name_vi="Tin mới")
        assert places.marks().current() == good
    assert seen == [None]
    assert places.marks().current() not in (None, good)


def test_a_change_that_fails_at_last_is_not_found(front, older_site, read, monkeypatch):  # noqa: F811
    before = front.get("/tin-tuc/").body

    def fail():
        raise DatabaseError("connection lost")

    with monkeypatch.context() as patch:
        watched(patch, fail)
        with suppress(DatabaseError), transaction.atomic():
            Category.objects.update(name_vi="Tin mới")
    assert places.marks().current() is None, "nobody knows whether it was made"
    assert front.get("/tin-tuc/").body == before


def test_what_is_rolled_back_builds_nothing(front, read):  # noqa: F811
    with suppress(ZeroDivisionError), transaction.atomic():
        Category.objects.update(name_vi="Tin mới")
        raise ZeroDivisionError
    assert front.built == 0


def test_a_change_in_between_makes_them_worthless(front, older_site, read, builder, monkeypatch):  # noqa: F811
    """What another one commits meanwhile may not be on them."""
    build = builder.build

    def build_and_be_overtaken(key, generation):
        build(key, generation)
        with places.marks().change():
            pass

    monkeypatch.setattr(builder, "build", build_and_be_overtaken)
    names = []
    monkeypatch.setattr(ahead, "new_name", lambda: names.append("0123456789abcdef") or names[0])
    change(partial(save_a_draft, older_site))
    assert names
    assert places.marks().current() not in (None, names[0])


def test_nothing_is_built_while_somebody_else_changes_something(front, older_site, read):  # noqa: F811
    with places.marks().change():
        Category.objects.bulk_create([Category(name_vi="B", slug_vi="b")])
        change(rename_a_link)
        assert front.built == 0
        assert places.marks().current() is None


def test_a_generation_begins_as_it_was_built_if_nobody_came_between(two_processes):  # noqa: F811
    here, there = two_processes
    built = Ahead(of=here.current(), name="0123456789abcdef")
    with here.change(built):
        assert there.current() is None
    assert there.current() == built.name


def test_not_if_another_change_was_made_before(two_processes):  # noqa: F811
    here, there = two_processes
    built = Ahead(of=here.current(), name="0123456789abcdef")
    with there.change():
        pass
    with here.change(built):
        pass
    assert there.current() not in (None, built.name)


def test_not_if_the_clock_went_on(two_processes):  # noqa: F811
    here, there = two_processes
    built = Ahead(of=here.current(), name="0123456789abcdef")
    there.renew(built.of)
    with here.change(built):
        pass
    assert there.current() not in (None, built.name)


@pytest.mark.parametrize("is_the_other_ahead", [False, True])
def test_not_if_another_change_is_made_within(two_processes, is_the_other_ahead):  # noqa: F811
    here, there = two_processes
    base = here.current()
    built = Ahead(of=base, name="0123456789abcdef")
    others = Ahead(of=base, name="fedcba9876543210") if is_the_other_ahead else None
    with here.change(built), there.change(others):
        pass
    assert there.current() not in (None, built.name, "fedcba9876543210")
    with here.change(Ahead(of=here.current(), name="0123456789abcdef")):
        pass
    assert there.current() == built.name, "and the next one is not hindered"


def test_not_if_another_change_ends_later(two_processes):  # noqa: F811
    here, there = two_processes
    built = Ahead(of=here.current(), name="0123456789abcdef")
    change, other = here.change(built), there.change()
    for each in (change, other):
        each.__enter__()
    for each in (change, other):
        each.__exit__(None, None, None)
    assert there.current() not in (None, built.name)


def test_not_if_nobody_knows_what_was_marked_within(tmp_path):
    """Another change could not be marked, as on a full disk."""
    marks = FileMarks(Folder(tmp_path))
    built = Ahead(of=marks.current(), name="0123456789abcdef")
    with marks.change(built):
        marks.folder.forget_where_to_point()
    assert marks.current() not in (None, built.name)


def test_of_many_changes_at_once_none_is_hidden(tmp_path):
    """A generation that was built ahead has all changes of before, and none begins in between."""
    marks, done, wrong = FileMarks(Folder(tmp_path)), [], []
    lock = threading.Lock()
    shown = {marks.current(): frozenset()}

    def change_often(number):
        mine = FileMarks(Folder(tmp_path))
        for time in range(30):
            base = mine.current()
            built = base and Ahead(of=base, name=f"{number:08x}{time:08x}")
            with lock:  # as the database has it now, with one's own change
                seen = frozenset([*done, (number, time)])
            with mine.change(built), lock:
                done.append((number, time))
            if built:
                shown[built.name] = seen
            with lock:
                name, present = mine.current(), frozenset(done)
            if name in shown and not shown[name] >= present:
                wrong.append((name, present - shown[name]))

    threads = [threading.Thread(target=change_often, args=[number]) for number in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(done) == 150


# What can go wrong does not touch the change


def broken(_environ, _start):
    connection.cursor().execute("SELECT nothing FROM nowhere")


def unkind(_environ, start):
    start("500 Internal Server Error", [])
    return [b""]


@pytest.mark.parametrize("application", [broken, unkind])
def test_a_page_that_cannot_be_built_stops_no_change(front, read, application):  # noqa: F811
    front.application = application
    change(rename_a_link)
    front.application = WSGIHandler()
    assert Link.objects.get().title_vi == "Cổng thông tin tỉnh"
    assert "Cổng thông tin tỉnh" in front.get("/").text
    assert_exact(front, read)


def test_whatever_a_page_writes_is_not_in_the_change(front, read):  # noqa: F811
    def writes(_environ, start):
        LinkGroup.objects.create(title_vi="Của trang")
        transaction.on_commit(lambda: done.append("of the page"))
        start("200 OK", [])
        return [b"page"]

    done = []
    front.application = writes
    with transaction.atomic():
        rename_a_link()
        transaction.on_commit(lambda: done.append("of the change"))
    assert not LinkGroup.objects.filter(title_vi="Của trang").exists()
    assert done == ["of the change"]


def test_what_the_change_knows_of_its_request_stays(front, read):  # noqa: F811
    HistoricalRecords.context.request = mine = object()
    try:
        with translation.override("en"):
            change(rename_a_link)
            assert front.built
            assert translation.get_language() == "en"
            assert HistoricalRecords.context.request is mine
    finally:
        del HistoricalRecords.context.request
    assert not connection.in_atomic_block
    assert connection.get_autocommit()
    assert_exact(front, read)


def test_the_requests_within_leave_the_connection_as_it_is(front, read, monkeypatch):  # noqa: F811
    """Django closes one that is in a transaction at the beginning of a request."""
    closed = []
    monkeypatch.setattr(connection, "close", lambda: closed.append("closed"))
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)
    change(rename_a_link)
    assert front.built
    assert closed == []


def test_what_cannot_be_undone_is_not_committed_either(front, read, monkeypatch):  # noqa: F811
    def cannot(*_arguments):
        raise DatabaseError("no such savepoint")

    with monkeypatch.context() as patch:
        patch.setattr(connection, "_savepoint_rollback", cannot)
        with pytest.raises(DatabaseError):
            change(rename_a_link)
    assert Link.objects.get().title_vi == "Cổng tỉnh"
    assert_exact(front, read)


def test_it_takes_no_longer_than_a_moment(front, read, monkeypatch):  # noqa: F811
    monkeypatch.setattr(ahead, "_LONGEST", 0.0)
    change(rename_a_link)
    assert front.built <= 1
    assert_exact(front, read)


def test_many_changes_in_a_row_wait_for_it_now_and_then(front, read, monkeypatch):  # noqa: F811
    monkeypatch.setattr(ahead, "_REST", 1000.0)
    for number in range(5):
        front.built = 0
        change(lambda: Link.objects.update(title_vi=f"Cổng {number}"))  # noqa: B023
        assert bool(front.built) is (number == 0)
    assert "Cổng 4" in front.get("/").text


def test_a_process_that_serves_nothing_builds_nothing(front, read):  # noqa: F811
    ahead.build_with(None)
    change(rename_a_link)
    assert front.built == 0
    assert_exact(front, read)


def test_a_change_that_no_page_shows_builds_nothing(front, read):  # noqa: F811
    change(make_user)
    assert front.built == 0


def test_a_statement_by_itself_builds_nothing_and_is_seen(front, read):  # noqa: F811
    Link.objects.update(title_vi="Cổng thông tin tỉnh")
    assert front.built == 0
    assert_exact(front, read)


def test_nothing_of_whoever_makes_the_change_is_at_hand(front, read):  # noqa: F811
    languages = []

    def look(_environ, start):
        languages.append(translation.get_language())
        start("200 OK", [])
        return [b"page"]

    front.application = look
    with translation.override("en"):
        change(rename_a_link)
    assert set(languages) == {"vi"}


def test_they_are_built_by_whoever_makes_the_change_where_a_loop_runs_too(front, read, monkeypatch):  # noqa: F811
    """There, connections are the context's, and a page is built in an empty one."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    mine = connections["default"]

    async def change_it():
        connections["default"] = mine
        change(rename_a_link)

    mine.inc_thread_sharing()
    try:
        # In this one a loop may run already: that of a browser.
        with ThreadPoolExecutor() as threads:
            threads.submit(asyncio.run, change_it()).result()
    finally:
        mine.dec_thread_sharing()
    assert front.built
    assert_exact(front, read)


# Which pages


def test_a_page_that_is_as_before_is_asked_for_too(front, older_site):  # noqa: F811
    for address in ("/lien-he/", "/tin-tuc/", "/lien-he/"):
        front.get(address)
        save_a_draft(older_site)
    assert front.cache.often.keys() == ["/lien-he/?", "/tin-tuc/?"]


@pytest.fixture
def often(tmp_path):
    return Often(tmp_path / "often")


def test_those_asked_for_most_come_first(often):
    for key in ("a?", "b?", "c?", "b?", "c?", "b?"):
        often.note(key)
    assert often.keys() == ["b?", "c?", "a?"]


def test_what_was_asked_for_long_ago_counts_little(often, clock):
    for _time in range(5):
        often.note("formerly?")
    clock.shift(3600)
    often.note("now?")
    assert often.keys()[0] == "now?"


def test_many_pages_that_are_asked_for_once_drive_none_away(often):
    often.note("home?")
    often.note("home?")
    for number in range(500):
        often.note(f"{number}?")
    assert often.keys()[0] == "home?"
    assert len(often.keys()) <= 64


@pytest.mark.parametrize("content", [b"", b"[]", b"{", b'{"a?": 1}', b"\xff", b'{"a?": ["x", 1]}'])
def test_a_broken_note_is_forgotten(often, tmp_path, content):
    (tmp_path / "often").write_bytes(content)
    assert often.keys() == []
    often.note("a?")
    assert often.keys() == ["a?"]


def test_a_full_disk_is_no_matter(often, monkeypatch):
    def full(*_arguments, **_options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("portal.page_cache.often.Path.write_text", full)
    often.note("a?")
    assert often.keys() == []
