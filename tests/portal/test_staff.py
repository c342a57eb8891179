"""The staff pages: everybody's first screen, and the road from a blank form to a published article."""

from datetime import date, timedelta

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags

from contacts.models import Appointment
from editing.models import Action, AuditEntry, File, Periods, Photo, User
from editing.trail import record
from news import steps
from news.models import Article, Edition, EditionPhoto, State
from news.workflow import approve, edit_anew, withdraw
from portal.models import Agency
from tests.making import (
    make_agency,
    make_category,
    make_draft,
    make_edition,
    make_official,
    make_user,
)
from tests.portal.making_forms import sent_by_a_browser

pytestmark = pytest.mark.django_db

NO_PHOTOS = {
    "photos-TOTAL_FORMS": "0",
    "photos-INITIAL_FORMS": "0",
    "videos-TOTAL_FORMS": "0",
    "videos-INITIAL_FORMS": "0",
    "attachments-TOTAL_FORMS": "0",
    "attachments-INITIAL_FORMS": "0",
}


def filled_form(**changes):
    values = {
        "title": "Đối thoại với doanh nghiệp",
        "category": make_category().pk,
        "lead": "Buổi đối thoại diễn ra sáng nay.",
        "body": "<p>Nội dung</p>",
        "author_line": "Văn phòng",
        "written_in": "vi",
        "notice_level": "3",
    }
    return values | NO_PHOTOS | changes


def test_the_login_form_has_the_fields_that_outside_checks_know(citizen):
    make_user(username="quantri")
    page = citizen.get("/quan-tri/login/").content.decode()
    assert 'name="login"' in page
    assert 'name="password"' in page
    answer = citizen.post("/quan-tri/login/", {"login": "quantri", "password": "mat-khau-thu-2026"})
    assert answer.status_code == 302


def test_a_wrong_password_is_answered_in_vietnamese(citizen):
    page = citizen.post("/quan-tri/login/", {"login": "quantri", "password": "sai"})
    assert "mật khẩu" in page.content.decode()


def test_the_desk_greets_with_what_waits(staff):
    make_agency()
    make_draft(title="Bài đang viết dở").editors.add(User.objects.get())
    page = staff.get("/quan-tri/").content.decode()
    for words in (
        "Viết bài mới",
        "Bài tôi đang viết",
        "Bài đang viết dở",
        "việc trước khi công bố",
    ):
        assert words in page, words


def test_staff_pages_speak_the_language_of_the_profile(citizen):
    citizen.force_login(make_user(language="en"))
    page = citizen.get("/quan-tri/", headers={"accept-language": "vi"}).content.decode()
    assert "Write an article" in page
    assert 'lang="en"' in page


@pytest.mark.parametrize("model", sorted(m._meta.label_lower for m in admin.site._registry))
def test_every_list_and_form_of_staff_opens(staff, model):
    app, name = model.split(".")
    make_official()
    make_edition()
    assert staff.get(reverse(f"admin:{app}_{name}_changelist")).status_code in (200, 302)
    assert staff.get(reverse(f"admin:{app}_{name}_add")).status_code in (200, 403)


def test_staff_pages_are_closed_to_citizens(citizen):
    for address in ("/quan-tri/", "/quan-tri/news/edition/", "/quan-tri/news/edition/add/"):
        assert citizen.get(address).status_code == 302


def test_staff_pages_are_kept_by_no_cache(staff):
    assert "no-store" in staff.get("/quan-tri/").headers["Cache-Control"]


def test_a_draft_is_saved_and_stays_off_the_site(staff, citizen):
    staff.post("/quan-tri/news/edition/add/", filled_form(_continue="1"))
    edition = Edition.objects.get()
    assert edition.state == State.DRAFT
    assert edition.edited_by == User.objects.get()
    assert citizen.get(edition.get_absolute_url()).status_code == 404


