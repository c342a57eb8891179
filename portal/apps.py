from fnmatch import fnmatch
from pathlib import Path

import ckeditor
from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps
from django.contrib.staticfiles import apps as static_apps
from django.db.models.signals import post_save, pre_delete
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    default = True
    verbose_name = _("Portal")

    def ready(self) -> None:
        """The index hears of every save, and whoever keeps a page of its visit box; no business
        rule hangs on it."""
        from editing import asked
        from editing.models import File
        from news.models import Article, Attachment, Category, Edition
        from portal.models import Page
        from portal.search import index
        from stats import box

        box.shown.connect(asked.note_visit_box)
        post_save.connect(index.edition_saved, Edition)
        post_save.connect(index.article_saved, Article)
        post_save.connect(index.attachment_saved, Attachment)
        post_save.connect(index.category_saved, Category)
        post_save.connect(index.file_saved, File)
        post_save.connect(index.page_saved, Page)
        pre_delete.connect(index.edition_going, Edition)
        pre_delete.connect(index.attachment_going, Attachment)
        pre_delete.connect(index.page_going, Page)

        # Models are there only now.
        from portal import link_checks, page_checks
        from portal.access import commands, trail

        link_checks.register()
        page_checks.register()
        trail.listen()
        commands.listen()


class PortalAdminConfig(admin_apps.AdminConfig):
    default = False
    default_site = "portal.desk.PortalAdminSite"


# Of the editor's many parts, those that its set-up (`editing.editor`) can reach.
_EDITOR = "ckeditor/ckeditor"
_EDITOR_PARTS = {
    "plugins": "a11yhelp clipboard dialog divarea icons* link pastefromword pastetools table",
    "lang": "en.js vi.js",
    "plugins/a11yhelp/dialogs/lang": "en.js vi.js",
    "skins": "moono-lisa",
}


class PortalStaticFilesConfig(static_apps.StaticFilesConfig):
    """Leaves the rest of the editor off the server: less to serve, less to attack."""

    default = False
    ignore_patterns = [
        *static_apps.StaticFilesConfig.ignore_patterns,
        f"{_EDITOR}/adapters/*",
        f"{_EDITOR}/vendor/*",
        f"{_EDITOR}/*.md",
        f"{_EDITOR}/*build*",
        f"{_EDITOR}/*bender*",
        "admin/js/vendor/select2/i18n/[!ev]*",
        "modeltranslation/css/*jquery*",
        # allauth's own scripts: `static/staff/passkey.js` does it under the page's policy.
        "mfa/*",
        "account/*",
    ]

    def ready(self) -> None:
        super().ready()
        self.ignore_patterns = [*self.ignore_patterns, *_unused_editor_parts()]


def _unused_editor_parts() -> list[str]:
    unused = []
    for folder, used in _EDITOR_PARTS.items():
        for name in _names_in(f"{_EDITOR}/{folder}"):
            if not any(fnmatch(name, pattern) for pattern in used.split()):
                unused += [f"{_EDITOR}/{folder}/{name}", f"{_EDITOR}/{folder}/{name}/*"]
    return unused


def _names_in(folder: str) -> list[str]:
    root = Path(ckeditor.__file__).parent / "static" / folder
    return sorted(path.name for path in root.iterdir())
