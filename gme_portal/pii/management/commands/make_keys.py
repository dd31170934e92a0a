"""Make the key file of a new installation (密钥文件). Refuses to replace one."""

from __future__ import annotations

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gme_portal.pii.keys import make_key_file


class Command(BaseCommand):
    help = "Make the key file named by GME_KEYS_FILE."
    requires_system_checks: list[str] = []

    def handle(self, *args: object, **options: object) -> None:
        path = settings.GME_KEYS_FILE
        if path.exists():
            raise CommandError(
                f"{path} exists: a key file is never replaced, or everything sealed with it would be lost"
            )
        make_key_file(path)
        self.stdout.write(f"{path} made. Back it up apart from the database.")