def test_from_the_form_to_the_site_in_three_steps(staff, citizen):
    answer = staff.post("/quan-tri/news/edition/add/", filled_form(_publish="1"))
    check = staff.get(answer.headers["Location"]).content.decode()
    assert "cần một người khác duyệt" in check
    assert "Gửi duyệt" in check
    assert "Quy tắc của chuyên mục này" in check
    edition = Edition.objects.get()
    staff.post(f"/quan-tri/news/edition/{edition.pk}/step/submit/", {"seen": edition.version})
    staff.force_login(make_user())
    assert "Duyệt và đăng" in staff.get(answer.headers["Location"]).content.decode()
    staff.post(f"/quan-tri/news/edition/{edition.pk}/step/approve/", {"seen": edition.version})
    page = citizen.get(edition.get_absolute_url())
    assert "Đối thoại với doanh nghiệp" in page.content.decode()


def test_what_was_typed_comes_back_when_something_is_missing(staff):
    page = staff.post(
        "/quan-tri/news/edition/add/", filled_form(title="", lead="Câu tóm tắt dài", _continue="1")
    ).content.decode()
    assert "Câu tóm tắt dài" in page
    assert not Article.objects.exists()


def test_an_older_report_carries_its_own_date(staff, citizen):
    staff.post("/quan-tri/news/edition/add/", filled_form(dated="28/12/2021", _continue="1"))
    edition = approve(Edition.objects.get(), by=None)
    assert str(edition.listed_at) == "2021-12-27 17:00:00+00:00"
    assert edition.title in citizen.get("/tin-tuc/2021/12/").content.decode()


def test_a_new_date_waits_for_approval_like_every_other_word(citizen):
    edition = make_edition()
    before = edition.listed_at
    draft = edit_anew(edition, by=None)
    draft.dated = date(2021, 12, 28)
    draft.save()
    edition.refresh_from_db()
    assert edition.listed_at == before
    of_its_year = "/tin-tuc/2021/"
    assert edition.title not in citizen.get(of_its_year).content.decode()
    approve(draft, by=None)
    assert edition.title in citizen.get(of_its_year).content.decode()


def test_an_article_is_not_dated_after_its_publication(staff):
    day = timezone.localdate() + timedelta(days=1)
    form = filled_form(dated=f"{day:%d/%m/%Y}", lead="Câu tóm tắt", _continue="1")
    page = staff.post("/quan-tri/news/edition/add/", form).content.decode()
    assert "Câu tóm tắt" in page
    assert "mang ngày đăng hoặc một ngày trước đó" in page
    assert not Article.objects.exists()


def test_a_photo_comes_in_with_the_article(staff, drawn_photo):
    photo = drawn_photo()
    photo.name = "Hội nghị.png"
    form = filled_form(_continue="1") | {
        "photos-TOTAL_FORMS": "1",
        "photos-0-upload": photo,
        "photos-0-caption": "Quang cảnh hội nghị",
        "photos-0-position": "1",
    }
    staff.post("/quan-tri/news/edition/add/", form)
    use = EditionPhoto.objects.get()
    assert use.photo is not None
    assert use.caption == "Quang cảnh hội nghị"


def test_a_broken_photo_is_refused_and_nothing_typed_is_lost(staff):
    from io import BytesIO

    broken = BytesIO(b"not a picture")
    broken.name = "anh.jpg"
    form = filled_form(_continue="1") | {
        "photos-TOTAL_FORMS": "1",
        "photos-0-upload": broken,
        "photos-0-caption": "Chú thích đã gõ",
        "photos-0-position": "1",
    }
    page = staff.post("/quan-tri/news/edition/add/", form).content.decode()
    assert "không phải ảnh đọc được" in page
    assert "Chú thích đã gõ" in page
    assert not Edition.objects.exists()


