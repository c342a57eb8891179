"""Pages of the staff's directory beyond lists and forms: hand-over, report, import and export."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from contacts import exporting, importing, succession, tables
from contacts.forms import HandOverForm, ImportForm
from contacts.hours import Timetable
from contacts.models import Appointment, Unit
from contacts.report import make_report
from editing.languages import column
from editing.models import Action
from editing.spreadsheets import as_csv, as_excel
from editing.trail import record

if TYPE_CHECKING:
    from contacts.admin import AppointmentAdmin

_SALT = "contacts.import"
_AN_HOUR = 3600  # seconds in which a looked-at table may be carried out


def urls(admin: AppointmentAdmin) -> list[URLPattern]:
    def page(address: str, view: Any, name: str, allowed: Any) -> URLPattern:
        def bound(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            answer: HttpResponse = view(admin, request, **kwargs)
            return answer

        wrapped = admin.admin_site.admin_view(allowed(bound))
        pattern: URLPattern = path(address, wrapped, name=f"contacts_appointment_{name}")
        return pattern

    both = require_http_methods(["GET", "POST"])
    return [
        page("report/", report, "report", require_GET),
        page("import/", import_table, "import", both),
        page("export.<table:extension>", export, "export", require_GET),
        page("<key:object_id>/leave/", hand_over, "leave", both),
        page("<key:object_id>/confirm/", type(admin).confirm_view, "confirm", require_POST),
    ]


def where_from(request: HttpRequest) -> str:
    """The staff page that the button stood on, or the list."""
    back = request.headers.get("Referer", "")
    hosts = {request.get_host()}
    if url_has_allowed_host_and_scheme(back, hosts, require_https=request.is_secure()):
        return back
    return reverse("admin:contacts_appointment_changelist")


def _context(admin: AppointmentAdmin, request: HttpRequest, **more: Any) -> dict[str, Any]:
    return {**admin.admin_site.each_context(request), "opts": admin.opts, **more}


def _sent(request: HttpRequest) -> Any:
    """What the form sent, be it nothing; None when the form is only asked for."""
    return request.POST if request.method == "POST" else None


def report(admin: AppointmentAdmin, request: HttpRequest) -> HttpResponse:
    if not admin.has_view_or_change_permission(request):
        raise PermissionDenied
    context = _context(
        admin,
        request,
        title=_("What in the directory should be looked at"),
        report=make_report(),
        may_change=admin.has_change_permission(request),
    )
    return TemplateResponse(request, "admin/contacts/report.html", context)


def hand_over(admin: AppointmentAdmin, request: HttpRequest, object_id: int) -> HttpResponse:
    """“Leaves the post…”: the day and the successor, in one step."""
    row = get_object_or_404(
        Appointment.objects.select_related("person", "post__unit"), pk=object_id
    )
    may_add = admin.has_add_permission(request)
    if not admin.has_change_permission(request, row):
        raise PermissionDenied
    form = HandOverForm(_sent(request), leaving=row)
    if form.is_valid():
        wants_successor = form.cleaned_data["successor"] or form.cleaned_data["new_name"]
        if wants_successor and not may_add:
            raise PermissionDenied
        if _is_handed_over(request, form, row):
            return HttpResponseRedirect(reverse("admin:contacts_appointment_changelist"))
    context = _context(
        admin, request, title=_("Leaves the post: %s") % row, form=form, row=row, media=form.media
    )
    return TemplateResponse(request, "admin/contacts/leave.html", context)


def _is_handed_over(request: HttpRequest, form: HandOverForm, row: Appointment) -> bool:
    data = form.cleaned_data
    try:
        with transaction.atomic():
            following = succession.hand_over(
                row,
                on=data["on"],
                successor=form.person(),
                kind=data["kind"],
                decision=data["decision"],
                keep=[number.pk for number in data["keep"]],
            )
            after = str(following or "")
            changes = {"ended_on": (None, data["on"]), "successor": ("", after)}
            record(Action.CHANGED, row, by=request.user, changes=changes)  # type: ignore[arg-type]
    except ValidationError as error:
        _put_errors(form, error)
        return False
    if following is None:
        text = _("%s leaves the post; it stays vacant.") % row.person
    else:
        names = {"one": row.person, "other": following.person}
        text = (
            _("%(one)s is followed by %(other)s. Please add his or her numbers and confirm.")
            % names
        )
    messages.success(request, text)
    return True


def _put_errors(form: HandOverForm, error: ValidationError) -> None:
    """At the field where there is one of that name, otherwise over the form."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)


