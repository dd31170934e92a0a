"""Private files (私有文件): sealed on disk under GME_VAR/private, named by an unguessable id, served only through an access check."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models


class StoredFile(models.Model):
    """One uploaded or produced file. The body lies on disk as AES-256-GCM ciphertext bound to this id."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField(help_text="bytes of the plain content")
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.id)
