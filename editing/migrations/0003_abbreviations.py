from django.db import migrations, models

COMMON = (
    ("BQL", "Ban Quản lý"),
    ("BQL KKT", "Ban Quản lý Khu kinh tế"),
    ("KKT", "Khu kinh tế"),
    ("KCN", "Khu công nghiệp"),
    ("CCN", "Cụm công nghiệp"),
    ("UBND", "Ủy ban nhân dân"),
    ("HĐND", "Hội đồng nhân dân"),
    ("CBCC", "cán bộ, công chức"),
    ("CBCCVC", "cán bộ, công chức, viên chức"),
    ("TTHC", "thủ tục hành chính"),
    ("DVC", "dịch vụ công"),
    ("PCCC", "phòng cháy, chữa cháy"),
    ("GPMB", "giải phóng mặt bằng"),
    ("QĐ", "Quyết định"),
    ("NĐ", "Nghị định"),
    ("TT", "Thông tư"),
    ("TB", "Thông báo"),
    ("BHXH", "bảo hiểm xã hội"),
    ("ĐTM", "đánh giá tác động môi trường"),
    ("FDI", "đầu tư trực tiếp nước ngoài"),
)


def add_common(apps, schema_editor):
    Abbreviation = apps.get_model("editing", "Abbreviation")
    Abbreviation.objects.bulk_create(Abbreviation(short=one, full=all_) for one, all_ in COMMON)


class Migration(migrations.Migration):
    dependencies = [
        ("editing", "0002_staff_work_trail_and_drafts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Abbreviation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "short",
                    models.CharField(
                        help_text="Example: “BQL KKT”",
                        max_length=40,
                        unique=True,
                        verbose_name="abbreviation",
                    ),
                ),
                (
                    "full",
                    models.CharField(
                        help_text="Example: “Ban Quản lý Khu kinh tế”",
                        max_length=150,
                        verbose_name="full form",
                    ),
                ),
            ],
            options={
                "verbose_name": "abbreviation",
                "verbose_name_plural": "abbreviations",
                "ordering": ["short"],
            },
        ),
        migrations.RunPython(add_common, migrations.RunPython.noop),
    ]