# Tables


def export(admin: AppointmentAdmin, request: HttpRequest, extension: str) -> HttpResponse:
    """The whole directory with internal numbers, in the columns that the import understands."""
    if not admin.has_view_or_change_permission(request):
        raise PermissionDenied
    if extension == "json":
        raise Http404
    rows = Appointment.objects.current().by_rank().select_related("person", "post__unit")
    with translation.override(settings.LANGUAGE_CODE):
        table = importing.export_table(rows.prefetch_related("phonenumbers", "channels"))
        title = _("Directory")
    content = as_csv(table) if extension == "csv" else as_excel({title: table})
    response = HttpResponse(content, content_type=exporting.CONTENT_TYPES[extension])
    response.headers["Content-Disposition"] = f'attachment; filename="danh-ba.{extension}"'
    return response


def import_table(admin: AppointmentAdmin, request: HttpRequest) -> HttpResponse:
    """First what would change and every mistake; then, on the second button, all of it."""
    if not (admin.has_change_permission(request) and admin.has_add_permission(request)):
        raise PermissionDenied
    if "table" in request.POST:
        return _carry_out(admin, request)
    form = ImportForm(_sent(request), request.FILES)
    plan, payload = None, ""
    if form.is_valid():
        upload, renew = form.cleaned_data["file"], form.cleaned_data["renew"]
        try:
            rows = importing.read_columns(tables.read_table(upload, upload.name))
            plan = importing.make_plan(rows, renew=renew)
            payload = signing.dumps([plan.fingerprint, renew, rows], salt=_SALT, compress=True)
        except importing.TableError as error:
            form.add_error("file", error)
    return _import_page(admin, request, form, plan, payload)


def _import_page(
    admin: AppointmentAdmin, request: HttpRequest, form: ImportForm, plan: Any, payload: str
) -> HttpResponse:
    context = _context(
        admin, request, title=_("Import the directory"), form=form, plan=plan, payload=payload
    )
    return TemplateResponse(request, "admin/contacts/import.html", context)


def _carry_out(admin: AppointmentAdmin, request: HttpRequest) -> HttpResponse:
    try:
        fingerprint, renew, listed = signing.loads(
            request.POST["table"], salt=_SALT, max_age=_AN_HOUR
        )
    except signing.BadSignature:
        form = ImportForm()
        messages.error(request, _("Too much time has passed: please choose the file again."))
        return _import_page(admin, request, form, None, "")
    rows = [(number, cells) for number, cells in listed]
    try:
        plan = importing.carry_out(rows, renew=renew, expected=fingerprint)
    except importing.TableError as error:
        messages.error(request, error.message)
        plan = importing.make_plan(rows, renew=renew)
        payload = signing.dumps([plan.fingerprint, renew, rows], salt=_SALT, compress=True)
        return _import_page(admin, request, ImportForm(), plan, payload)
    counted = len(plan.new) + len(plan.changed)
    text = ngettext("%d entry imported.", "%d entries imported.", counted) % counted
    messages.success(request, text)
    return HttpResponseRedirect(reverse("admin:contacts_appointment_changelist"))


def write_hours(unit: Unit, timetable: Timetable) -> None:
    """The hours as a sentence in every language, for the foot of every page."""
    if not timetable:
        return
    changed = False
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            text = timetable.as_text()[:250]
        if getattr(unit, column("hours", code)) != text:
            setattr(unit, column("hours", code), text)
            changed = True
    if changed:
        unit.save()
