"""What each step allows, whatever calls it: roles, the second pair of eyes, time."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from editing.models import AuditEntry, Notification
from news import workflow
from news.approvals import content_hash
from news.models import Article, Edition, EditionPhoto, LinkApproval, Review, ShareLink, State
from news.workflow import StepRefused
from tests.making import make_category, make_draft, make_edition, make_user

pytestmark = pytest.mark.django_db


def make_staff(*rights, **changes):
    user = make_user(is_superuser=False, **changes)
    user.user_permissions.set(Permission.objects.filter(codename__in=rights))
    return type(user).objects.get(pk=user.pk)


@pytest.fixture
def writer():
    return make_staff("add_edition", "change_edition")


@pytest.fixture
def approver():
    return make_staff("change_edition", "edit_others", "publish_edition")


def written_by(user, **changes):
    draft = make_draft(**changes)
    draft.editors.add(user)
    return draft


def test_a_submitted_text_waits_for_somebody_else(writer, approver):
    draft = workflow.submit(written_by(writer), by=writer)
    assert draft.state == State.SUBMITTED
    assert [note.user for note in Notification.objects.all()] == [approver]


def test_nobody_approves_what_he_has_edited(approver):
    draft = written_by(approver)
    with pytest.raises(StepRefused):
        workflow.approve(draft, by=approver)
    assert not Edition.objects.live().exists()


def test_another_person_approves_it(writer, approver):
    draft = workflow.submit(written_by(writer), by=writer)
    workflow.approve(draft, by=approver)
    assert Edition.objects.live().get().approved_by == approver


def test_a_category_can_do_without_a_second_pair_of_eyes(approver):
    category = make_category(review=Review.OFF)
    workflow.approve(written_by(approver, category=category), by=approver)
    assert Edition.objects.live().exists()


def test_a_writer_approves_nothing(writer):
    with pytest.raises(PermissionDenied):
        workflow.approve(make_draft(), by=writer)


def test_a_category_of_a_group_is_closed_to_others(approver):
    category = make_category()
    category.groups.add(Group.objects.create(name="Phòng Đầu tư"))
    draft = make_draft(category=category)
    with pytest.raises(PermissionDenied):
        workflow.approve(draft, by=approver)
    approver.groups.set(category.groups.all())
    workflow.approve(draft, by=approver)


def test_what_changed_since_it_was_read_is_not_approved(approver):
    draft = make_draft()
    with pytest.raises(StepRefused):
        workflow.approve(draft, by=approver, seen=draft.version - 1)


def test_a_text_without_a_title_is_not_published(approver):
    with pytest.raises(StepRefused):
        workflow.approve(make_draft(title=" "), by=approver)


def test_returning_asks_what_is_to_be_changed(writer, approver):
    draft = workflow.submit(written_by(writer), by=writer)
    with pytest.raises(StepRefused):
        workflow.send_back(draft, by=approver, remark="  ")
    returned = workflow.send_back(draft, by=approver, remark="Thiếu số liệu quý I")
    assert returned.state == State.RETURNED
    assert returned.remarks.get().text == "Thiếu số liệu quý I"
    assert Notification.objects.filter(user=writer).exists()


def test_urgent_publication_is_for_categories_that_allow_it():
    editor = make_staff("change_edition", "publish_urgently")
    with pytest.raises(StepRefused):
        workflow.publish_urgently(written_by(editor), by=editor, reason="Bão số 5")
    category = make_category(review=Review.AFTERWARDS)
    workflow.publish_urgently(written_by(editor, category=category), by=editor, reason="Bão số 5")
    assert Edition.objects.owing_approval().get().urgent_reason == "Bão số 5"


def test_an_urgent_publication_gives_its_reason(approver):
    editor = make_staff("change_edition", "publish_urgently")
    draft = make_draft(category=make_category(review=Review.AFTERWARDS))
    with pytest.raises(StepRefused):
        workflow.publish_urgently(draft, by=editor, reason="")


def test_the_debt_of_an_urgent_publication_is_settled_by_another(approver):
    editor = make_staff("change_edition", "publish_edition", "publish_urgently")
    draft = written_by(editor, category=make_category(review=Review.AFTERWARDS))
    live = workflow.publish_urgently(draft, by=editor, reason="Bão số 5")
    with pytest.raises(StepRefused):
        workflow.approve_afterwards(live, by=editor)
    workflow.approve_afterwards(live, by=approver)
    assert not Edition.objects.owing_approval().exists()


def test_undo_puts_the_edition_before_back_and_keeps_the_new_one_as_a_draft(approver):
    old = make_edition(title="Bản cũ")
    new = workflow.edit_anew(old, by=approver)
    workflow.approve(new, by=approver)
    workflow.undo(new, by=approver)
    assert Edition.objects.live().get() == old
    new.refresh_from_db()
    assert new.state == State.DRAFT


def test_undo_leaves_what_is_scheduled_after_it(approver):
    old = make_edition(title="Bản một")
    new = workflow.edit_anew(old, by=approver)
    workflow.approve(new, by=approver)
    start = timezone.now() + timedelta(days=1)
    later = workflow.edit_anew(new, by=approver)
    workflow.approve(later, by=approver, live_from=start)
    workflow.undo(new, by=approver)
    assert list(Edition.objects.live()) == [old]
    assert list(Edition.objects.live(start)) == [later]


def test_undo_beside_a_newer_draft_keeps_both_texts(approver):
    old = make_edition(title="Bản một")
    new = workflow.edit_anew(old, by=approver)
    workflow.approve(new, by=approver)
    draft = workflow.edit_anew(new, by=approver)
    workflow.undo(new, by=approver)
    assert Edition.objects.live().get() == old
    assert Edition.objects.waiting().get() == draft
    assert Edition.objects.filter(pk=new.pk).exists()


def test_cancelling_one_of_two_scheduled_editions_leaves_the_other(approver):
    old = make_edition()
    starts = [timezone.now() + timedelta(days=days) for days in (1, 2)]
    scheduled = []
    for start in starts:
        scheduled.append(workflow.edit_anew(old, by=approver))
        workflow.approve(scheduled[-1], by=approver, live_from=start)
    workflow.cancel_schedule(scheduled[0], by=approver)
    assert list(Edition.objects.live(starts[0])) == [old]
    assert list(Edition.objects.live(starts[1])) == [scheduled[1]]


def test_nobody_publishes_for_a_time_that_is_over(approver):
    with pytest.raises(StepRefused):
        workflow.approve(make_draft(), by=approver, live_from=timezone.now() - timedelta(minutes=1))


def test_undo_makes_a_new_article_unpublished_again(approver):
    draft = make_draft()
    workflow.approve(draft, by=approver)
    workflow.undo(draft, by=approver)
    assert Article.objects.get().first_published_at is None


def test_undo_is_possible_for_ten_minutes(approver, clock):
    draft = make_draft()
    workflow.approve(draft, by=approver)
    clock.shift(timedelta(minutes=9, seconds=59))
    assert workflow.can_be_undone(draft)
    clock.shift(timedelta(seconds=2))
    with pytest.raises(StepRefused):
        workflow.undo(draft, by=approver)


def test_what_is_undone_is_not_mailed(writer, approver, clock):
    draft = written_by(writer)
    workflow.approve(draft, by=approver)
    assert not Notification.objects.to_mail().exists()
    workflow.undo(draft, by=approver)
    clock.shift(timedelta(hours=1))
    assert not Notification.objects.to_mail().exists()


def test_the_mail_about_a_publication_leaves_after_the_window(writer, approver, clock):
    workflow.approve(written_by(writer), by=approver)
    clock.shift(timedelta(minutes=10, seconds=1))
    assert Notification.objects.to_mail().get().user == writer


def test_a_cancelled_schedule_waits_for_approval_again(approver):
    old = make_edition()
    new = workflow.edit_anew(old, by=approver)
    start = timezone.now() + timedelta(days=1)
    workflow.approve(new, by=approver, live_from=start)
    workflow.cancel_schedule(new, by=approver)
    assert list(Edition.objects.live(start)) == [old]


def test_withdrawing_takes_an_article_off_at_that_instant(approver):
    edition = make_edition()
    workflow.withdraw(edition, by=approver, reason="in_error", note="Đăng nhầm bản nháp")
    assert not Edition.objects.live().exists()
    assert not Edition.objects.kept_to_read().exists()


def test_what_is_no_longer_valid_can_still_be_read(approver):
    edition = make_edition()
    workflow.withdraw(edition, by=approver, reason="not_valid", note="Đã có quy định mới")
    assert list(Edition.objects.kept_to_read()) == [edition]
    workflow.approve(workflow.edit_anew(edition, by=None), by=approver)
    assert not Edition.objects.kept_to_read().exists()


@pytest.mark.parametrize(
    ("reason", "note"), [("in_error", ""), ("because", "Đăng nhầm"), ("merged", "Gộp")]
)
def test_withdrawing_asks_for_what_readers_need(approver, reason, note):
    with pytest.raises(StepRefused):
        workflow.withdraw(make_edition(), by=approver, reason=reason, note=note)


def test_a_merged_article_leads_to_a_live_one(approver):
    edition, target = make_edition(), make_edition()
    workflow.withdraw(edition, by=approver, reason="merged", note="Gộp", merged_into=target.article)
    with pytest.raises(StepRefused):
        workflow.withdraw(
            target, by=approver, reason="merged", note="Gộp", merged_into=edition.article
        )


def test_the_archive_takes_an_article_out_of_lists_only(approver):
    edition = make_edition()
    workflow.archive(edition, by=approver)
    assert Edition.objects.live().exists()
    assert not Edition.objects.live().listed().exists()
    workflow.unarchive(edition, by=approver)
    assert Edition.objects.live().listed().exists()


def test_an_earlier_edition_comes_back_as_a_new_draft(approver):
    old = make_edition(title="Bản đầu")
    new = workflow.edit_anew(old, by=approver)
    Edition.objects.filter(pk=new.pk).update(title="Bản hai")
    workflow.approve(new, by=approver)
    draft = workflow.restore_edition(old, by=approver)
    assert (draft.title, draft.state) == ("Bản đầu", State.DRAFT)
    assert Edition.objects.count() == 3


def test_restoring_never_writes_over_a_draft(approver):
    old = make_edition()
    workflow.edit_anew(old, by=approver)
    with pytest.raises(StepRefused):
        workflow.restore_edition(old, by=approver)


def test_only_the_trash_can_be_emptied_and_its_name_stays_in_the_trail():
    keeper = make_staff("empty_trash", "delete_edition")
    edition = make_edition(title="Bài đã bỏ")
    with pytest.raises(StepRefused):
        workflow.destroy(edition.article, by=keeper)
    workflow.move_to_trash(edition.article, by=keeper)
    workflow.destroy(Article.objects.get(), by=keeper)
    assert not Article.objects.exists()
    assert AuditEntry.objects.filter(action="destroyed", object_name="Bài đã bỏ").exists()


def test_a_writer_empties_no_trash(writer):
    edition = make_edition()
    workflow.move_to_trash(edition.article, by=None)
    with pytest.raises(PermissionDenied):
        workflow.destroy(edition.article, by=writer)


def make_link_approval(edition, **changes):
    link = ShareLink.objects.create(expires_at=timezone.now() + timedelta(days=1))
    values = {"content_hash": content_hash(edition), "counts": True, "name": "Phó Trưởng ban"}
    return LinkApproval.objects.create(link=link, edition=edition, **values | changes)


def test_a_proven_approval_by_link_is_a_second_pair_of_eyes(approver):
    draft = written_by(approver)
    make_link_approval(draft)
    workflow.approve(draft, by=approver)
    assert Edition.objects.live().exists()


def test_an_unproven_approval_by_link_is_none(approver):
    draft = written_by(approver)
    make_link_approval(draft, counts=False)
    with pytest.raises(StepRefused):
        workflow.approve(draft, by=approver)


@pytest.mark.parametrize("change", ["title", "photo"])
def test_an_approval_by_link_lapses_with_the_content(approver, change):
    draft = written_by(approver)
    make_link_approval(draft)
    if change == "title":
        Edition.objects.filter(pk=draft.pk).update(title="Tiêu đề khác")
    else:
        EditionPhoto.objects.create(edition=draft, caption="Ảnh thêm sau")
    with pytest.raises(StepRefused):
        workflow.approve(draft, by=approver)


def test_every_step_is_in_the_trail(writer, approver):
    draft = workflow.submit(written_by(writer), by=writer)
    workflow.approve(draft, by=approver)
    steps = AuditEntry.objects.order_by("pk").values_list("action", "actor_name")
    assert list(steps) == [("submitted", str(writer)), ("approved", str(approver))]
