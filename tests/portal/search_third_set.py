"""A third set of queries, by somebody who had not seen what the search makes of them: over 175 texts
in the styles of agencies and newspapers, with attachments, notices that have ended and a directory.

The texts stand in `third_set/`: number, day, category and marks of each, then its title, lead, body
and attachments. A query names the texts of which one must come first, or `dir:` who is to be found in
the directory. All persons and companies are invented.
"""

import re
from datetime import date, datetime
from pathlib import Path

from django.utils import timezone

from contacts.models import Duty
from editing.models import Abbreviation, File
from news.models import Attachment
from portal.search.reading import read_files
from tests.making import make_category, make_edition, make_official, make_post, make_unit
from tests.pdf_files import pdf_file
from tests.word_files import paragraph, word_file

FOLDER = Path(__file__).parent / "third_set"
# What a visitor may mean by a word that is not listed from the beginning.
ABBREVIATIONS = {"TĐC": "tái định cư", "CT": "Chủ tịch", "KT": "kinh tế", "Sở TC": "Sở Tài chính"}


def _texts(language):
    blocks = (FOLDER / f"{language}.txt").read_text(encoding="utf-8").split("@@ ")[1:]
    for block in blocks:
        head, *lines = block.strip().split("\n")
        key, day, category, *marks = head.split(" | ")
        parts = {line[0]: line[3:] for line in lines if line[0] != "A"}
        attached = [line[3:].split(" | ") for line in lines if line[0] == "A"]
        yield key, day, category, " ".join(marks), parts, attached


def _titles():
    return {
        key: parts["T"]
        for language in ("vi", "en")
        for key, *_, parts, _attached in _texts(language)
    }


def _queries():
    titles = _titles()
    for line in (FOLDER / "queries.txt").read_text(encoding="utf-8").splitlines():
        kind, query, wanted = line.split(" ¦ ")
        if not wanted.startswith("dir:"):
            wanted = tuple(titles[key] for key in wanted.split("="))
        yield kind, query, wanted


QUERIES = list(_queries())


def make_corpus():
    categories = {}
    for language in ("vi", "en"):
        for _key, day, category, marks, parts, attached in sorted(
            _texts(language), key=lambda text: text[1]
        ):
            place = (category, "notice" in marks)
            if place not in categories:
                name = f"{category} {len(categories)}"
                categories[place] = make_category(name_vi=name, is_notice_board=place[1])
            ended = re.search(r"ended=(\S+)", marks)
            edition = make_edition(
                title=parts["T"],
                lead=parts["L"],
                body=f"<p>{parts['B']}</p>",
                category=categories[place],
                language=language,
                live_from=_moment(day, 8),
                **({"ends_at": _moment(ended[1], 0)} if ended else {}),
            )
            for number, title, kind, text in attached:
                _attach(edition, number, title, kind, text.split(". "))
    for short, full in ABBREVIATIONS.items():
        Abbreviation.objects.get_or_create(short=short, defaults={"full": full})
    _make_directory()
    assert read_files() == 18


def _moment(day, hour):
    return timezone.make_aware(datetime.fromisoformat(day).replace(hour=hour))


def _attach(edition, number, title, kind, sentences):
    if kind == "pdf":
        content = pdf_file("\n".join(sentences))
    else:
        content = word_file(*map(paragraph, sentences))
    file = File.store(content, f"{re.sub(r'[^0-9A-Za-z]+', '-', number)}.{kind}")
    file.number = number
    file.save()
    Attachment.objects.create(edition=edition, file=file, title=title)


def _make_directory():
    whole = make_unit()
    office, investment, environment = (
        make_unit(name_vi=name, name_en=english, parent=whole)
        for name, english in (
            ("Văn phòng", "Office"),
            ("Phòng Quản lý đầu tư", "Investment Division"),
            ("Phòng Tài nguyên và Môi trường", "Environment Division"),
        )
    )
    head = make_post(unit=whole, title_vi="Trưởng ban", title_en="Head")
    deputy = make_post(
        unit=whole, title_vi="Phó Trưởng ban", title_en="Deputy Head", has_one_seat=False
    )
    chief = make_post(unit=office, title_vi="Chánh Văn phòng", title_en="Chief of Office")
    investor = make_post(
        unit=investment, title_vi="Trưởng phòng Đầu tư", title_en="Head of Investment"
    )
    keeper = make_post(
        unit=environment,
        title_vi="Trưởng phòng Tài nguyên và Môi trường",
        title_en="Head of Environment",
    )
    change = date(2026, 10, 1)
    for number, name, honorific, post, times in (
        ("0257 3500 999", "Ngô Vĩnh Khương", "mr", head, {"ended_on": change}),
        ("0257 3500 100", "Phan Đình Phúc", "mr", head, {"started_on": change}),
        ("0913 705 226", "Hồ Thị Ánh Nguyệt", "ms", deputy, {}),
        ("0257 3500 101", "Lý Thanh Toại", "mr", chief, {}),
        ("0257 3500 112", "Quách Thị Mai Trâm", "ms", investor, {}),
        ("0257 3500 130", "Đoàn Bảo Điền", "mr", keeper, {}),
    ):
        make_official(number, name=name, honorific=honorific, post=post, **times)
    Duty.objects.create(name_vi="Đầu tư", name_en="Investment", post=investor)