def with_uploads(drawn_photo, **changes):
    """A form that carries a photo and a file, each chosen in it."""
    pdf = SimpleUploadedFile("Quyết định 12.pdf", b"%PDF-1.4 x")
    photo = SimpleUploadedFile("anh.png", drawn_photo().getvalue())
    rows = {"photos-TOTAL_FORMS": "1", "photos-0-upload": photo, "photos-0-position": "1"}
    rows |= {"attachments-TOTAL_FORMS": "1", "attachments-0-upload": pdf}
    rows |= {"attachments-0-title": "Quyết định", "attachments-0-position": "1"}
    return filled_form(_continue="1") | rows | changes


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"photos-0-caption": "x" * 500}, {"attachments-0-title": ""}, {"dated": "?"}],
    ids=lambda fields: next(iter(fields)),
)
def test_what_was_chosen_is_still_there_when_a_form_comes_back(staff, drawn_photo, wrong):
    sent = with_uploads(drawn_photo, **wrong)
    html = staff.post("/quan-tri/news/edition/add/", sent).content.decode()
    assert not Edition.objects.exists()
    photo, file = Photo.objects.get(), File.objects.get()
    for name, row in (("photos-0-photo", photo), ("attachments-0-file", file)):
        select = html.partition(f'name="{name}"')[2].partition("</select>")[0]
        assert f'value="{row.pk}" selected' in select, name
    assert "Đã giữ lại, không cần chọn lại: quyet-dinh-12.pdf." in html
    # Sent once more as the browser has it now, without the files.
    again = {name: value for name, value in sent.items() if not name.endswith("-upload")}
    again |= {"title": "Đã sửa", "photos-0-caption": "", "dated": ""}
    again |= {"photos-0-photo": photo.pk, "attachments-0-file": file.pk}
    again |= {"attachments-0-title": "Quyết định"}
    staff.post("/quan-tri/news/edition/add/", again)
    edition = Edition.objects.get()
    assert (edition.photos.get().photo, edition.attachments.get().file) == (photo, file)


def test_a_published_edition_is_changed_by_a_new_one(staff):
    live = make_edition()
    form = staff.get(f"/quan-tri/news/edition/{live.pk}/change/").content.decode()
    assert "Sửa thành bản mới" in form
    answer = staff.post(f"/quan-tri/news/edition/{live.pk}/step/edit/", {"seen": live.version})
    draft = Edition.objects.exclude(pk=live.pk).get()
    assert answer.headers["Location"] == f"/quan-tri/news/edition/{draft.pk}/change/"


def test_the_list_has_one_row_for_each_article(staff):
    live = make_edition(title="Chỉ một dòng")
    staff.post(f"/quan-tri/news/edition/{live.pk}/step/edit/", {"seen": live.version})
    page = staff.get("/quan-tri/news/edition/").content.decode()
    assert page.count("Chỉ một dòng</a>") == 1


ALL_STEPS = [step.name for step in steps.STEPS]


@pytest.mark.parametrize("step", ["publish", *ALL_STEPS])
def test_opening_the_page_of_a_step_changes_nothing(staff, step):
    edition = make_edition()
    before = Edition.objects.values().get()
    answer = staff.get(f"/quan-tri/news/edition/{edition.pk}/step/{step}/")
    assert answer.status_code in (200, 302)
    assert Edition.objects.values().get() == before
    assert not AuditEntry.objects.exclude(action="approved").exists()


@pytest.mark.parametrize("step", ALL_STEPS)
def test_a_step_needs_its_right(citizen, step):
    edition = make_draft()
    citizen.force_login(make_user(is_superuser=False))
    answer = citizen.post(
        f"/quan-tri/news/edition/{edition.pk}/step/{step}/", {"seen": edition.version}
    )
    assert answer.status_code == 403
    edition.refresh_from_db()
    assert edition.state == State.DRAFT
    assert edition.article.trashed_at is None


