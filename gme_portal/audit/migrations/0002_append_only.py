from django.db import migrations

from gme_portal.audit.append_only import FUNCTION, append_only


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_initial")]

    operations = [
        FUNCTION,
        append_only("audit_auditevent"),
        append_only("audit_accesslog"),
        append_only("audit_auditseal"),
    ]
