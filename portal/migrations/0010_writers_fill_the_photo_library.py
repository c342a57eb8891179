from django.db import migrations

from portal.rights import grant

GROUPS = ("Người viết bài", "Biên tập viên", "Người duyệt đăng", "Phụ trách thông báo khẩn")
RIGHTS = [f"editing.{name}" for name in ("add_photo", "change_photo", "view_file", "change_file")]


def grant_rights(apps, schema_editor):
    grant(apps, schema_editor, dict.fromkeys(GROUPS, RIGHTS))


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0009_planned_maintenance"),
        ("editing", "0004_photo_library"),
    ]
    operations = [migrations.RunPython(grant_rights, migrations.RunPython.noop)]