@pytest.mark.parametrize(
    "address",
    [
        *("remark/", "compare/", "again/", "share/", "revoke/1/", "history/", "presence/"),
        *("change/", "step/publish/"),
    ],
)
def test_every_view_beside_the_form_needs_a_right(citizen, address):
    edition = make_edition()
    citizen.force_login(make_user(is_superuser=False))
    url = f"/quan-tri/news/edition/{edition.pk}/{address}"
    assert citizen.get(url).status_code in (403, 405)
    assert citizen.post(url).status_code == 403


@pytest.mark.parametrize("address", ["preview/", "autosave/"])
def test_nobody_without_the_right_previews_or_keeps_a_form(citizen, address):
    citizen.force_login(make_user(is_superuser=False))
    body = {"pk": 0, "key": "k", "fields": [["title", "x"]]}
    url = f"/quan-tri/news/edition/{address}"
    assert citizen.post(url, body, content_type="application/json").status_code == 403


def test_nothing_can_be_deleted(staff):
    edition = make_edition()
    assert (
        staff.post(f"/quan-tri/news/edition/{edition.pk}/delete/", {"post": "yes"}).status_code
        == 403
    )


def test_confirming_the_hotline_is_one_action(staff):
    official = make_official()
    staff.post(
        "/quan-tri/contacts/appointment/",
        {"action": "confirm", "_selected_action": [official.pk]},
    )
    assert Appointment.objects.get().confirmed_by == User.objects.get()


def test_the_editor_is_there_without_the_parts_that_call_out(staff):
    page = staff.get("/quan-tri/news/edition/add/").content.decode()
    assert "staff/editor.js" in page
    assert "exportpdf" in page  # among the removed plugins


@pytest.mark.parametrize("key", ["abc", "1 OR 1=1", "²", "9" * 40, "-1", "\x00"])
def test_a_forged_choice_is_refused_and_the_rest_stays(staff, key):
    chosen = dict.fromkeys(("tags", "related", "lead_photo"), key)
    photo = {"photos-TOTAL_FORMS": "1", "photos-0-photo": key, "photos-0-caption": "Ảnh"}
    form = filled_form(lead="Câu tóm tắt") | chosen | photo
    answer = staff.post("/quan-tri/news/edition/add/", form | {"_continue": "1"})
    assert (answer.status_code, Article.objects.count()) == (200, 0)
    assert "Câu tóm tắt" in answer.content.decode()


def test_articles_are_picked_by_their_titles(staff, django_assert_max_num_queries):
    for number in range(5):
        make_edition(title=f"Khởi công số {number}")
    url = "/quan-tri/autocomplete/?app_label=news&model_name=edition&field_name=related&term=kh%E1%BB%9Fi"
    with django_assert_max_num_queries(9):
        found = staff.get(url).json()["results"]
    assert {row["text"] for row in found} == {f"Khởi công số {number}" for number in range(5)}


def test_a_story_placed_in_admin_stands_on_the_front_page(staff, citizen):
    first, second = make_edition(title="Tin hôm qua"), make_edition(title="Tin hôm nay")
    assert citizen.get("/").context["front"].lead == second
    form = {"article": first.article_id, "place": "1"}
    when = {"starts_at_0": "01/01/2026", "starts_at_1": "08:00", "ends_at_0": "", "ends_at_1": ""}
    staff.post("/quan-tri/news/frontstory/add/", form | when)
    assert citizen.get("/").context["front"].lead == first
    page = staff.get("/quan-tri/news/frontstory/").content.decode()
    assert "Tin hôm qua" in page
    answer = staff.post("/quan-tri/news/frontstory/add/", form | when | {"place": "6"})
    assert answer.status_code == 200
    assert AuditEntry.objects.filter(object_type="news.frontstory").count() == 1


@pytest.fixture
def of_group():
    """Signs a member of a staff group in: `of_group("Người viết bài")`."""

    def make(name):
        user = make_user(is_superuser=False)
        user.groups.add(Group.objects.get(name=name))
        client = Client()
        client.force_login(user)
        return client, user

    return make


