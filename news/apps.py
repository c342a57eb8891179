from django.apps import AppConfig
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _


class NewsConfig(AppConfig):
    name = "news"
    verbose_name = _("News and notices")

    def ready(self) -> None:
        from news import months
        from news.models import Edition

        post_save.connect(months.edition_saved, Edition)
