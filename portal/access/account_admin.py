"""The accounts of the staff: invited by a link, and let back in by one. Nobody sets a password for
somebody else."""

from __future__ import annotations

from typing import Any

from allauth.usersessions.models import UserSession
from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from editing.admin import StaffAdmin
from editing.keys import is_key
from editing.models import User
from portal.access import links
from portal.access.views import account_of, end


class InvitationForm(forms.ModelForm):
    """An account without a password: its owner sets it, by a link."""

    class Meta:
        model = User
        fields = ["username", "last_name", "first_name", "email", "groups", "language"]

    def save(self, commit: bool = True) -> Any:
        self.instance.set_unusable_password()
        self.instance.is_staff = True
        return super().save(commit)


class AccountAdmin(StaffAdmin):
    add_form = InvitationForm
    add_form_template = None
    change_form_template = "admin/access/user_form.html"
    add_fieldsets = (
        (None, {"fields": ("username", "last_name", "first_name", "email", "groups", "language")}),
    )
    fieldsets = (
        (None, {"fields": ("username",)}),
        (gettext_lazy("Personal info"), {"fields": ("last_name", "first_name", "email")}),
        (
            gettext_lazy("Permissions"),
            {"fields": ("is_active", "is_staff", "is_superuser", "groups", "user_permissions")},
        ),
        (gettext_lazy("Important dates"), {"fields": ("last_login", "date_joined")}),
        (gettext_lazy("Staff pages"), {"fields": ("language", "mail_rhythm")}),
    )

    def get_urls(self) -> list[URLPattern]:
        without = [url for url in super().get_urls() if url.name != "auth_user_password_change"]
        view = require_http_methods(["GET", "POST"])(self.access_view)
        own = path(
            "<path:object_id>/access/", self.admin_site.admin_view(view), name="editing_user_access"
        )
        return [own, *without]

    def response_add(self, request: HttpRequest, obj: Any, post_url_continue: Any = None) -> Any:
        messages.success(request, _("The account is there. Now make the link for %s.") % obj)
        return redirect("admin:editing_user_access", obj.pk)

    def access_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_change_permission(request):
            raise PermissionDenied
        if not is_key(object_id):
            raise Http404
        user = get_object_or_404(User, pk=object_id)
        if not self.has_change_permission(request, user):
            raise PermissionDenied
        if user == request.user:
            # Whoever could make a link for himself would need no second factor.
            return redirect("account")
        if request.method == "POST" and "session" in request.POST:
            return self._end_sessions(request, user)
        context = self._frame(request, user)
        if request.method == "POST":
            context |= self._make_link(request, user)
        return TemplateResponse(request, "admin/access/user_access.html", context)

    def _frame(self, request: HttpRequest, user: User) -> dict[str, Any]:
        return {
            **self.admin_site.each_context(request),
            **account_of(user),
            "title": _("Access of %s") % user,
            "account": user,
            "is_new": not user.has_usable_password(),
            "purposes": links.PURPOSES.values(),
            "can_mail": settings.HAS_MAIL_SERVER and bool(user.email),
            "back": reverse("admin:editing_user_change", args=[user.pk]),
            "back_to": str(user),
        }

    def _make_link(self, request: HttpRequest, user: User) -> dict[str, Any]:
        purpose = links.PURPOSES.get(request.POST.get("purpose", ""))
        if purpose is None:
            return {"error": _("Choose what the link is for.")}
        if not user.is_active or not user.is_staff:
            return {"error": _("This account is switched off: switch it on first.")}
        address = links.make(user, purpose, by=request.user)  # type: ignore[arg-type]
        made: dict[str, Any] = {"address": address}
        if "mail" in request.POST and settings.HAS_MAIL_SERVER and user.email:
            try:
                links.mail(user, address)
                made["mailed_to"] = user.email
            except OSError:
                made["error"] = _("The mail could not be sent: hand the link over yourself.")
        return made

    def _end_sessions(self, request: HttpRequest, user: User) -> HttpResponse:
        key = request.POST["session"]
        rows = UserSession.objects.filter(user=user)
        for session in rows if key == "all" else rows.filter(pk=key if is_key(key) else 0):
            end(session, by=request.user)  # type: ignore[arg-type]
        messages.success(request, _("Ended."))
        return redirect("admin:editing_user_access", user.pk)
