"""What is asked of somebody who wants the newsletter: an address, nothing else."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class Subscribe(forms.Form):
    """The form of the newsletter."""

    email = forms.EmailField(
        max_length=254,
        error_messages={
            "required": _("Type your e-mail address."),
            "invalid": _("This is no e-mail address. It looks like name@place.example."),
        },
    )

    def clean_email(self) -> str:
        """In small letters: one person is one subscriber."""
        return str(self.cleaned_data["email"]).lower()
