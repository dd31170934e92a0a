from django.db import migrations


class Migration(migrations.Migration):
    """The lottery of a round is committed to and drawn in public (admissions.LotteryDraw); a notice carries no seed of its own."""

    dependencies = [("notices", "0005_decided_is_frozen")]

    operations = [migrations.RemoveField(model_name="notice", name="lottery_seed")]
