"""The edition of the site: a number that grows whenever something readers see has changed."""

from __future__ import annotations

from typing import Any

from django.db import models


class Edition(models.Model):
    """One row. Every process that keeps pages compares its own number with this one."""

    number = models.PositiveBigIntegerField(default=1)

    class Meta:
        verbose_name = "edition"

    @classmethod
    def current(cls) -> int:
        """The number now; 0 before anything was published."""
        return cls.objects.filter(pk=1).values_list("number", flat=True).first() or 0

    @classmethod
    def advance(cls, *_: Any, **__: Any) -> None:
        """Something has changed: pages that were kept are made anew. Takes what signals hand in."""
        if not cls.objects.filter(pk=1).update(number=models.F("number") + 1):
            cls.objects.get_or_create(pk=1)
