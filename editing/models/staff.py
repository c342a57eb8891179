from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class MailRhythm(models.TextChoices):
    AT_ONCE = "at_once", _("at once")
    DAILY = "daily", _("once a day, in the morning")
    NEVER = "never", _("never")


class User(AbstractUser):
    """A member of the staff."""

    language = models.CharField(
        _("language of the staff pages"),
        max_length=5,
        choices=settings.LANGUAGES,
        default=settings.LANGUAGE_CODE,
    )

    mail_rhythm = models.CharField(
        _("mails about my work"),
        max_length=8,
        choices=MailRhythm,
        default=MailRhythm.AT_ONCE,
        help_text=_("The number in the header of every staff page stays, whatever is chosen."),
    )

    # Until then he may work without the second factor that his rights ask for.
    second_factor_due = models.DateTimeField(null=True, editable=False)
    # When he was told that his account is about to be switched off.
    warned_idle_at = models.DateTimeField(null=True, editable=False)

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def get_full_name(self) -> str:
        # The family name stands first.
        return f"{self.last_name} {self.first_name}".strip()
