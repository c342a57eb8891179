"""Links for comments: what somebody without an account may do through one.

The address holds a secret of 144 random bits, signed; who has it may read and leave an opinion. An
approval counts as the second pair of eyes only when a code proves it, that was mailed to the
leader's own address, and only if whoever made the link could not have changed that address.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from news import remarks, telling, workflow
from news.approvals import content_hash
from news.models import WAITING, Edition, LinkApproval, OneTimeCode, ShareLink
from news.rights import may

_signer = signing.Signer(salt="news.sharing", sep=".")

# Carries the token to the pictures and files of a text, and nowhere else.
COOKIE = "xem-truoc"

CODE_LIFE = timedelta(minutes=15)
MOST_TRIES = 5
MOST_CODES = 5  # in an hour, for one link
LONGEST_NAME = 120


class LinkRefused(ValidationError):
    """The text is for the person at the link."""


def token_of(link: ShareLink) -> str:
    return _signer.sign(link.nonce)


def url_of(link: ShareLink) -> str:
    return settings.SITE_URL + reverse("preview", args=[token_of(link)])


def open_link(token: str) -> ShareLink | None:
    """The link of this token, if it is real, neither revoked nor over."""
    try:
        nonce = _signer.unsign(token)
    except signing.BadSignature:
        return None
    return ShareLink.objects.open().filter(nonce=nonce).select_related("reviewer").first()


def shows(token: str, used: Q) -> bool:
    """Whether an open link of this token shows a text that uses something."""
    link = open_link(token) if token else None
    return link is not None and link.editions.filter(used, article__trashed_at=None).exists()


def can_count(link: ShareLink) -> bool:
    """Whether an approval by this link can be a second pair of eyes."""
    maker = link.created_by
    if link.reviewer is None or not link.reviewer.is_active or maker is None:
        return False
    return not maker.has_perm("news.change_reviewer")


def leave_remark(link: ShareLink, edition: Edition, *, name: str, text: str) -> None:
    if not text.strip():
        raise LinkRefused(_("The remark is empty."))
    who = _who(link, name)
    remarks.leave(edition, text.strip()[:2000], by=None, name=who)
    telling.of_opinion(edition, who, approves=False)


def send_code(link: ShareLink) -> None:
    """Mails a new code to the leader of the link. Earlier codes stop working."""
    if not can_count(link) or link.reviewer is None:
        raise LinkRefused(_("This link is for opinions only."))
    lately = link.codes.filter(sent_at__gt=timezone.now() - timedelta(hours=1))
    if lately.count() >= MOST_CODES:
        raise LinkRefused(_("Too many codes were asked for. Try again in an hour."))
    code = f"{secrets.randbelow(10**6):06d}"
    link.codes.create(code_hash=make_password(code))
    body = _(
        "The code to approve is %(code)s. It holds for 15 minutes and once.\n\n"
        "If you did not ask for it, ignore this mail and tell the authority's office."
    )
    send_mail(
        _("Code for approval"),
        body % {"code": code},
        None,
        [link.reviewer.email],
        fail_silently=False,
    )


def use_code(link: ShareLink, code: str) -> None:
    """Takes the code of the last mail, once. Raises LinkRefused for a wrong or old one.

    The try is counted before the code is compared, so that many at once guess no more often.
    """
    latest = link.codes.order_by("-pk").first()
    since = timezone.now() - CODE_LIFE
    rows = OneTimeCode.objects.filter(
        pk=latest.pk if latest else 0, used_at=None, sent_at__gt=since
    )
    may_try = rows.filter(tries__lt=MOST_TRIES).update(tries=F("tries") + 1)
    is_right = bool(may_try and latest and check_password(code, latest.code_hash))
    if not (is_right and rows.update(used_at=timezone.now())):
        raise LinkRefused(_("This code is not right, or no longer valid."))


@transaction.atomic
def approve(
    link: ShareLink, edition: Edition, *, name: str, seen_hash: str, is_proven: bool
) -> LinkApproval:
    """Keeps an approval of exactly what was seen; it counts if a code has proven who it is."""
    if edition.state not in WAITING or edition.article.trashed_at is not None:
        raise LinkRefused(_("This text no longer waits for approval."))
    if content_hash(edition) != seen_hash:
        raise LinkRefused(_("The text was changed after you opened this page: read it again."))
    counts = is_proven and can_count(link)
    who = _who(link, name)
    approval = LinkApproval.objects.create(
        link=link, edition=edition, name=who, content_hash=seen_hash, counts=counts
    )
    telling.of_opinion(edition, who, approves=True)
    maker = link.created_by
    if counts and link.publishes_on_approval and maker and may(maker, workflow.PUBLISH, edition):
        workflow.approve(edition, by=maker, seen=edition.version)
    return approval


def _who(link: ShareLink, name: str) -> str:
    shown = " ".join(name.split())[:LONGEST_NAME]
    if link.reviewer is not None and not shown:
        return link.reviewer.name
    if not shown:
        raise LinkRefused(_("Write your name, so that the writer knows whose opinion it is."))
    return shown
