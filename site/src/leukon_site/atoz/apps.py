"""The A to Z as a Django application."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

EDITING = ("Editors", "Moderators")


class AtoZ(AppConfig):
    """A page for every entry of leukon's content, and what editors write on it."""

    name = "leukon_site.atoz"
    label = "atoz"
    verbose_name = "A to Z"

    def ready(self) -> None:
        """Editors may write on the entries once the database has a place for it."""
        post_migrate.connect(let_editors_write, sender=self)


def let_editors_write(sender: AppConfig, **_: Any) -> None:
    """Give editors and moderators the rights, and put the text under the review of pages."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.auth.models import Group, Permission
    from django.contrib.contenttypes.models import ContentType
    from wagtail.models import Workflow, WorkflowContentType
    from wagtail.snippets.models import create_extra_permissions

    from leukon_site.atoz.models import EditorialText

    # Else made later, by applications that come after this one.
    create_permissions(sender, verbosity=0)
    create_extra_permissions(sender)
    kind = ContentType.objects.get_for_model(EditorialText)
    rights = Permission.objects.filter(content_type=kind)
    for group in Group.objects.filter(name__in=EDITING):
        own = (
            rights if group.name == "Moderators" else rights.exclude(codename__startswith="publish")
        )
        group.permissions.add(*own)
    workflow = Workflow.objects.active().first()
    if workflow is not None:
        WorkflowContentType.objects.get_or_create(
            content_type=kind, defaults={"workflow": workflow}
        )
