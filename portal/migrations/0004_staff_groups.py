from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

WRITE = [
    *("news.add_edition", "news.change_edition", "news.view_edition", "news.share_edition"),
    *("news.add_tag", "news.view_tag", "news.view_category", "editing.view_photo"),
    *("editing.view_file", "editing.change_photo"),
]
EDIT = [
    *WRITE,
    *("news.edit_others", "news.publish_urgently", "news.delete_edition", "news.export_edition"),
    *("news.change_tag", "news.delete_tag"),
]
# Name on screen → rights; "app." stands for every right of an app.
GROUPS = {
    "Người viết bài": WRITE,
    "Biên tập viên": EDIT,
    "Người duyệt đăng": [*EDIT, "news.publish_edition"],
    "Phụ trách danh bạ": ["contacts.", "editing.view_photo"],
    "Phụ trách thông báo khẩn": [*WRITE, "news.publish_urgently"],
    "Xem thống kê": [
        *("stats.view_daytotal", "stats.view_counteroffset", "news.view_edition"),
        "news.export_edition",
    ],
    "Quản trị viên": ["news.", "contacts.", "stats.", "portal.", "editing.", "auth."],
}


def make_groups(apps, schema_editor):
    # Rights are made after all migrations; these groups need them now.
    for label in ("news", "contacts", "stats", "portal", "editing", "auth"):
        config = current_apps.get_app_config(label)
        create_permissions(config, verbosity=0, using=schema_editor.connection.alias)
    group_model = apps.get_model("auth", "Group")
    permission_model = apps.get_model("auth", "Permission")
    known = list(permission_model.objects.select_related("content_type"))
    for name, rights in GROUPS.items():
        group, _made = group_model.objects.get_or_create(name=name)
        group.permissions.add(*[row for row in known if _is_among(row, rights)])


def _is_among(permission, rights):
    app = permission.content_type.app_label
    return f"{app}." in rights or f"{app}.{permission.codename}" in rights


def remove_groups(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0003_pages_have_versions_and_missing_addresses"),
        ("news", "0002_review_withdrawal_and_links"),
        ("contacts", "0005_versions_of_entries"),
        ("stats", "0005_find_the_views_of_a_page"),
        ("editing", "0002_staff_work_trail_and_drafts"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, remove_groups)]
