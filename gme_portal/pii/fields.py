"""The sealed text column (加密字段). Assigning plain text seals it on save; `str()` gives the mask; `.reveal()` writes the access log first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.module_loading import import_string

from gme_portal.pii.keys import key_ring
from gme_portal.pii.masks import mask_text


class Sealed:
    """One sealed value of one row. Prints as its mask, so that a template or a log never shows more by accident."""

    __slots__ = ("_field", "_row")

    def __init__(self, field: SealedTextField, row: models.Model) -> None:
        self._field = field
        self._row = row

    def open(self) -> str:
        """The plain text without a log entry: for the person's own pages and for the machine (matching, printing their own form)."""
        return self._field.open(self._row)

    def reveal(self, *, actor: Any, purpose: str, at: datetime) -> str:
        """The plain text for someone else's eyes: `settings.GME_ACCESS_LOGGER` (dotted path) writes the access log first."""
        import_string(settings.GME_ACCESS_LOGGER)(
            row=self._row, column=self._field.name, actor=actor, purpose=purpose, at=at
        )
        return self.open()

    def __str__(self) -> str:
        return self._field.mask(self.open())

    def __repr__(self) -> str:
        return f"<Sealed {self._field.name}>"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Sealed):
            return self.open() == other.open()
        return isinstance(other, str) and self.open() == other

    __hash__ = None  # type: ignore[assignment]


class _Plain(str):
    """Plain text that waits in memory for its row to be saved."""

    __slots__ = ()


class _SealedAttribute(DeferredAttribute):
    def __get__(self, instance: models.Model | None, cls: type | None = None) -> Any:
        value = super().__get__(instance, cls)
        if instance is None or value is None:
            return self if instance is None else None
        return Sealed(self.field, instance)  # type: ignore[arg-type]

    def __set__(self, instance: models.Model, value: Any) -> None:
        if isinstance(value, Sealed):
            value = value.open()
        if isinstance(value, str):
            value = _Plain(value) if value else None
        elif value is not None:
            value = bytes(value)
        instance.__dict__[self.field.attname] = value


class SealedTextField(models.BinaryField):
    """Text kept as AES-256-GCM ciphertext bound to its column and row. The model needs a primary key that is known before saving (UUID).

    `mask` turns the plain text into what may be shown by default. An empty string is stored as NULL."""

    descriptor_class = _SealedAttribute
    # For the type checker: what may be assigned and what is read (None for an empty column).
    _pyi_private_set_type: str | Sealed | None
    _pyi_private_get_type: Sealed  # type: ignore[assignment]

    def __init__(self, *args: Any, mask: Callable[[str], str] = mask_text, **kwargs: Any) -> None:
        self.mask = mask
        kwargs.setdefault("null", True)
        kwargs.setdefault("blank", True)
        kwargs["editable"] = False
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("editable", None)
        return name, path, args, kwargs

    @property
    def _place(self) -> str:
        return f"{self.model._meta.db_table}.{self.column}"

    def open(self, row: models.Model) -> str:
        value = row.__dict__[self.attname]
        if isinstance(value, _Plain):
            return str(value)
        return key_ring().open(bytes(value), place=self._place, owner=str(row.pk)).decode()

    def pre_save(self, model_instance: models.Model, add: bool) -> bytes | None:
        value = model_instance.__dict__.get(self.attname)
        if isinstance(value, _Plain):
            value = key_ring().seal(value.encode(), place=self._place, owner=str(model_instance.pk))
            model_instance.__dict__[self.attname] = value
        return value

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, (str, Sealed)):
            raise TypeError(f"{self.name} is sealed: save it through its row; look it up by its blind index")
        return super().get_db_prep_value(value, connection, prepared)

    def value_to_string(self, obj: models.Model) -> str:
        raise TypeError(f"{self.name} is sealed and is not serialised")
