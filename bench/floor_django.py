"""The floors of Django: the same bytes as one answer, and made from five queries and a template.

Both run in a project with the middleware of `django-admin startproject`. `FLOOR_FOLDER` holds one
file per page of the portal: `home`, `list` and so on. `/bytes/home` answers it; `/queries/home` asks
the database for the rows that stand in it and puts them, in a template, where they stood: the page
is made of its own text, in which each title, address, date, name and number is a variable.
"""

import os
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from django.conf import settings  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.template import engines  # noqa: E402
from django.urls import path  # noqa: E402
from django.utils import formats, timezone  # noqa: E402
from markupsafe import escape  # noqa: E402

from contacts.models import Appointment, PhoneNumber  # noqa: E402
from news.models import Edition  # noqa: E402
from portal import urls as portal_urls  # noqa: E402
from portal.models import Agency, MenuItem  # noqa: E402

# After `setup()`, because an application of the portal insists on a middleware of its own.
settings.ROOT_URLCONF = "floor_django"
settings.MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

FOLDER = Path(os.environ["FLOOR_FOLDER"])
_ARTICLE = re.compile(r'href="/(?:tin-tuc|thong-bao)/[^"/]*-(\d+)/"')


Rows = dict[str, list[Any]]


@cache
def page(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@cache
def articles(name: str) -> list[int]:
    """Those that the page speaks of."""
    return sorted({int(number) for number in _ARTICLE.findall(page(name))})


def read_rows(name: str) -> Rows:
    """The five queries."""
    editions = Edition.objects.live().filter(article__in=articles(name))
    return {
        "agencies": list(Agency.objects.all()),
        "entries": list(MenuItem.objects.select_related("page")),
        "editions": list(editions.select_related("article", "category", "lead_photo")),
        "officials": list(Appointment.objects.current().select_related("person", "post__unit")),
        "numbers": list(PhoneNumber.objects.all()),
    }


_FIELDS = {
    "agencies": ("name", "superior", "person_responsible"),
    "entries": ("label", "note"),
    "editions": ("title", "lead", "get_absolute_url()", "category.name"),
    "officials": ("person.name", "get_absolute_url()"),
    "numbers": ("uri", "shown"),
}


def _expressions(rows: Rows) -> Iterator[tuple[str, str]]:
    """Each text that may stand in the page, with what prints it."""
    for kind, names in _FIELDS.items():
        for at, row in enumerate(rows[kind]):
            for field in names:
                yield _text(row, field), f"{{{{ {kind}[{at}].{field} }}}}"
    for at, edition in enumerate(rows["editions"]):
        for pattern in ("Y-m-d", "SHORT_DATE_FORMAT"):
            shown = formats.date_format(timezone.localtime(edition.listed_at), pattern)
            yield shown, f"{{{{ editions[{at}].listed_at|date('{pattern}') }}}}"


def _text(row: Any, field: str) -> str:
    for part in field.split("."):
        row = getattr(row, part.removesuffix("()"))
        row = row() if part.endswith("()") else row
    return str(row)


@cache
def template(name: str) -> Any:
    texts = {escape(text): shown for text, shown in _expressions(read_rows(name)) if text}
    longest_first = sorted(texts, key=len, reverse=True)
    pattern = re.compile("|".join(re.escape(text) for text in longest_first))
    made = engines["templating"].from_string(pattern.sub(lambda hit: texts[hit[0]], page(name)))
    if made.render(read_rows(name)) != page(name):
        raise AssertionError(f"{name} is not made of the same bytes.")
    return made


def answer_bytes(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(page(name))


def answer_queries(request: HttpRequest, name: str) -> HttpResponse:
    return HttpResponse(template(name).render(read_rows(name), request))


urlpatterns = [
    path("bytes/<str:name>", answer_bytes),
    path("queries/<str:name>", answer_queries),
    *portal_urls.urlpatterns,  # so that rows know their addresses
]
application = get_wsgi_application()
