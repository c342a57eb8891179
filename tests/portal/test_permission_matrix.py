"""Who may open what, and who may send what: every staff address × every role × GET and POST.

The addresses come from the table of addresses, the roles from the groups that the portal ships. What
each role may do stands in `permission_matrix.txt`, one line an address: a view that is added without
a line fails, and so does every cell that opens or closes. `python -m tests.portal.matrix` writes the
file anew; its difference is what a reviewer reads.
"""

import pytest
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone

from editing.models import User
from tests.making import make_draft, make_user
from tests.portal import matrix

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# Never open to them, whatever the file says.
SYSTEM = {"admin:system", "admin:portal_task_changelist", "admin:editing_auditentry_changelist"}
ACCOUNTS = {
    name for name in matrix.names() if name.startswith(("admin:auth_", "admin:editing_user"))
}


@pytest.mark.parametrize("method", matrix.METHODS)
@pytest.mark.parametrize("role", matrix.ROLES)
def test_a_role_may_do_what_the_matrix_says_and_nothing_else(role, method):
    said, found = matrix.read(), matrix.opened(role, method)
    assert said.keys() == set(matrix.names()), "an address without a line, or a line without one"
    differing = {
        name: f"{'open' if name in found else 'closed'}, said to be the opposite"
        for name in said
        if (name in found) != said[name][method][matrix.ROLES.index(role)]
    }
    assert differing == {}


def test_without_a_right_there_is_nothing_to_open():
    said = matrix.read()
    for method in matrix.METHODS:
        column = matrix.ROLES.index(matrix.NOBODY)
        assert not [name for name in said if said[name][method][column]]


@pytest.mark.parametrize("name", sorted(SYSTEM | ACCOUNTS))
def test_accounts_and_the_system_are_for_administrators(name):
    cells = matrix.read()[name]
    for method in matrix.METHODS:
        open_to = {
            role for role, is_open in zip(matrix.ROLES, cells[method], strict=True) if is_open
        }
        assert open_to <= {"Quản trị viên", matrix.SUPERUSER}


@pytest.fixture
def administrator():
    user = make_user(is_superuser=False)
    user.groups.add(Group.objects.get(name="Quản trị viên"))
    return user


def form_values(user, **changes):
    joined = timezone.localtime(user.date_joined)
    values = {"username": user.username, "language": "vi", "mail_rhythm": "never", "is_staff": "on"}
    values |= {"date_joined_0": f"{joined:%d/%m/%Y}", "date_joined_1": f"{joined:%H:%M:%S}"}
    return values | {"is_active": "on"} | changes


def test_an_administrator_cannot_lift_himself_above_all_rights(citizen, administrator):
    citizen.force_login(administrator)
    address = reverse("admin:editing_user_change", args=[administrator.pk])
    answer = citizen.post(address, form_values(administrator, is_superuser="on", last_name="An"))
    administrator.refresh_from_db()
    assert (answer.status_code, administrator.last_name) == (302, "An")
    assert not administrator.is_superuser


def test_an_administrator_cannot_take_over_the_account_above_him(citizen, administrator):
    citizen.force_login(administrator)
    above = make_user()
    for name in ("editing_user_change", "editing_user_access", "editing_user_delete"):
        answer = citizen.post(reverse(f"admin:{name}", args=[above.pk]), {"post": "yes"})
        assert answer.status_code == 403, name
    assert User.objects.filter(pk=above.pk).exists()


def test_the_address_of_a_draft_is_told_to_nobody_who_may_not_read_it(citizen):
    draft = make_draft(title="Chưa ai được biết")
    kind = ContentType.objects.get_for_model(draft)
    citizen.force_login(make_user(is_superuser=False))
    answer = citizen.get(reverse("admin:view_on_site", args=[kind.pk, draft.pk]))
    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_other_method_changes_anything(citizen, method):
    citizen.force_login(make_user(is_superuser=False))
    for name, address in matrix.addresses(matrix.make_rows()).items():
        answer = getattr(citizen, method)(address)
        assert answer.status_code in (302, 403, 404, 405), name
