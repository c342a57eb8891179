from django.apps import apps as current_apps
from django.contrib.auth.management import create_permissions
from django.db import migrations

GROUPS = ("Biên tập viên", "Người duyệt đăng", "Quản trị viên")


def give_rights(apps, schema_editor):
    # Rights are made after all migrations; these groups need them now.
    create_permissions(
        current_apps.get_app_config("editing"), verbosity=0, using=schema_editor.connection.alias
    )
    rights = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="editing", content_type__model="abbreviation"
    )
    for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
        group.permissions.add(*rights)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0006_search_index"),
        ("editing", "0003_abbreviations"),
    ]

    operations = [
        migrations.RunPython(give_rights, migrations.RunPython.noop),
    ]