def test_a_writer_puts_photos_and_files_into_his_article(of_group):
    writer, _user = of_group("Người viết bài")
    page = writer.get("/quan-tri/news/edition/add/").content.decode()
    assert 'name="photos-TOTAL_FORMS"' in page
    assert 'name="attachments-TOTAL_FORMS"' in page
    photo = {"photos-TOTAL_FORMS": "1", "photos-0-caption": "Toàn cảnh", "photos-0-position": "1"}
    writer.post("/quan-tri/news/edition/add/", filled_form(_continue="1") | photo)
    assert EditionPhoto.objects.get().caption == "Toàn cảnh"


def test_who_saves_a_text_as_it_was_may_still_approve_it(of_group):
    draft = make_draft(body="<p>Một</p><p>Hai</p>")
    EditionPhoto.objects.create(edition=draft, caption="Ảnh")
    approver, user = of_group("Người duyệt đăng")
    url = f"/quan-tri/news/edition/{draft.pk}/change/"
    form = sent_by_a_browser(approver.get(url))
    # As the editor writes it, and a browser sends it.
    form |= {"body": "<p>Một</p>\r\n\r\n<p>Hai</p>\r\n", "_continue": "1"}
    assert approver.post(url, form).status_code == 302
    assert user not in draft.editors.all()
    form = sent_by_a_browser(approver.get(url)) | {"photos-0-caption": "Ảnh khác", "_continue": "1"}
    approver.post(url, form)
    assert user in draft.editors.all()


def test_a_draft_stays_on_its_writers_desk_when_another_saves_it(staff, of_group):
    writer, user = of_group("Người viết bài")
    draft = make_draft(title="Bài của tôi")
    draft.editors.add(user)
    url = f"/quan-tri/news/edition/{draft.pk}/change/"
    staff.post(url, sent_by_a_browser(staff.get(url)) | {"lead": "Sửa hộ", "_continue": "1"})
    assert writer.get("/quan-tri/").context["mine"] == [draft]


def test_the_desk_leads_an_approver_to_the_page_of_approval(of_group):
    draft = make_draft()
    draft.state = State.SUBMITTED
    draft.save()
    approver, _user = of_group("Người duyệt đăng")
    step = f"/quan-tri/news/edition/{draft.pk}/step/publish/"
    assert step in approver.get("/quan-tri/").content.decode()
    writer, _user = of_group("Người viết bài")
    desk = writer.get("/quan-tri/")
    assert step not in desk.content.decode()
    # What only an administrator can do is not asked of a writer.
    assert desk.context["set_up"] == []


def test_who_is_to_correct_a_text_sees_on_top_what(staff):
    draft = make_draft()
    draft.state = State.RETURNED
    draft.save()
    draft.remarks.create(text="Thiếu số liệu quý III")
    page = staff.get(f"/quan-tri/news/edition/{draft.pk}/change/").content.decode()
    assert page.index("Thiếu số liệu quý III") < page.index('name="title"')


def test_only_what_is_on_the_site_says_that_it_stays_there(staff):
    edition = make_edition()
    url = f"/quan-tri/news/edition/{edition.pk}/change/"
    assert "bản này vẫn đang đăng" in staff.get(url).content.decode()
    withdraw(edition, by=None, reason="in_error", note="Đăng nhầm")
    page = staff.get(url).content.decode()
    assert "vẫn đang đăng" not in page
    assert "Viết bản mới từ bản này" in page


def test_the_approver_of_a_change_sees_what_it_changes(staff):
    edition = make_edition()
    draft = edit_anew(edition, by=None)
    page = staff.get(f"/quan-tri/news/edition/{draft.pk}/step/publish/").content.decode()
    assert f"/compare/?old={edition.pk}&amp;new={draft.pk}" in page


