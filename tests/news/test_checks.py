"""The two lists before publishing, while writing, and over the whole site; links and their memory."""

from datetime import timedelta

import pytest

from editing import fetching
from editing.links import BATCH, check_due, note_addresses
from editing.models import Abbreviation, AuditEntry, CheckedLink, Photo
from news import workflow
from news.checks import advice, must_fix
from news.models import Dismissal, Edition, EditionPhoto, NoticeLevel
from portal.link_checks import check_links, note_every_link
from portal.models import Page, Redirect
from tests.making import make_board, make_draft, make_edition, make_user
from tests.portal.test_staff import filled_form

pytestmark = pytest.mark.django_db


def link(address, words="Cổng dịch vụ công"):
    return f'<p>Xem <a href="{address}">{words}</a>.</p>'


def codes(findings):
    return [finding.code for finding in findings]


def sound(**changes):
    return make_draft(**{"author_line": "Văn phòng"} | changes)


# Photos


def test_a_photo_without_its_choice_must_be_fixed(drawn_photo):
    draft = sound()
    EditionPhoto.objects.create(edition=draft, photo=Photo.store(drawn_photo()), caption="Lễ ký")
    assert codes(must_fix(draft)) == ["undescribed"]
    draft.photos.update(describing="caption")
    assert must_fix(draft) == []


def test_a_place_for_a_photo_that_is_not_there_must_be_fixed():
    assert codes(must_fix(sound(body="<p>[Ảnh 2]</p>"))) == ["no_photo"]


def test_a_description_that_is_a_file_name_is_advice(drawn_photo):
    draft = sound()
    photo = Photo.store(drawn_photo(), description="IMG_2045.JPG")
    EditionPhoto.objects.create(edition=draft, photo=photo)
    assert "file_name" in codes(advice(draft))


# Links into the portal


def test_a_link_to_a_draft_is_dead_and_lives_when_it_is_published():
    target = make_draft(title="Bài đích")
    draft = sound(body=link(target.get_absolute_url()))
    assert codes(must_fix(draft)) == ["dead_link"]
    workflow.approve(target, by=None)
    assert must_fix(draft) == []


@pytest.mark.parametrize("address", ["/khong-co/", "/tin-tuc/khong-co-999/", "/tep/9/a.pdf"])
def test_links_that_lead_to_nothing_are_dead(address):
    assert codes(must_fix(sound(body=link(address)))) == ["dead_link"]


@pytest.mark.parametrize(
    "address",
    ["/", "/tin-tuc/", "/tin-tuc", "/en/news/", "/duong-day-nong/", "/lien-he/", "#muc", "tel:113"],
)
def test_links_that_lead_somewhere_are_well(address):
    assert must_fix(sound(body=link(address))) == []


def test_an_old_address_that_is_redirected_lives():
    Redirect.objects.create(old_path="/cu", new_path="/tin-tuc/")
    assert must_fix(sound(body=link("/cu"))) == []


def test_a_dead_link_stops_an_article_and_never_an_urgent_notice():
    body = link("/khong-co/")
    urgent = sound(category=make_board(), notice_level=NoticeLevel.URGENT, body=body)
    assert must_fix(urgent) == []
    assert "dead_link" in codes(advice(urgent))
    workflow.approve(urgent, by=None)
    assert urgent.is_live()


# Links to other sites


@pytest.fixture
def internet(monkeypatch):
    """What other sites answer, by address; an exception is raised."""
    answers = {}

    def fetch(url, **options):
        answer = answers.get(url, 404)
        if isinstance(answer, Exception):
            raise answer
        return answer if isinstance(answer, fetching.Answer) else fetching.Answer(answer, url)

    monkeypatch.setattr("editing.links.fetching.fetch", fetch)
    return answers


URL = "https://example.com/van-ban"


def test_a_link_is_broken_after_three_failures_on_three_days(internet, clock):
    internet[URL] = 404
    draft = sound(body=link(URL))
    for day in range(3):
        assert codes(advice(draft)) == [], day
        check_links()
        check_links()
        clock.shift(timedelta(days=1))
    assert codes(advice(draft)) == ["broken_link"]
    assert must_fix(draft) == []
    internet[URL] = 200
    check_links()
    assert codes(advice(draft)) == []


@pytest.mark.parametrize(
    ("url", "suggested"),
    [
        ("http://example.com/van-ban", "https://example.com/van-ban"),
        ("https://example.com/van-ban/", "https://example.com/van-ban"),
        ("https://example.com/van-ban?so=5", ""),
    ],
)
def test_for_a_broken_link_its_neighbour_that_answers_is_suggested(
    internet, staff, clock, url, suggested
):
    internet.update(
        {url: 404, "http://example.com/van-ban/": 404, "https://example.com/van-ban": 200}
    )
    draft = sound(body=link(url))
    for _day in range(3):
        check_links()
        clock.shift(timedelta(days=1))
    [hint] = advice(draft)
    assert (hint.code, suggested in hint.text, bool(hint.link)) == (
        "broken_link", True, bool(suggested),
    )  # fmt: skip
    if suggested:
        mend(staff, draft, hint.link)
        draft.refresh_from_db()
        assert f'href="{suggested}"' in draft.body


