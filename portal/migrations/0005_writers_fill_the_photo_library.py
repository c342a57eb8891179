from django.db import migrations

GROUPS = ("Người viết bài", "Biên tập viên", "Người duyệt đăng", "Phụ trách thông báo khẩn")
RIGHTS = ("add_photo", "change_photo", "view_photo", "view_file", "change_file")


def _with_rights(apps, names):
    groups = apps.get_model("auth", "Group").objects.filter(name__in=GROUPS)
    permissions = apps.get_model("auth", "Permission").objects.filter(
        content_type__app_label="editing", codename__in=names
    )
    return groups, list(permissions)


def give(apps, schema_editor):
    groups, permissions = _with_rights(apps, RIGHTS)
    for group in groups:
        group.permissions.add(*permissions)


def take(apps, schema_editor):
    groups, permissions = _with_rights(apps, ("add_photo", "change_file"))
    for group in groups:
        group.permissions.remove(*permissions)


class Migration(migrations.Migration):
    dependencies = [("portal", "0004_staff_groups"), ("editing", "0003_photo_library")]
    operations = [migrations.RunPython(give, take)]
