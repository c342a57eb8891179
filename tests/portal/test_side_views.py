"""Views beside lists and forms, one for each kind of hole that other systems had there: whoever lacks
the right gets a refusal, learns nothing, and changes nothing."""

import json

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from editing.models import Autosave, CheckedLink, File, FileVersion
from news import workflow
from news.models import Edition
from tests.making import make_draft, make_edition, make_official, make_user
from tests.portal.matrix import NOBODY, ROLES, SUPERUSER

pytestmark = pytest.mark.django_db

READS_ONLY = "Xem thống kê"
WRITER, EDITOR = "Người viết bài", "Biên tập viên"


def somebody(role):
    user = make_user(is_superuser=role == SUPERUSER)
    if role not in (NOBODY, SUPERUSER):
        user.groups.add(Group.objects.get(name=role))
    client = Client()
    client.force_login(user)
    client.user = user
    return client


# Choosers


def searched_fields():
    for owner in admin.site._registry.values():
        rows = [(owner.model, name) for name in owner.autocomplete_fields]
        rows += [(each.model, name) for each in owner.inlines for name in each.autocomplete_fields]
        yield from rows


@pytest.mark.slow
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("model", "field"), [*searched_fields()])
def test_a_chooser_shows_rows_only_to_whom_their_list_is_open(role, model, field):
    make_official()
    make_edition(title="Chỉ để tìm")
    client, meta = somebody(role), model._meta
    query = {"app_label": meta.app_label, "model_name": meta.model_name, "field_name": field}
    answer = client.get(reverse("admin:autocomplete"), query)
    there = meta.get_field(field).remote_field.model._meta
    listed = client.get(reverse(f"admin:{there.app_label}_{there.model_name}_changelist"))
    assert answer.status_code == (403 if listed.status_code == 403 else 200)


def test_no_chooser_tells_what_is_not_public_yet():
    draft = make_draft(title="Quy hoạch chưa công bố")
    query = {"app_label": "news", "model_name": "edition", "field_name": "related"}
    answer = somebody(WRITER).get(reverse("admin:autocomplete"), query | {"term": "quy hoach"})
    assert draft.title not in answer.content.decode()


@pytest.mark.parametrize(
    ("model", "field"),
    [("user", "password"), ("session", "user"), ("edition", "edited_by"), ("edition", "body"), ("", ""), ("\x00", "\x00")],
)  # fmt: skip
def test_a_chooser_for_any_other_field_does_not_exist(model, field):
    query = {"app_label": "editing", "model_name": model, "field_name": field}
    assert somebody(SUPERUSER).get(reverse("admin:autocomplete"), query).status_code == 403


# Earlier versions


def test_an_earlier_file_is_opened_by_whoever_may_see_files():
    path = default_storage.save("files/cu.pdf", ContentFile(b"%PDF-1.4 cu"))
    file = File.objects.create(name="a.pdf", extension="pdf", path="files/moi.pdf", size=1)
    version = FileVersion.objects.create(file=file, path=path, size=11, sha256="0" * 64)
    address = reverse("admin:editing_file_version", args=[version.pk])
    for role in ROLES:
        client = somebody(role)
        may_see = client.get(reverse("admin:editing_file_changelist")).status_code == 200
        answer = client.get(address)
        assert answer.status_code == (200 if may_see else 403), role
        assert (b"%PDF-1.4 cu" in answer.getvalue()) == may_see
    answer = somebody(EDITOR).get(address)
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Disposition"].startswith("attachment")
    answer.getvalue()  # closes the file


def test_comparing_reaches_no_other_article():
    edition, other = make_edition(), make_draft(title="Của bài khác")
    address = reverse("admin:news_edition_compare", args=[edition.pk])
    page = somebody(WRITER).get(address, {"old": other.pk, "new": other.pk}).content.decode()
    assert other.title not in page


# Steps beside the form


@pytest.fixture
def link():
    return CheckedLink.objects.create(
        url="https://cu.example/", url_hash="0" * 64, suggestion="https://moi.example/"
    )


@pytest.mark.parametrize("role", [NOBODY, WRITER, READS_ONLY, "Phụ trách danh bạ"])
@pytest.mark.parametrize("state", ["draft", "live"])
def test_who_may_not_change_a_text_mends_no_link_in_it(role, state, link):
    body = f'<p><a href="{link.url}">Cũ</a></p>'
    edition = make_draft(body=body) if state == "draft" else make_edition(body=body)
    address = reverse("admin:news_edition_mend_link", args=[edition.pk])
    assert somebody(role).post(address, {"link": link.pk}).status_code == 403
    assert [row.body for row in Edition.objects.all()] == [edition.body]