@pytest.mark.parametrize("address", ["/bai/ten-cu-{}/", "/tintuc/ten-cu-{}.html"])
def test_for_a_dead_link_the_article_of_its_number_is_suggested(address):
    article = make_edition(title="Khởi công đường gom")
    [wrong] = must_fix(sound(body=link(address.format(article.article_id))))
    assert wrong.code == "dead_link"
    assert article.get_absolute_url() in wrong.text


def test_a_draft_is_no_suggestion():
    hidden = make_draft(title="Chưa đăng")
    [wrong] = must_fix(sound(body=link(f"/cu/ten-{hidden.article_id}/")))
    assert "Chưa đăng" not in wrong.text


@pytest.mark.parametrize("status", [200, 204, 401, 403, 429])
def test_a_site_that_keeps_programs_away_is_not_broken(internet, status):
    internet[URL] = status
    note_addresses([URL])
    assert check_due() == 1
    assert CheckedLink.objects.get().failures == 0


@pytest.mark.parametrize(
    ("failure", "problem"),
    [
        (fetching.Refused("private"), "refused"),
        (fetching.Unreachable("slow"), "slow"),
        (500, "error"),
        (410, "gone"),
    ],
)
def test_the_reason_is_told_in_plain_words(internet, failure, problem):
    internet[URL] = failure
    note_addresses([URL])
    check_due()
    row = CheckedLink.objects.get()
    assert row.problem == problem
    assert row.reason


def test_a_link_that_has_moved_for_good_is_suggested(internet):
    new = "https://example.com/moi"
    internet[URL] = fetching.Answer(200, new, is_permanent=True)
    draft = sound(body=link(URL))
    check_links()
    [hint] = advice(draft)
    assert new in hint.text


@pytest.fixture
def moved():
    """A link that has moved for good, as the runner has noted it."""
    note_addresses([URL])
    CheckedLink.objects.update(suggestion="https://example.com/moi?a=1&b=2")
    return CheckedLink.objects.get()


def mend(client, edition, link):
    address = f"/quan-tri/news/edition/{edition.pk}/mend-link/"
    return client.post(address, {"link": getattr(link, "pk", link)})


def test_the_new_address_of_a_link_is_put_in_with_one_click(staff, moved):
    draft = sound(body=link(URL) + link(URL, "lại"))
    page = staff.get(f"/quan-tri/news/edition/{draft.pk}/step/publish/").content.decode()
    assert "Đưa địa chỉ mới vào" in page
    mend(staff, draft, moved)
    version = draft.version
    draft.refresh_from_db()
    assert draft.body.count('href="https://example.com/moi?a=1&amp;b=2"') == 2
    assert URL not in draft.body
    assert draft.version == version + 1
    assert AuditEntry.objects.about(draft).first().action == "changed"


def test_a_link_of_what_is_public_is_mended_in_a_new_edition(staff, moved):
    live = make_edition(body=link(URL))
    assert "Đưa địa chỉ mới vào" in staff.get("/quan-tri/news/edition/checks/").content.decode()
    mend(staff, live, moved)
    live.refresh_from_db()
    assert URL in live.body
    assert "moi?a=1" in Edition.objects.latest("pk").body


@pytest.mark.parametrize("key", ["", "0", "999", "x", "1" * 400])
def test_a_forged_link_changes_nothing(staff, moved, key):
    draft = sound(body=link(URL))
    assert mend(staff, draft, key).status_code == 404
    draft.refresh_from_db()
    assert URL in draft.body


def test_a_link_that_is_gone_from_the_text_is_told(staff, moved):
    draft = sound(body="<p>Không có liên kết.</p>")
    mend(staff, draft, moved)
    page = staff.get(f"/quan-tri/news/edition/{draft.pk}/change/").content.decode()
    assert "không còn" in page
    draft.refresh_from_db()
    assert draft.version == 1


def test_few_links_of_one_host_are_asked_at_a_time(internet):
    addresses = [f"https://example.com/{number}" for number in range(20)]
    internet.update(dict.fromkeys(addresses, 200))
    note_addresses(addresses)
    assert check_due() == 5


def test_what_was_written_long_ago_is_read_once_a_day_and_not_all_the_time(internet, clock):
    internet[URL] = 200
    sound(body=link(URL))
    clock.shift(timedelta(days=40))
    assert check_links() == 0
    note_every_link()
    assert check_links() == 1


