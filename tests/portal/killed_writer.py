"""`python -m tests.portal.killed_writer save|publish`: does one thing in admin as often as it sends
statements to the database, and each time kill -9 comes before the next statement.

Prints what there is after each kill, and after the one time that nothing kills it: one JSON list.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

import django

django.setup()

from django.db import connection, connections  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import setup_test_environment  # noqa: E402

from editing.models import AuditEntry, Autosave, User  # noqa: E402
from news.models import Edition, EditionPhoto, Tag  # noqa: E402
from news.workflow import approve, edit_anew  # noqa: E402
from tests.making import make_draft, make_user  # noqa: E402
from tests.portal.making_forms import sent_by_a_browser  # noqa: E402

BEFORE, AFTER = "Trước khi lưu", "Sau khi lưu"


Sender = Callable[[], Any]


def a_save() -> tuple[Edition, Callable[[Client], Sender]]:
    edition = make_draft(title=BEFORE, body=f"<p>{BEFORE}</p>")
    EditionPhoto.objects.create(edition=edition, caption=BEFORE)
    tag = Tag.objects.create(name_vi=f"Thẻ {edition.pk}")
    url = f"/quan-tri/news/edition/{edition.pk}/change/"

    def filled_in(client: Client) -> Sender:
        form = sent_by_a_browser(client.get(url))
        form |= {"title": AFTER, "body": f"<p>{AFTER}</p>", "photos-0-caption": AFTER}
        form |= {"tags": [str(tag.pk)], "_continue": "1"}
        return lambda: client.post(url, form)

    return edition, filled_in


def a_publication() -> tuple[Edition, Callable[[Client], Sender]]:
    live = approve(make_draft(title=BEFORE), by=None)
    edition = edit_anew(live, by=None)
    Edition.objects.filter(pk=edition.pk).update(title=AFTER)
    url = f"/quan-tri/news/edition/{edition.pk}/step/approve/"
    return edition, lambda client: lambda: client.post(url, {"seen": edition.version})


THINGS = {"save": a_save, "publish": a_publication}


def state_of(edition: Edition, client: Client) -> dict[str, Any]:
    row = Edition.objects.get(pk=edition.pk)
    live = Edition.objects.live().filter(article=row.article_id)
    return {
        "texts": [row.title, row.body, *row.photos.values_list("caption", flat=True)],
        "tags": row.tags.count(),
        "version": row.version,
        "state": row.state,
        "live": [each.title for each in live],
        "trail": AuditEntry.objects.about(row).count(),
        "kept": Autosave.objects.filter(object_id=row.pk).exists(),
        "opens": client.get(f"/quan-tri/news/edition/{row.pk}/change/").status_code,
    }


def main(name: str) -> None:
    setup_test_environment()
    client = Client(HTTP_HOST="127.0.0.1")
    client.force_login(User.objects.filter(is_superuser=True).first() or make_user())
    edition, filled_in = THINGS[name]()
    keep = {"pk": edition.pk, "key": "", "fields": [["title", AFTER]]}
    client.post("/quan-tri/news/edition/autosave/", json.dumps(keep), "application/json")
    send = filled_in(client)
    states = [state_of(edition, client)]
    statements, killed = 0, True
    while killed:
        connections.close_all()
        killed = _in_a_child(send, before=statements)
        states.append(state_of(edition, client))
        statements += 1
    sys.stdout.write(json.dumps(states))


def _in_a_child(send: Sender, *, before: int) -> bool:
    """Whether kill -9 came before it was done."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    left = before

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return execute(*arguments)

    with connection.execute_wrapper(count):
        answer = send()
    os._exit(0 if answer.status_code == 302 else 1)


if __name__ == "__main__":
    main(sys.argv[1])
