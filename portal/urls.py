"""Every address of the portal, in one place; its words stand in `portal.addresses`."""

from django.conf.urls.i18n import i18n_patterns
from django.contrib import admin
from django.contrib.sitemaps import views as sitemap_views
from django.urls import URLPattern, URLResolver, include, path, re_path, register_converter

from contacts import views as contacts_views
from news import feeds, preview_views, rating
from news import views as news_views
from portal import media, policy_reports, reach, sitemaps, system_views, views
from portal.addresses import address
from portal.alerts import views as alerts_views
from portal.api import views as api_views
from stats import views as stats_views


class ShortYear:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04d}"


class Month(ShortYear):
    regex = "[0-9]{1,2}"

    def to_url(self, value: int) -> str:
        return f"{value:02d}"


class Key(ShortYear):
    """A number that a database takes: at most 18 digits."""

    regex = "[0-9]{1,18}"

    def to_url(self, value: int) -> str:
        return str(value)


class TableKind:
    """Ending of a table's address."""

    regex = "csv|xlsx|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(TableKind, "table")
register_converter(Key, "key")
register_converter(ShortYear, "year")
register_converter(Month, "month")


def _feeds(under: str, feed: type[feeds.NewsFeed], view_name: str) -> list[URLPattern]:
    """The same feed in its three formats."""
    formats = (
        (":feed/", feeds.RssFeed, ""),
        (":atom/", feeds.AtomFeed, "_atom"),
        ("feed.json", feeds.JsonFeed, "_json"),
    )
    return [
        path(
            address(under + tail),
            feed(kind, view_name + suffix),
            name=view_name.rpartition(":")[2] + suffix,
        )
        for tail, kind, suffix in formats
    ]


_news: list[URLPattern | URLResolver] = [
    path(address(":news/"), news_views.news, name="news"),
    path(address(":news/<year:year>/"), news_views.archive, name="year"),
    path(address(":news/<year:year>/<month:month>/"), news_views.archive, name="month"),
    path(address(":news/<slug:slug>-<key:article_id>/"), news_views.article, name="article"),
    path(address(":news/<slug:slug>-<key:article_id>/:rating/"), rating.rating, name="rating"),
    path(address(":news/<slug:slug>-<key:article_id>/:remark/"), rating.remark, name="remark"),
    path(address(":category/<slug:slug>/"), news_views.category, name="category"),
    *_feeds(":category/<slug:slug>/", feeds.NewsFeed, "news:category_feed"),
    path(address(":notices/"), news_views.notices, name="notices"),
    *_feeds(":notices/", feeds.NoticeFeed, "news:notice_feed"),
    path(address(":tag/<slug:slug>/"), news_views.tag, name="tag"),
]

_contacts: list[URLPattern | URLResolver] = [
    path(address(":hotline/"), contacts_views.hotline, name="hotline"),
    path(address(":hotline.vcf"), contacts_views.hotline_vcard, name="hotline_vcard"),
    path(
        address(":hotline/<key:appointment_id>.vcf"),
        contacts_views.appointment_vcard,
        name="appointment_vcard",
    ),
    path(
        address(":hotline/<key:appointment_id>.svg"),
        contacts_views.appointment_code,
        name="appointment_code",
    ),
    path(
        address(":hotline/<key:appointment_id>/:sheet/"),
        contacts_views.appointment_sheet,
        name="appointment_sheet",
    ),
    path(address(":hotline/:sheet/"), contacts_views.hotline_sheet, name="hotline_sheet"),
    path(address(":hotline.svg"), contacts_views.hotline_code, name="hotline_code"),
    path(address(":hotline.<table:extension>"), contacts_views.hotline_table, name="hotline_table"),
    path(address(":contact/"), contacts_views.contact, name="contact"),
    path(address(":contact/<slug:slug>/"), contacts_views.duty, name="duty"),
    path(address(":contact/<slug:slug>.svg"), contacts_views.duty_code, name="duty_code"),
    path(address(":contact/<slug:slug>/:sheet/"), contacts_views.duty_sheet, name="duty_sheet"),
    path(address(":feedback/"), contacts_views.feedback, name="feedback"),
    path(address(":organisation/"), contacts_views.organisation, name="organisation"),
    path(
        address(":organisation.<table:extension>"),
        contacts_views.directory_table,
        name="directory_table",
    ),
    path(address(":organisation/<slug:slug>/"), contacts_views.unit, name="unit"),
    path(address(":organisation/:person/<key:person_id>/"), contacts_views.person, name="person"),
]

_alerts: list[URLPattern | URLResolver] = [
    path(address(":alerts/"), alerts_views.subscribe, name="subscribe"),
    path(address(":alerts/:confirm/<str:token>/"), alerts_views.confirm, name="confirm"),
    path(
        address(":alerts/:unsubscribe/<str:token>/"), alerts_views.unsubscribe, name="unsubscribe"
    ),
    path(address(":alerts/<str:token>/"), alerts_views.manage, name="manage"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("quan-tri/", include("portal.access.urls")),
    path("quan-tri/", admin.site.urls),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    path("csp-report", policy_reports.report, name="csp_report"),
    path("metrics", system_views.metrics, name="metrics"),
    path("sw.js", views.service_worker, name="service_worker"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon),
    path("sitemap.xml", sitemaps.index, name="sitemap_index"),
    path("sitemap-news.xml", sitemaps.news, name="sitemap_news"),
    path(
        "sitemap-<section>.xml",
        sitemap_views.sitemap,
        {"sitemaps": sitemaps.SITEMAPS, "template_name": "sitemap_part.xml"},
        name="django.contrib.sitemaps.views.sitemap",
    ),
    path("accent-<str:colour>.css", views.accent, name="accent"),
    path(
        "media/photos/<key:photo_id>-<str:fingerprint>-card-<key:width>.<str:extension>",
        media.card_photo,
        name="card_photo",
    ),
    path(
        "media/photos/<key:photo_id>-<str:fingerprint>-<key:width>.<str:extension>",
        media.photo,
        name="photo",
    ),
    path(
        "media/photos/<key:photo_id>-<str:fingerprint>-social.jpg",
        media.social_photo,
        name="social_photo",
    ),
    path("media/emblem", media.emblem, name="emblem"),
    path("xem-truoc/<str:token>/", preview_views.preview, name="preview"),
    path(
        "xem-truoc/<str:token>/<key:edition_id>/",
        preview_views.preview_edition,
        name="preview_edition",
    ),
    path("tep/<key:file_id>/<str:name>", media.file, name="file"),
    path("api/", include((api_views.routes(), "api"))),
]

urlpatterns += i18n_patterns(
    path("", views.home, name="home"),
    path("", include((_news, "news"))),
    path("", include((_contacts, "contacts"))),
    path("", include((_alerts, "alerts"))),
    path(
        address(":statistics/du-lieu.json"),
        stats_views.data_json,
        {"hide_removed": reach.hide_removed},
    ),
    path(address(":statistics/"), include("stats.urls")),
    path(address(":search/"), views.search, name="search"),
    path(address(":search/goi-y.json"), views.suggestions, name="suggestions"),
    path(address(":sitemap/"), views.sitemap, name="sitemap"),
    *_feeds("", feeds.NewsFeed, "feed"),
    re_path(r"^(?P<path>[a-z0-9-]+(?:/[a-z0-9-]+)*)/$", views.page, name="page"),
    prefix_default_language=False,
)

handler400 = "portal.errors.bad_request"
handler403 = "portal.errors.forbidden"
handler404 = "portal.errors.not_found"
handler500 = "portal.errors.server_error"
