"""The index is what is public, at that instant."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from editing.shared import shared, under
from news.models import Edition, Withdrawal
from news.workflow import approve, edit_anew, move_to_trash, undo, withdraw
from portal import views
from portal.management.commands import rebuild_search
from portal.models import Page
from portal.search import answers, candidates, engines, index, showing
from portal.search.answers import Answer, search_everything
from portal.search.asking import read
from portal.search.candidates import MOST_COUNTED, Filters, public_documents
from portal.search.index import forget_words, key_at, tidy
from portal.search.models import Kind, SearchDocument, SearchWord
from tests.making import make_board, make_draft, make_edition, make_official, make_unit, make_user

pytestmark = pytest.mark.django_db


def found(client, query, **chosen):
    return client.get("/tim-kiem/", {"q": query, **chosen}).context["answer"]


def titles(client, query, **chosen):
    answer = found(client, query, **chosen)
    return ["".join(part.text for part in hit.title) for hit in answer.hits]


@pytest.fixture
def count_to(monkeypatch):
    """So few, as if the portal had many texts."""

    def count_to(most, *, spare=candidates.SPARE):
        for module in (answers, candidates):
            monkeypatch.setattr(module, "MOST_COUNTED", most)
        monkeypatch.setattr(candidates, "SPARE", spare)
        monkeypatch.setattr(candidates, "MOST_OF_A_TIER", most)

    return count_to


def test_a_draft_is_not_found(citizen):
    make_draft(title="Kế hoạch thanh tra")
    assert titles(citizen, "thanh tra") == []


def test_what_is_scheduled_is_found_from_its_instant_on(citizen, clock):
    approve(make_draft(title="Lịch nghỉ Tết"), by=None, live_from=timezone.now() + timedelta(1))
    assert titles(citizen, "nghi tet") == []
    clock.shift(timedelta(days=1, seconds=1))
    assert titles(citizen, "nghi tet") == ["Lịch nghỉ Tết"]


def test_a_new_edition_takes_the_place_of_the_old_one(citizen):
    old = make_edition(title="Giá nước cũ")
    new = edit_anew(old, by=None)
    new.title = "Giá điện mới"
    new.save()
    assert titles(citizen, "gia nuoc") == ["Giá nước cũ"]
    approve(new, by=None)
    assert titles(citizen, "gia nuoc") == []
    assert titles(citizen, "gia dien") == ["Giá điện mới"]


def test_what_is_withdrawn_or_in_the_trash_is_not_found(citizen):
    gone = make_edition(title="Tin đăng nhầm")
    withdraw(gone, by=None, reason=Withdrawal.IN_ERROR, note="Đăng nhầm.")
    move_to_trash(make_edition(title="Tin trong thùng rác").article, by=None)
    assert titles(citizen, "tin") == []


def test_taking_a_publication_back_brings_the_old_text_back(citizen):
    old = make_edition(title="Bản đầu")
    new = edit_anew(old, by=None)
    new.title = "Bản sau"
    new.save()
    user = make_user()
    undo(approve(new, by=None), by=user)
    assert titles(citizen, "ban dau") == ["Bản đầu"]
    assert titles(citizen, "ban sau") == []


def test_what_has_ended_stands_below_what_holds(citizen):
    past = timezone.now() - timedelta(minutes=1)
    make_edition(title="Lịch cúp nước", ends_at=None, live_from=past - timedelta(days=9))
    make_edition(title="Lịch cúp nước xã", ends_at=past)
    assert titles(citizen, "lich cup nuoc") == ["Lịch cúp nước", "Lịch cúp nước xã"]


def test_pages_are_found_while_they_are_public(citizen):
    page = Page.objects.create(title_vi="Chức năng, nhiệm vụ", path="chuc-nang")
    assert titles(citizen, "chuc nang nhiem vu") == ["Chức năng, nhiệm vụ"]
    page.is_public = False
    page.save()
    assert titles(citizen, "chuc nang nhiem vu") == []


def test_a_deleted_article_leaves_nothing_in_the_index(citizen):
    make_edition(title="Bài sẽ xóa").article.delete()
    assert not SearchDocument.objects.exists()
    make_edition(title="Bài khác")
    assert titles(citizen, "bai se xoa") == []


def test_what_was_written_past_the_models_is_found_once_the_runner_was_there(citizen):
    row = make_edition(title="Bài nhập hàng loạt")
    SearchDocument.objects.all().delete()
    assert titles(citizen, "nhap hang loat") == []
    assert tidy() == 1
    assert titles(citizen, "nhap hang loat") == [row.title]


def test_rebuilding_writes_each_text_once_and_can_be_run_again(citizen):
    make_edition(title="Bài một")
    for _time in range(2):
        call_command("rebuild_search", verbosity=0)
    assert SearchDocument.objects.filter(edition__in=Edition.objects.all()).count() == 1
    assert titles(citizen, "bai mot") == ["Bài một"]


def test_a_dry_run_of_rebuilding_writes_nothing(citizen, capsys):
    make_edition(title="Bài một")
    before = list(SearchDocument.objects.values_list("key"))
    call_command("rebuild_search", "--dry-run")
    assert list(SearchDocument.objects.values_list("key")) == before


def test_filters_narrow_the_results_and_keep_their_counts(citizen):
    wanted = make_edition(title="Khởi công cầu")
    other = make_edition(title="Khởi công đường", live_from=timezone.now() - timedelta(days=800))
    assert titles(citizen, "khoi cong", year=wanted.listed_at.year) == [wanted.title]
    answer = citizen.get("/tim-kiem/", {"q": "khoi cong", "year": other.listed_at.year})
    assert [choice.count for choice in answer.context["answer"].years] == [1, 1]


def test_words_that_no_text_has_any_more_leave_the_vocabulary(citizen):
    make_edition(title="Đấu giá nạo vét", body="")
    gone = make_edition(title="Triển lãm mỹ nghệ", body="")
    gone.article.delete()
    assert forget_words() >= 4
    known = set(SearchWord.objects.values_list("word", flat=True))
    assert {"dau", "gia", "nao", "vet"} <= known
    assert not known & {"trien", "lam", "my", "nghe"}
    assert forget_words() == 0


def test_accents_that_nobody_has_lead_to_those_that_somebody_has(citizen):
    make_edition(title="Ban Quản lý họp")
    answer = citizen.get("/tim-kiem/", {"q": "bản quán lý"}).context["answer"]
    assert answer.did_you_mean == "ban quản lý"


def test_units_are_found_by_name_and_number(citizen):
    unit = make_unit(name_vi="Văn phòng đại diện")
    unit.phonenumbers.create(raw="0257 3503 168")
    for query in ("van phong dai dien", "3503 168"):
        answer = citizen.get("/tim-kiem/", {"q": query}).context["answer"]
        assert [place.title for place in answer.units] == ["Văn phòng đại diện"], query


@pytest.mark.slow
@pytest.mark.parametrize("query", ["dau tu", "đầu tư", "dua tu", "dau tu khongco", "khongco"])
@pytest.mark.parametrize("count", [3, 30])
def test_a_search_needs_nine_queries_at_any_size(citizen, count, query):
    make_official("0913 705 521", name="Đặng Thị Ưu")
    Page.objects.create(title_vi="Đầu tư", path_vi="dau-tu", is_public=True)
    for number in range(count):
        make_edition(title=f"Đầu tư đợt {number}", body="<p>Nhà máy.</p>")
    citizen.get("/tim-kiem/", {"q": query})
    with CaptureQueriesContext(connection) as queries:
        citizen.get("/tim-kiem/", {"q": query})
    assert len(queries) <= 9, "\n".join(query["sql"][:200] for query in queries)


def test_of_many_that_match_none_may_be_public(citizen, monkeypatch):
    monkeypatch.setattr(candidates, "FEW", 0)  # one is many
    Edition.objects.filter(pk=make_edition(title="Bài đã hết").pk).update(live_until=timezone.now())
    assert titles(citizen, "bai da het") == []


def test_what_searches_share_may_be_emptied_at_any_moment(citizen, monkeypatch):
    rows = [make_edition(title=f"Bài số {number}") for number in range(3)]
    keys = [row.search_documents.get().key for row in rows]
    monkeypatch.setattr(candidates, "MOST_KNOWN", 0)
    with under(lambda: "a state"):
        for some in (keys[:2], keys, keys[1:], keys):
            assert [each.key for each in public_documents(some)] == some


def shown_for(query):
    wanted = read(query)
    return showing.shown(wanted, candidates.candidates(wanted, Filters()).found)


def test_a_text_that_is_shown_again_is_not_read_again(citizen):
    make_edition(title="Đấu giá bãi", body="<p>Bãi nạo vét ở cảng.</p>")
    with under(lambda: "a state"):
        first = shown_for("dau gia")
        with CaptureQueriesContext(connection) as queries:
            again, other = shown_for("dau gia"), shown_for("nao vet")
    assert (first, len(first), len(other)) == (again, 1, 1)
    assert [part.text for part in other[0].text if part.is_marked] == ["nạo vét"]
    assert not [query["sql"] for query in queries if '"news_edition"."lead"' in query["sql"]]


@pytest.mark.parametrize(("most", "longest", "kept"), [(2, 1, 2), (3, 1, 3), (9, 0, 0)])
def test_texts_at_hand_are_few_and_short(citizen, monkeypatch, most, longest, kept):
    """Counted in texts of one length."""
    for subject in ("cảng", "bãi", "cầu"):
        make_edition(title=f"Đấu giá {subject}", body="<p>Nạo vét.</p>", lead="Thông báo.")
    length = len("Thông báo. Nạo vét.")
    monkeypatch.setattr(showing, "MOST_KEPT", most * length)
    monkeypatch.setattr(showing, "LONGEST_KEPT", longest * length)
    with under(lambda: f"{most} of {longest}"):
        found = [len(shown_for(query)) for query in ("cang", "bai", "cau", "dau gia")]
        assert (found, len(shared("sources", dict))) == ([1, 1, 1, 3], kept)


def test_of_a_text_at_hand_the_article_is_not_kept_too(citizen):
    make_edition(title="Đấu giá bãi", body="<p>Bến bãi.</p>")
    with under(lambda: "without its text"):
        assert shown_for("dau gia")[0].edition.get_deferred_fields() >= {"body", "folded"}


def test_owners_are_not_joined(citizen):
    """Where a database does not know yet how large its tables are, it joins them in any order."""
    keys = [key_at(timezone.now())]
    with CaptureQueriesContext(connection) as queries:
        assert public_documents(keys) == public_documents(keys, with_tokens=True) == []
    assert len(queries) == 2
    assert not [query["sql"] for query in queries if " JOIN " in query["sql"]]


@pytest.mark.parametrize("at_once", [1, 3, 100])
def test_what_is_neither_among_the_newest_nor_new_enough_is_found_too(
    citizen, monkeypatch, at_once
):
    monkeypatch.setattr(engines, "NEWEST", 4)
    monkeypatch.setattr(engines, "COPIED_AT_ONCE", at_once)
    now = timezone.now()
    for number in range(20):
        start = now - timedelta(days=number + 1)
        make_edition(title=f"Tin số {number}", live_from=start, body="")
    tidy()
    make_edition(title="Tin số cũ", live_from=now - timedelta(days=400), body="")
    make_edition(title="Tin số mới", live_from=now - timedelta(hours=1), body="")
    assert len(titles(citizen, "tin số")) == 20
    assert titles(citizen, "tin số")[0] == "Tin số mới"
    assert titles(citizen, "tin số cũ") == ["Tin số cũ"]
    assert titles(citizen, "tin số 19") == ["Tin số 19"]
    for edition in Edition.objects.exclude(title="Tin số cũ"):
        withdraw(edition, by=None, reason=Withdrawal.IN_ERROR, note="Đăng nhầm.")
    tidy()
    assert titles(citizen, "tin số") == ["Tin số cũ"]


def test_search_answers_in_full_while_the_index_is_written_anew(citizen, monkeypatch):
    for number in range(5):
        make_edition(title=f"Tin số {number}")
    monkeypatch.setattr(index, "BATCH", 1)
    seen = []

    def write_and_look(editions=(), pages=()):
        index.write(editions, pages)
        seen.append(len(titles(citizen, "tin số")))

    monkeypatch.setattr(rebuild_search, "write", write_and_look)
    call_command("rebuild_search", verbosity=0)
    assert seen == [5] * 6  # five texts, and the pages


def test_more_than_are_counted_are_more_than_so_many(citizen, monkeypatch):
    hits = search_everything("tin").hits
    many = Answer("tin", hits=hits, filters=Filters(year="2026"), total=MOST_COUNTED + 1)
    monkeypatch.setattr(views, "search_everything", lambda *_asked: many)
    assert "Hơn 1.000 kết quả" in citizen.get("/tim-kiem/?q=tin").content.decode()


def test_what_is_counted_is_counted_by_kind_and_category_too(citizen):
    board = make_board()
    for number in range(3):
        make_edition(title=f"Khởi công {number}")
    make_edition(title="Khởi công đường", category=board)
    for chosen, total, kinds, categories in (
        ({}, 4, [3, 1], [1, 3]),
        ({"kind": "notice"}, 1, [3, 1], [1]),
        ({"kind": "article"}, 3, [3, 1], [3]),
        ({"category": board.pk}, 1, [1], [1, 3]),
        ({"category": board.pk, "kind": "article"}, 0, [1, 0], [0, 3]),
    ):
        answer = citizen.get("/tim-kiem/", {"q": "khoi cong", **chosen}).context["answer"]
        assert answer.total == total
        assert [each.count for each in answer.kinds] == kinds
        assert sorted(each.count for each in answer.categories) == categories


def test_counts_above_the_bound_say_that_there_are_more(citizen, count_to):
    count_to(2)
    for _number in range(3):
        make_edition(title="Khởi công bến cảng", lead="", body="")
    page = citizen.get("/tim-kiem/", {"q": "bến cảng"}).content.decode()
    assert "Hơn 2 kết quả" in page
    assert "Tin tức (hơn 2)" in page


def test_what_is_in_the_index_and_not_public_any_more_is_not_counted_as_the_end(citizen, count_to):
    count_to(2)
    for number in range(4):
        edition = make_edition(title=f"Khởi công {number}", body="")
    withdraw(edition, by=None, reason=Withdrawal.IN_ERROR, note="Đăng nhầm.")
    assert "Hơn 2 kết quả" in citizen.get("/tim-kiem/?q=khoi+cong").content.decode()


def test_after_many_corrections_the_number_is_the_least_it_can_be(citizen, count_to):
    """More of what the index gives first are not public any more than it gives too many."""
    count_to(3, spare=1)
    for number in range(6):
        moment = timezone.now() - timedelta(minutes=10 - number)
        edition = make_edition(title=f"Khởi công {number}", body="", live_from=moment)
        if number > 3:
            corrected = edit_anew(edition, by=None)
            corrected.title = "Tin khác"
            corrected.save()
            approve(corrected, by=None)
    page = citizen.get("/tim-kiem/?q=khoi+cong").content.decode()
    assert "Ít nhất 2 kết quả" in page
    assert "Tin tức (ít nhất 2)" in page
    filtered = citizen.get("/tim-kiem/?q=khoi+cong&kind=article").content.decode()
    assert "Tin tức (ít nhất 2)" in filtered


def test_a_filter_says_of_what_it_does_not_count_to_the_end_that_there_is_more(citizen, count_to):
    count_to(2)
    board = make_board()
    for number in range(3):
        make_edition(title=f"Khởi công {number}", body="")
    make_edition(title="Khởi công cầu", body="", category=board)
    page = citizen.get("/tim-kiem/?q=khoi+cong&kind=notice").content.decode()
    assert "1 kết quả" in page
    assert "Thông báo (1)" in page
    assert "Tin tức (hơn 2)" in page
    count_to(3)
    page = citizen.get("/tim-kiem/?q=khoi+cong&kind=notice").content.decode()
    assert "Tin tức (ít nhất 3)" in page


def test_a_filter_offers_what_is_not_counted_without_a_number(citizen, count_to):
    board = make_board(name_vi="Lịch")
    make_edition(title="Khởi công cầu", dated=date(2021, 3, 2), category=board)
    for number in range(4):
        make_edition(title=f"Khởi công {number}")
    assert len(found(citizen, "khoi cong").years) == 2
    count_to(2, spare=0)
    answer = found(citizen, "khoi cong")
    years = range(timezone.localdate().year - 1, 2020, -1)
    assert [(each.value, each.count) for each in answer.years[1:]] == [
        (str(year), None) for year in years
    ]
    assert {each.value for each in answer.kinds} == set(Kind.values)
    page = citizen.get("/tim-kiem/?q=khoi+cong").content.decode()
    assert '<option value="2021">2021</option>' in page
    assert f'<option value="{board.pk}">Lịch</option>' in page
    assert found(citizen, "khoi cong", year="2021").total == 1


def test_a_filter_on_few_of_many_finds_all_of_them_in_their_order(citizen, monkeypatch):
    """Their tokens are read apart from those of the many."""
    monkeypatch.setattr(candidates, "FEW", 3)
    past = timezone.now() - timedelta(days=900)
    for number in range(8):
        make_edition(title=f"Khởi công {number}", body="")
    make_edition(title="Tin cũ", body="<p>Khởi công cầu.</p>", live_from=past)
    make_edition(title="Khởi công cũ", body="", live_from=past - timedelta(days=1))
    assert titles(citizen, "khởi công", year=past.year) == ["Khởi công cũ", "Tin cũ"]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is stopped by this process")
@pytest.mark.django_db(transaction=True)
def test_the_time_limit_of_a_search_ends_with_it():
    make_edition(title="Khu kinh tế")
    for _time in range(2):
        assert search_everything("khu kinh tế").total == 1
        with connection.cursor() as cursor:
            cursor.execute("SHOW statement_timeout")
            assert cursor.fetchone() == ("0",)
