"""Every address of the staff pages, from the table of addresses itself: a view that is added without
a rule fails here."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from editing.models import AuditEntry, User
from news import workflow
from news.models import Edition
from tests.making import make_draft, make_edition, make_official, make_user
from tests.portal.test_staff_work import form_of, save

pytestmark = pytest.mark.django_db

# What every member of staff has: his desk, his messages, his password, the way out.
FOR_EVERYBODY = {
    *("admin:index", "admin:login", "admin:logout", "admin:jsi18n", "admin:notifications"),
    *("admin:password_change", "admin:password_change_done"),
    # His own way in, whatever his rights are.
    *("admin:account_login", "admin:mfa_authenticate", "admin:account", "admin:mfa_index"),
    *("admin:account_reauthenticate", "admin:mfa_reauthenticate"),
    *("admin:mfa_reauthenticate_webauthn", "admin:mfa_activate_totp", "admin:mfa_deactivate_totp"),
    *("admin:mfa_add_webauthn", "admin:mfa_remove_webauthn", "admin:mfa_view_recovery_codes"),
    *("admin:mfa_generate_recovery_codes", "admin:account_revoke_computer"),
    *("admin:account_end_session", "admin:one_time_link"),
}


# Open to whoever has not signed in yet.
ENTRANCES = {"admin:login", "admin:account_login", "admin:logout", "admin:jsi18n"}
ENTRANCES |= {"admin:one_time_link"}


def staff_patterns(patterns=None, prefix=""):
    """(name, address with a key of 1 for each part that varies)."""
    for pattern in patterns or get_resolver().url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from staff_patterns(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern) and route.startswith("quan-tri/") and pattern.name:
            yield f"admin:{pattern.name}", _filled(route)


def _filled(route):
    parts = []
    for part in route.split("/"):
        is_word = part.startswith("<") and ("slug:name" in part or "str:key" in part)
        word = "publish" if "slug:name" in part else "pages.csv"
        parts.append(word if is_word else "1" if part.startswith("<") else part)
    return "/" + "/".join(parts)


ADDRESSES = sorted({*staff_patterns()})


def test_the_table_is_read():
    assert len(ADDRESSES) > 100


@pytest.mark.slow
@pytest.mark.parametrize("method", ["get", "post"])
def test_staff_without_a_right_see_nothing_and_change_nothing(citizen, method):
    make_official()
    make_edition()
    user = make_user(is_superuser=False)
    citizen.force_login(user)
    open_ones = []
    for name, address in ADDRESSES:
        if name in FOR_EVERYBODY or "(?P" in address:
            continue
        answer = getattr(citizen, method)(address)
        # A redirect shows nothing: that of a list with one row, or of an address without a page.
        if answer.status_code not in (301, 302, 403, 404, 405):
            open_ones.append((name, address, answer.status_code))
    assert open_ones == []
    assert not AuditEntry.objects.filter(actor=user).exists()
    assert Edition.objects.count() == 1


def test_a_citizen_is_led_to_the_login_everywhere(citizen):
    for name, address in ADDRESSES:
        if name in ENTRANCES or "(?P" in address:
            continue
        answer = citizen.get(address)
        assert answer.status_code in (302, 403, 404, 405), (name, address)


# Whatever breaks in the middle: done, or not done


def test_a_save_that_breaks_in_the_middle_has_saved_nothing(staff, monkeypatch):
    draft = make_draft(title="Đã lưu trước đó")
    values = form_of(staff, draft)
    with monkeypatch.context() as patch:
        patch.setattr("news.admin.EditionAdmin.save_related", _killed)
        with pytest.raises(SystemExit):
            save(staff, draft, values, title="Nửa chừng")
    draft.refresh_from_db()
    assert (draft.title, draft.version) == ("Đã lưu trước đó", 1)
    save(staff, draft, values, title="Lần sau")
    assert Edition.objects.get().title == "Lần sau"


def test_a_step_that_breaks_in_the_middle_has_changed_nothing(monkeypatch):
    live = make_edition(title="Bản đang đăng")
    draft = workflow.edit_anew(live, by=None)
    with monkeypatch.context() as patch:
        patch.setattr("news.workflow.record", _killed)
        with pytest.raises(SystemExit):
            workflow.approve(draft, by=User.objects.first())
    assert Edition.objects.live().get() == live
    workflow.approve(draft, by=None)
    assert Edition.objects.live().get() == draft


def _killed(*args, **kwargs):
    raise SystemExit
