"""Reads the portal in Korean, in a copy to which docs/languages.md has been done; says what it saw as
JSON. Run by test_third_language.py, in a process of its own."""

import json
import os
import sys

import django


def main() -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "portal.settings"
    django.setup()
    from django.conf import settings
    from django.test import Client, override_settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    storages = settings.STORAGES | {"staticfiles": plain}
    with override_settings(ALLOWED_HOSTS=["*"], STORAGES=storages):
        make_content()
        reader = Client()
        seen = {path: look(reader, path) for path in sys.argv[1:]}
    json.dump(seen, sys.stdout, ensure_ascii=False)


def make_content() -> None:
    from news.models import Edition
    from news.workflow import approve
    from tests.making import make_agency, make_category, make_draft, make_edition, make_official

    make_agency()
    category = make_category(name_vi="Đầu tư", name_en="Investment")
    vi = make_edition(title="Khởi công đường trục", category=category)
    ko = make_draft(title="간선 도로 착공", slug="road", language="ko", category=category)
    ko.article.translation_group = vi.article.translation_group
    ko.article.save()
    approve(ko, by=None)
    assert (vi.article_id, ko.article_id) == (1, 2)
    assert Edition.objects.live().in_language("ko").count() == 1
    unit = make_official(name="Đặng Thị Ngọc Ưu").post.unit
    unit.name_ko = "관리청"
    for _time in range(2):  # what its history keeps may repeat
        unit.save()


def look(reader: object, path: str) -> dict[str, object]:
    answer = reader.get(path)  # type: ignore[attr-defined]
    return {
        "status": answer.status_code,
        "language": answer.headers.get("Content-Language", ""),
        "location": answer.headers.get("Location", ""),
        "text": answer.content.decode(),
    }


if __name__ == "__main__":
    main()
