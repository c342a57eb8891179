"""How long the database and the ranking take for a first page: `DATABASE_URL=… python bench/search.py`."""

import os
import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

import django  # noqa: E402

django.setup()

from django.db import connection  # noqa: E402
from django.utils import translation  # noqa: E402

from portal.search.answers import search_everything  # noqa: E402
from portal.search.models import SearchDocument  # noqa: E402

QUERIES = (
    *("các", "khu công nghiệp", "khu cong nghiep", "ban quản lý", "đầu tư", "nghiep kinh khong"),
    *("kiểm tra hệ thống thoát nước mưa", "an toàn lao động", "khong-co-gi-ca", '"nhà ở"', "a"),
    *("thủ tục đất đai cho doanh nghiệp quý 2", "công khai -quý", "mau dinh kem", "ngiep", "2026"),
)
ROUNDS = 9


def main() -> None:
    translation.activate("vi")
    search_everything("khu")
    print(
        f"{connection.vendor}, {SearchDocument.objects.count()} documents; milliseconds: median, least, of this process alone"
    )
    for query in QUERIES:
        times, work = [], []
        for _round in range(ROUNDS):
            start, busy = time.perf_counter(), time.process_time()
            answer = search_everything(query)
            times.append((time.perf_counter() - start) * 1000)
            work.append((time.process_time() - busy) * 1000)
        total = "stopped" if answer.took_too_long else answer.total
        print(
            f"{statistics.median(times):8.1f} {min(times):8.1f} {statistics.median(work):8.1f}  {total:>7}  {query}"
        )


if __name__ == "__main__":
    main()
