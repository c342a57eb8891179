"""What somebody without an account sees and does through a link for comments. Nothing happens on a
GET: chat programs open every link to draw a preview of it."""

from __future__ import annotations

from smtplib import SMTPException
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from editing.public_forms import is_same_origin
from news import sharing
from news.approvals import content_hash
from news.models import WAITING, Edition, ShareLink
from news.steps import state_of


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    # The address is the secret: no site that is opened from here may learn it.
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@require_http_methods(["GET", "HEAD"])
def preview(request: HttpRequest, token: str) -> HttpResponse:
    """The text of the link, or a list where there are several."""
    link = sharing.open_link(token)
    if link is None:
        return _private(render(request, "news/preview_over.html", status=410))
    editions = _editions(link)
    if len(editions) == 1:
        return _page(request, link, editions[0])
    context = {"token": token, "editions": [(each, state_of(each)[1]) for each in editions]}
    return _private(render(request, "news/preview_list.html", context))


# No cookie, so no token of Django's: the secret address and the same origin take its place.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def preview_edition(request: HttpRequest, token: str, edition_id: int) -> HttpResponse:
    link = sharing.open_link(token)
    if link is None:
        return _private(render(request, "news/preview_over.html", status=410))
    edition = next((each for each in _editions(link) if each.pk == edition_id), None)
    if edition is None:
        raise Http404
    if request.method != "POST":
        return _page(request, link, edition)
    if not is_same_origin(request):
        raise PermissionDenied
    return _answer(request, link, edition)


preview.counts_visits = preview_edition.counts_visits = False  # type: ignore[attr-defined]


def _editions(link: ShareLink) -> list[Edition]:
    rows = link.editions.filter(article__trashed_at=None)
    return list(rows.select_related("article", "category").order_by("pk"))


def _answer(request: HttpRequest, link: ShareLink, edition: Edition) -> HttpResponse:
    try:
        done = _do(request, link, edition)
    except ValidationError as refusal:
        typed = {name: request.POST.get(name, "") for name in ("name", "text", "code")}
        return _page(request, link, edition, error=refusal.messages[0], typed=typed, status=400)
    except (SMTPException, OSError):
        error = _("The mail could not be sent. Ask the office to approve in the staff pages.")
        return _page(request, link, edition, error=error, status=503)
    target = reverse("preview_edition", args=[sharing.token_of(link), edition.pk])
    return _private(HttpResponseRedirect(f"{target}?done={done}"))


def _do(request: HttpRequest, link: ShareLink, edition: Edition) -> str:
    data = request.POST
    match data.get("step"):
        case "remark":
            sharing.leave_remark(
                link, edition, name=data.get("name", ""), text=data.get("text", "")
            )
        case "code":
            sharing.send_code(link)
        case "approve":
            code = data.get("code", "").strip()[:20]
            if code:
                sharing.use_code(link, code)
            sharing.approve(
                link,
                edition,
                name=data.get("name", ""),
                seen_hash=data.get("seen", ""),
                is_proven=bool(code),
            )
        case _:
            raise Http404
    return str(data.get("step"))


def _page(
    request: HttpRequest,
    link: ShareLink,
    edition: Edition,
    *,
    error: str = "",
    typed: dict[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {
        "edition": edition,
        "state": state_of(edition)[1],
        "link": link,
        "token": sharing.token_of(link),
        "is_waiting": edition.state in WAITING,
        "can_count": sharing.can_count(link),
        "seen": content_hash(edition),
        "remarks": list(edition.remarks.select_related("author")),
        "done": request.GET.get("done", "") if not error else "",
        "error": error,
        "typed": typed or {},
    }
    response = render(request, "news/preview.html", context, status=status)
    # Pictures and files of the text are asked for without the address that allows them.
    for path in ("/media/", "/tep/"):
        response.set_cookie(
            sharing.COOKIE, context["token"], path=path, httponly=True, samesite="Strict",
            secure=settings.SESSION_COOKIE_SECURE, max_age=3600,
        )  # fmt: skip
    return _private(response)
