from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="must_set_password",
            field=models.BooleanField(default=False, verbose_name="须修改初始密码"),
        ),
    ]
