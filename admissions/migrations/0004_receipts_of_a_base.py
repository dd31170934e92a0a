import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """A filed version names its base; application numbers come from a sequence, so that two at once never wait for each other."""

    dependencies = [("admissions", "0003_initial"), ("admissions", "0002_append_only"), ("bases", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="base",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT, related_name="submissions", to="bases.trainingbase", verbose_name="志愿基地"
            ),
        ),
        migrations.RunSQL(
            "CREATE SEQUENCE admissions_application_number START 100001",
            reverse_sql="DROP SEQUENCE admissions_application_number",
        ),
    ]
