from django.db import migrations

from gme_portal.audit.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("admissions", "0001_initial"), ("audit", "0002_append_only")]

    operations = [
        append_only("admissions_submission"),
        append_only("admissions_review"),
        append_only("admissions_sealedset"),
    ]
