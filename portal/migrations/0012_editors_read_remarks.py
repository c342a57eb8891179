from django.db import migrations

from portal.rights import grant

VIEW, DELETE = "news.view_readerremark", "news.delete_readerremark"
RIGHTS = {
    "Biên tập viên": [VIEW, DELETE],
    "Người duyệt đăng": [VIEW, DELETE],
    "Quản trị viên": [VIEW, DELETE],
}


def grant_rights(apps, schema_editor):
    grant(apps, schema_editor, RIGHTS)


class Migration(migrations.Migration):
    dependencies = [
        ("portal", "0011_emergency_information"),
        ("news", "0010_readers_rate_articles"),
    ]
    operations = [migrations.RunPython(grant_rights, migrations.RunPython.noop)]