@pytest.mark.parametrize("key", ["²", "٣", "9" * 40, "0", "-1", "abc"])
def test_an_address_with_a_key_that_is_none_leads_nowhere_and_fails_nowhere(staff, key):
    for address in (
        f"/quan-tri/news/edition/{key}/change/",
        f"/quan-tri/contacts/appointment/{key}/change/",
        f"/quan-tri/news/edition/{key}/history/",
    ):
        assert staff.get(address).status_code in (302, 404), address
    for view in ("preview", "check"):
        form = filled_form(category=key, preview_of=key)
        answer = staff.post(f"/quan-tri/news/edition/{view}/", form)
        assert answer.status_code in (200, 404), view


def test_the_trail_writes_days_and_fields_as_people_do(staff):
    official = make_official()
    changes = {
        "ended_on": (None, date(2026, 11, 5)),
        "successor": ("", "Ông Lê Văn Bình"),
        "is_on_hotline": (True, False),
        "phonenumber 12: raw": ("0257 3500 001", "0257 3500 002"),
    }
    record(Action.CHANGED, official, by=None, changes=changes)
    page = staff.get("/quan-tri/editing/auditentry/").content.decode()
    for said in ("05/11/2026", "người kế nhiệm", "có → không"):
        assert said in page
    for word in ("2026-11-05", "successor", "True →", "phonenumber"):
        assert word not in page


def test_accounts_and_the_trail_are_not_among_the_photos(staff):
    page = staff.get("/quan-tri/").content.decode()
    group = page.partition("Tài khoản và nhật ký")[2]
    assert "/quan-tri/editing/user/" in group
    assert "/quan-tri/editing/auditentry/" in group


@pytest.mark.parametrize(
    ("address", "heading"),
    [
        ("editing/user/", "Tài khoản và nhật ký"),
        ("editing/user/add/", "Tài khoản và nhật ký"),
        ("auth/group/", "Tài khoản và nhật ký"),
        ("editing/auditentry/", "Tài khoản và nhật ký"),
        ("editing/periods/1/change/", "Cổng thông tin"),
        ("editing/abbreviation/", "Cổng thông tin"),
        ("editing/file/", "Ảnh và tệp"),
        ("contacts/unit/", "Danh bạ"),
    ],
)
def test_a_page_stands_under_the_heading_of_what_it_is_about(staff, address, heading):
    Periods.objects.get_or_create(pk=1)
    page = staff.get(f"/quan-tri/{address}").content.decode()
    way = page.partition('<div class="breadcrumbs">')[2].partition("</div>")[0]
    steps = [step.strip() for step in strip_tags(way).split("&rsaquo;")]
    assert steps[:2] == ["Bàn làm việc", heading]


def test_the_page_of_a_heading_lists_what_stands_under_it_alone(staff):
    photos = staff.get("/quan-tri/editing/").content.decode().partition('id="content"')[2]
    assert "/quan-tri/editing/photo/" in photos
    assert "/quan-tri/editing/user/" not in photos
    assert "/quan-tri/editing/periods/" in staff.get("/quan-tri/portal/").content.decode()


def test_the_form_of_the_agency_asks_for_a_name_in_each_language(staff):
    page = staff.get(f"/quan-tri/portal/agency/{Agency.load().pk}/change/").content.decode()
    assert "Tên cơ quan · Tiếng Việt" in page
    assert "Tên cơ quan · Tiếng Anh" in page
    assert "[vi]" not in page


def test_the_article_that_a_merged_one_leads_to_is_picked_by_its_title(staff):
    edition, target = make_edition(), make_edition()
    address = f"/quan-tri/news/edition/{edition.pk}/step/withdraw/"
    assert "admin-autocomplete" in staff.get(address).content.decode()
    sent = {"seen": edition.version, "reason": "merged", "note": "Gộp", "merged_into": "9" * 30}
    assert staff.post(address, sent).status_code == 200
    staff.post(address, sent | {"merged_into": target.article_id})
    edition.refresh_from_db()
    assert edition.merged_into == target.article