def test_more_links_are_noted_than_a_database_takes_in_one_question(internet):
    addresses = [f"https://example.com/{number}" for number in range(2 * BATCH + 1)]
    note_addresses([*addresses, *addresses])
    assert CheckedLink.objects.count() == len(addresses)


def test_this_is_fine_is_remembered(staff, internet):
    internet[URL] = 404
    draft = sound(body=link(URL))
    check_links()
    CheckedLink.objects.update(failures=3)
    row = CheckedLink.objects.get()
    assert URL in staff.get("/quan-tri/news/edition/checks/").content.decode()
    staff.post(f"/quan-tri/news/edition/links/{row.pk}/")
    assert codes(advice(draft)) == []
    assert URL not in staff.get("/quan-tri/news/edition/checks/").content.decode()


# Where staff see them


def test_advice_that_is_dismissed_stays_away_until_the_words_change(staff):
    draft = sound(title="KHỞI CÔNG")
    [hint] = advice(draft)
    page = f"/quan-tri/news/edition/{draft.pk}/step/publish/"
    assert hint.key in staff.get(page).content.decode()
    staff.post(f"/quan-tri/news/edition/{draft.pk}/dismiss/", {"key": hint.key})
    assert hint.key not in staff.get(page).content.decode()
    assert Dismissal.objects.get().by.is_staff
    draft.title = "KHÁNH THÀNH"
    assert codes(advice(draft)) == ["capitals"]


@pytest.mark.parametrize("key", ["", "khong-co", "x" * 10_000])
def test_a_forged_dismissal_is_told_and_keeps_nothing(staff, key):
    draft = sound(title="KHỞI CÔNG")
    staff.post(f"/quan-tri/news/edition/{draft.pk}/dismiss/", {"key": key})
    assert not Dismissal.objects.exists()


def test_the_form_is_checked_while_it_is_written(staff):
    form = filled_form(title="", body=link("http://10.0.0.1/", "tại đây"), preview_of="0")
    answer = staff.post("/quan-tri/news/edition/check/", form).json()
    assert [row["field"] for row in answer["must_fix"]] == ["title", "body"]
    assert "tại đây" in answer["advice"][0]["text"]


def test_the_report_lists_what_is_public_with_its_findings(staff):
    make_edition(title="TIN VIẾT HOA")
    make_draft(title="BẢN NHÁP VIẾT HOA")
    page = staff.get("/quan-tri/news/edition/checks/").content.decode()
    assert "TIN VIẾT HOA" in page
    assert "BẢN NHÁP VIẾT HOA" not in page


def test_the_report_reads_the_pages_of_the_agency_too(staff):
    values = {"path_vi": "chuc-nang", "title_vi": "Chức năng", "title_en": "Functions"}
    body = {"body_vi": link("/khong-co/"), "body_en": link("http://10.0.0.1/x", "here")}
    page = Page.objects.create(**values, **body)
    Page.objects.create(title_vi="Ẩn", path_vi="an", body_vi=link("/cung-khong/"), is_public=False)
    html = staff.get("/quan-tri/news/edition/checks/").content.decode()
    assert f"/quan-tri/portal/page/{page.pk}/change/" in html
    assert "/khong-co/" in html
    assert "10.0.0.1" in html
    assert "/cung-khong/" not in html


@pytest.mark.slow
def test_the_report_asks_as_little_of_the_database_for_fifty_articles(
    staff, drawn_photo, moved, django_assert_max_num_queries
):
    photo = Photo.store(drawn_photo())
    for number in range(50):
        edition = make_edition(title=f"TIN {number}", body=link(URL) + link("/khong-co/"))
        EditionPhoto.objects.create(edition=edition, photo=photo)
        Dismissal.objects.create(article=edition.article, key="x")
    with django_assert_max_num_queries(24):
        staff.get("/quan-tri/news/edition/checks/")


def test_an_abbreviation_on_the_list_of_staff_is_known(db):
    draft = sound(body="<p>XYQ của đơn vị dự họp.</p>")
    assert codes(advice(draft)) == ["abbreviation"]
    Abbreviation.objects.create(short="XYQ", full="Xã Yên Quang")
    assert advice(draft) == []


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("post", "1/mend-link/"),
        ("get", "checks/"),
        ("post", "check/"),
        ("post", "links/1/"),
        ("post", "1/dismiss/"),
    ],
)
def test_staff_without_the_right_are_refused(citizen, method, address):
    make_edition()
    citizen.force_login(make_user(is_superuser=False))
    answer = getattr(citizen, method)(f"/quan-tri/news/edition/{address}")
    assert answer.status_code in (403, 404)
