"""How good the answers are, on either database, for each kind of query."""

import json
import os
from collections import defaultdict
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone

from tests.making import make_edition
from tests.portal import search_second_set, search_set, search_third_set

pytestmark = pytest.mark.django_db

FLOOR = (0.85, 0.95)  # mean reciprocal rank and recall at 5, of each kind
ANSWERS = Path(__file__).parent
OVERALL = (0.9, 0.98)
SETS = pytest.mark.parametrize("searches", [search_set, search_second_set, search_third_set])


def make_corpus(searches):
    if hasattr(searches, "make_corpus"):
        searches.make_corpus()
        return
    start = timezone.now() - timedelta(days=100)
    for language, texts in (("vi", searches.CORPUS), ("en", searches.ENGLISH)):
        for number, (title, lead, body) in enumerate(texts):
            make_edition(
                title=title,
                lead=lead,
                body=f"<p>{body}</p>",
                language=language,
                live_from=start + timedelta(hours=number),
            )


def rank_of(client, kind, query, wanted):
    """1 for the first; None where it is not among the first five. Wanted is a title, one of several,
    or somebody in the directory."""
    address = "/en/search/" if kind == "english" else "/tim-kiem/"
    answer = client.get(address, {"q": query}).context["answer"]
    if isinstance(wanted, str) and wanted.startswith("dir:"):
        return 1 if wanted.removeprefix("dir:") in directly(answer) else None
    titles = [hit.edition.title for hit in [*answer.hits, *answer.near][:5]]
    among = {wanted} if isinstance(wanted, str) else set(wanted)
    return next((at for at, title in enumerate(titles, start=1) if title in among), None)


def directly(answer):
    """Who stands above the texts."""
    officials = [
        *answer.officials,
        *answer.former,
        *(one for d in answer.duties for one in d.post.appointments.all()),
    ]
    return {*(row.person.name for row in officials), *(place.title for place in answer.units)}


@pytest.mark.slow
@SETS
def test_citizens_find_what_they_look_for(citizen, capsys, searches):
    make_corpus(searches)
    ranks, wrong = defaultdict(list), []
    for kind, query, title in searches.QUERIES:
        rank = rank_of(citizen, kind, query, title)
        ranks[kind].append(rank)
        if rank != 1:
            wrong.append((kind, query, title, rank))
    figures = {kind: measure(found) for kind, found in ranks.items()}
    overall = measure([rank for found in ranks.values() for rank in found])
    with capsys.disabled():
        show(figures, overall, len(searches.QUERIES))
    assert len(searches.QUERIES) >= 120
    assert not [k for k, (mrr, r) in figures.items() if mrr < FLOOR[0] or r < FLOOR[1]], wrong
    assert overall[0] >= OVERALL[0], wrong
    assert overall[1] >= OVERALL[1], wrong


@SETS
@pytest.mark.slow
def test_both_databases_give_the_same_answers(citizen, searches):
    """To write the file anew, run this with WRITE_SEARCH_ANSWERS=1 on SQLite, and read the diff."""
    make_corpus(searches)
    answers = {}
    for kind, query, _title in searches.QUERIES:
        address = "/en/search/" if kind == "english" else "/tim-kiem/"
        answer = citizen.get(address, {"q": query}).context["answer"]
        titles = [hit.edition.title for hit in [*answer.hits, *answer.near]][:8]
        answers[f"{address} {query}"] = [answer.total, answer.did_you_mean, *titles]
    path = ANSWERS / f"{searches.__name__.rpartition('.')[2]}_answers.json"
    if os.environ.get("WRITE_SEARCH_ANSWERS"):
        text = json.dumps(answers, ensure_ascii=False, indent=1)
        path.write_text(f"{text}\n", encoding="utf-8")
    assert answers == json.loads(path.read_text(encoding="utf-8"))


def measure(ranks):
    reciprocal = sum(1 / rank for rank in ranks if rank)
    return reciprocal / len(ranks), sum(rank is not None for rank in ranks) / len(ranks)


def show(figures, overall, count):
    lines = [f"\nSearch on {connection.vendor}: MRR, recall at 5"]
    lines += [f"  {kind:9} {mrr:.2f} {recall:.2f}" for kind, (mrr, recall) in figures.items()]
    lines += [f"  {'overall':9} {overall[0]:.3f} {overall[1]:.3f}, {count} queries"]
    print("\n".join(lines))  # noqa: T201
