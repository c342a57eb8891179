from editing.models.abbreviations import Abbreviation
from editing.models.access import OneTimeLink, TrustedComputer
from editing.models.drafts import Autosave, OldSlug, Presence
from editing.models.links import CheckedLink
from editing.models.media import File, FileVersion, FocalPoint, Photo, Validity
from editing.models.notifications import Notification
from editing.models.periods import Periods
from editing.models.staff import MailRhythm, User
from editing.models.trail import Action, AuditEntry

__all__ = [
    "Abbreviation",
    "Action",
    "AuditEntry",
    "Autosave",
    "CheckedLink",
    "File",
    "FileVersion",
    "FocalPoint",
    "MailRhythm",
    "Notification",
    "OldSlug",
    "OneTimeLink",
    "Periods",
    "Photo",
    "Presence",
    "TrustedComputer",
    "User",
    "Validity",
]
