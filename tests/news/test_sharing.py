"""Links for comments: who has one may read and say something, and no more than that."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from editing.models import Notification, Photo
from news import sharing
from news.models import Edition, EditionPhoto, LinkApproval, Reviewer, ShareLink
from tests.making import make_draft, make_user
from tests.news.test_steps import make_staff

pytestmark = pytest.mark.django_db

SAME_ORIGIN = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def draft():
    draft = make_draft(title="Báo cáo xin ý kiến")
    draft.editors.add(make_user(username="nguoiviet"))
    return draft


def make_link(*editions, **changes):
    values = {
        "expires_at": timezone.now() + timedelta(days=14),
        "created_by": make_staff("change_edition", "share_edition", "publish_edition"),
    }
    link = ShareLink.objects.create(**values | changes)
    link.editions.set(editions)
    return link


@pytest.fixture
def leader():
    return Reviewer.objects.create(name="Bà Lê Thị An, Phó Trưởng ban", email="an@example.vn")


def address(link, edition=None):
    base = f"/xem-truoc/{sharing.token_of(link)}/"
    return f"{base}{edition.pk}/" if edition else base


def send(client, link, edition, step, **fields):
    seen = client.get(address(link, edition)).context["seen"]
    data = {"step": step, "name": "Lê Thị An", "seen": seen} | fields
    return client.post(address(link, edition), data, headers=SAME_ORIGIN)


def code_in_mail():
    return re.search(r"\d{6}", mail.outbox[-1].body)[0]


def test_a_link_shows_the_draft_to_no_robot_and_no_cache(citizen, draft):
    answer = citizen.get(address(make_link(draft)))
    assert "Báo cáo xin ý kiến" in answer.content.decode()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_one_link_shows_several_texts(citizen, draft):
    other = make_draft(title="Bài thứ hai")
    link = make_link(draft, other)
    page = citizen.get(address(link)).content.decode()
    assert "Báo cáo xin ý kiến" in page
    assert "Bài thứ hai" in page
    assert citizen.get(address(link, other)).status_code == 200


@pytest.mark.parametrize("change", ["revoked", "over"])
def test_a_link_that_is_over_says_so_and_shows_nothing(citizen, draft, change):
    link = make_link(draft)
    now = timezone.now()
    field = "revoked_at" if change == "revoked" else "expires_at"
    ShareLink.objects.filter(pk=link.pk).update(**{field: now})
    answer = citizen.get(address(link))
    assert answer.status_code == 410
    assert "Báo cáo" not in answer.content.decode()


@pytest.mark.parametrize("token", ["x", "x.y", "abc.def.ghi", "%00", "a" * 500])
def test_a_forged_link_opens_nothing(citizen, draft, token):
    assert citizen.get(f"/xem-truoc/{token}/").status_code in (400, 410)


def test_a_link_opens_its_own_texts_only(citizen, draft):
    other = make_draft()
    assert citizen.get(address(make_link(draft), other)).status_code == 404


def test_what_lies_in_the_trash_is_not_shown(citizen, draft):
    link = make_link(draft)
    draft.article.trashed_at = timezone.now()
    draft.article.save()
    assert "Báo cáo" not in citizen.get(address(link)).content.decode()


def test_opening_a_link_changes_nothing_however_often(citizen, draft):
    link = make_link(draft)
    for query in ("", "?step=approve", "?done=approve"):
        citizen.get(address(link, draft) + query)
    assert not LinkApproval.objects.exists()
    assert not draft.remarks.exists()


def test_a_remark_reaches_the_writer(citizen, draft):
    send(citizen, make_link(draft), draft, "remark", text="Bổ sung số liệu quý I.")
    assert draft.remarks.get().who == "Lê Thị An"
    assert Notification.objects.get().user.username == "nguoiviet"


def test_an_approval_without_a_code_is_an_opinion(citizen, draft, leader):
    send(citizen, make_link(draft, reviewer=leader), draft, "approve")
    approval = LinkApproval.objects.get()
    assert not approval.counts
    assert not Edition.objects.live().exists()


def test_an_approval_with_the_code_of_the_leader_counts(citizen, draft, leader):
    link = make_link(draft, reviewer=leader)
    send(citizen, link, draft, "code")
    assert mail.outbox[0].to == ["an@example.vn"]
    send(citizen, link, draft, "approve", code=code_in_mail())
    assert LinkApproval.objects.get().counts


def test_it_publishes_only_where_the_link_says_so(citizen, draft, leader):
    link = make_link(draft, reviewer=leader, publishes_on_approval=True)
    send(citizen, link, draft, "code")
    send(citizen, link, draft, "approve", code=code_in_mail())
    assert Edition.objects.live().get() == draft


def test_who_could_change_the_address_gets_no_counting_link(citizen, draft, leader):
    link = make_link(draft, reviewer=leader, created_by=make_user())
    assert send(citizen, link, draft, "code").status_code == 400
    assert mail.outbox == []


def test_who_gets_the_right_over_the_address_meanwhile_makes_it_count_no_more(
    citizen, draft, leader
):
    link = make_link(draft, reviewer=leader)
    send(citizen, link, draft, "code")
    link.created_by.is_superuser = True
    link.created_by.save()
    send(citizen, link, draft, "approve", code=code_in_mail())
    assert not LinkApproval.objects.get().counts


def test_a_code_is_used_once(citizen, draft, leader):
    link = make_link(draft, reviewer=leader)
    send(citizen, link, draft, "code")
    send(citizen, link, draft, "approve", code=code_in_mail())
    assert send(citizen, link, draft, "approve", code=code_in_mail()).status_code == 400
    assert LinkApproval.objects.count() == 1


def test_a_code_is_not_guessed(citizen, draft, leader):
    link = make_link(draft, reviewer=leader)
    send(citizen, link, draft, "code")
    right = code_in_mail()
    for _try in range(sharing.MOST_TRIES):
        wrong = "000000" if right != "000000" else "111111"
        assert send(citizen, link, draft, "approve", code=wrong).status_code == 400
    assert send(citizen, link, draft, "approve", code=right).status_code == 400
    assert not LinkApproval.objects.exists()


def test_a_code_is_over_after_fifteen_minutes(citizen, draft, leader, clock):
    link = make_link(draft, reviewer=leader)
    send(citizen, link, draft, "code")
    clock.shift(timedelta(minutes=15, seconds=1))
    assert send(citizen, link, draft, "approve", code=code_in_mail()).status_code == 400


def test_a_code_of_one_link_opens_no_other(citizen, draft, leader):
    link, other = make_link(draft, reviewer=leader), make_link(draft, reviewer=leader)
    send(citizen, link, draft, "code")
    assert send(citizen, other, draft, "approve", code=code_in_mail()).status_code == 400


def test_the_text_that_was_read_is_approved_and_no_other(citizen, draft):
    link = make_link(draft)
    seen = citizen.get(address(link, draft)).context["seen"]
    Edition.objects.filter(pk=draft.pk).update(title="Tiêu đề khác")
    assert send(citizen, link, draft, "approve", seen=seen).status_code == 400
    assert not LinkApproval.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://ke-gia-mao.example"}],
)
def test_a_form_from_another_site_is_refused(citizen, draft, headers):
    link = make_link(draft)
    answer = citizen.post(
        address(link, draft), {"step": "remark", "name": "x", "text": "x"}, headers=headers
    )
    assert answer.status_code == 403


def test_a_refused_form_comes_back_with_what_was_typed(citizen, draft):
    answer = send(citizen, make_link(draft), draft, "remark", name="", text="Ý kiến dài đã gõ")
    assert answer.status_code == 400
    assert "Ý kiến dài đã gõ" in answer.content.decode()


def test_a_link_is_made_and_revoked_by_staff(staff, citizen, draft):
    staff.post(f"/quan-tri/news/edition/{draft.pk}/share/", {"link-days": "14"})
    link = ShareLink.objects.get()
    assert citizen.get(address(link)).status_code == 200
    staff.post(f"/quan-tri/news/edition/{draft.pk}/revoke/{link.pk}/")
    assert citizen.get(address(link)).status_code == 410


def status(client, url):
    answer = client.get(url)
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code


def test_who_reads_a_draft_by_link_sees_its_pictures_and_no_others(citizen, draft, drawn_photo):
    photo, other = Photo.store(drawn_photo()), Photo.store(drawn_photo(width=900))
    EditionPhoto.objects.create(edition=draft, photo=photo)
    EditionPhoto.objects.create(edition=make_draft(), photo=other)
    link = make_link(draft)
    assert status(citizen, photo.url(480)) == 404
    citizen.get(address(link, draft))
    assert status(citizen, photo.url(480)) == 200
    assert status(citizen, other.url(480)) == 404
    ShareLink.objects.update(revoked_at=timezone.now())
    assert status(citizen, photo.url(480)) == 404