def test_an_editor_mends_it(link):
    edition = make_draft(body=f'<p><a href="{link.url}">Cũ</a></p>')
    somebody(EDITOR).post(
        reverse("admin:news_edition_mend_link", args=[edition.pk]), {"link": link.pk}
    )
    edition.refresh_from_db()
    assert "https://moi.example/" in edition.body


@pytest.mark.parametrize("role", [NOBODY, WRITER, READS_ONLY])
def test_who_may_not_change_texts_calls_no_broken_link_fine(role, link):
    is_writer = role == WRITER
    answer = somebody(role).post(reverse("admin:news_edition_link", args=[link.pk]))
    assert answer.status_code == (302 if is_writer else 403)
    link.refresh_from_db()
    assert (link.accepted_at is not None) == is_writer


@pytest.mark.parametrize("role", [NOBODY, READS_ONLY, "Phụ trách danh bạ"])
def test_who_may_not_share_makes_and_revokes_no_link_for_comments(role):
    edition = make_draft()
    somebody(EDITOR).post(
        reverse("admin:news_edition_share", args=[edition.pk]), {"link-days": "3"}
    )
    share = edition.links.get()
    client = somebody(role)
    revoke = reverse("admin:news_edition_revoke", args=[edition.pk, share.pk])
    assert client.post(revoke).status_code == 403
    again = reverse("admin:news_edition_share", args=[edition.pk])
    assert client.post(again, {"link-days": "3"}).status_code == 403
    share.refresh_from_db()
    assert (share.revoked_at, edition.links.count()) == (None, 1)


def test_an_earlier_edition_is_brought_back_only_by_who_may_change_it():
    edition = make_edition()
    workflow.withdraw(edition, by=None, reason="in_error", note="Nhầm")
    address = reverse("admin:news_edition_again", args=[edition.pk])
    for role in (NOBODY, READS_ONLY, WRITER, "Phụ trách danh bạ"):
        assert somebody(role).post(address).status_code == 403, role
    assert Edition.objects.count() == 1


# What is kept while somebody types


def typed(**changes):
    return {"pk": 0, "key": "k", "fields": [["title", "Gõ dở"]]} | changes


def test_what_is_kept_for_one_is_shown_to_nobody_else():
    edition = make_draft()
    keep = reverse("admin:news_edition_autosave")
    first, second = somebody(EDITOR), somebody(EDITOR)
    sent = json.dumps(typed(pk=edition.pk, fields=[["title", "Chỉ mình tôi thấy"]]))
    assert first.post(keep, sent, content_type="application/json").status_code == 200
    form = reverse("admin:news_edition_change", args=[edition.pk])
    assert second.get(form).context["unsaved"] == []
    assert first.get(form).context["unsaved"] != []


def test_nothing_is_kept_for_a_text_that_one_may_not_change():
    edition = make_draft()
    sent = json.dumps(typed(pk=edition.pk))
    for role in (NOBODY, READS_ONLY, WRITER):
        answer = somebody(role).post(
            reverse("admin:news_edition_autosave"), sent, content_type="application/json"
        )
        assert answer.status_code == 403, role
    assert not Autosave.objects.exists()


@pytest.mark.parametrize(
    "changes",
    [{"pk": 10**30}, {"pk": -1}, {"version": 10**30}, {"version": -(10**30)}, {"pk": [1]},
     {"key": "\x00"}, {"fields": [["\x00", "\x00"]]}, {"fields": [[]]}, {"fields": {"a": "b"}},
     {"fields": "abc"}, {"key": None}],
)  # fmt: skip
def test_nonsense_in_what_is_kept_is_no_fault(changes):
    sent = json.dumps(typed(**changes))
    answer = somebody(EDITOR).post(
        reverse("admin:news_edition_autosave"), sent, content_type="application/json"
    )
    assert answer.status_code in (200, 400, 403)


def test_who_else_is_there_is_told_only_to_who_may_be_there():
    edition = make_draft()
    address = reverse("admin:news_edition_presence", args=[edition.pk])
    somebody(EDITOR).post(address)
    for role in (NOBODY, READS_ONLY, WRITER):
        assert somebody(role).post(address).status_code == 403, role
