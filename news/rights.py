"""Who may do what with an edition: the right of his group, and the category."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet

from editing.models import User
from news.models import Category, Edition


def may_work_in(user: User, category: Category) -> bool:
    """Whether the category is open to everybody or to one of his groups."""
    if user.is_superuser:
        return True
    allowed = set(category.groups.values_list("pk", flat=True))
    return not allowed or bool(allowed & set(user.groups.values_list("pk", flat=True)))


def categories_of(user: User) -> QuerySet[Category]:
    """Where he may write."""
    if user.is_superuser:
        return Category.objects.all()
    open_or_his = Q(groups=None) | Q(groups__in=user.groups.all())
    return Category.objects.filter(open_or_his).distinct()


def may(user: User, permission: str, edition: Edition) -> bool:
    """`permission` is that of the step, such as “news.publish_edition”."""
    return user.has_perm(permission) and may_work_in(user, edition.category)


def may_change(user: User, edition: Edition) -> bool:
    """Writers change what they began or worked on; editors change what others wrote, too."""
    if not may(user, "news.change_edition", edition):
        return False
    if user.has_perm("news.edit_others") or edition.article.created_by_id == user.pk:
        return True
    return edition.editors.filter(pk=user.pk).exists()


def require_change(user: User | None, edition: Edition) -> None:
    if user is not None and not may_change(user, edition):
        raise PermissionDenied


def require(user: User | None, permission: str, edition: Edition) -> None:
    """Raises PermissionDenied for a member of staff without the right. None is the system."""
    if user is not None and not may(user, permission, edition):
        raise PermissionDenied


def may_approve(user: User, edition: Edition) -> bool:
    """Whether he can be the second pair of eyes: nobody approves what he has edited."""
    return not edition.editors.filter(pk=user.pk).exists()
