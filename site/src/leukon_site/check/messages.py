"""What is said beside a field that could not be read: what is wrong, and what to do. Kindly."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from leukon_site.check.numbers import Why

NUMBERS: dict[Why, Any] = {
    Why.LETTERS: _(
        "There is a letter in this number. Type the digits only. Leave out an H or L that the "
        "report prints beside a number."
    ),
    Why.PERCENT: _("Leave out the percent sign here, and choose % as the unit."),
    Why.MINUS: _("There is a minus in front of this number, and a count is never below zero."),
    Why.TWO_SIGNS: _("Of signs, only one < or > may stand in front of the number."),
    Why.POWER: _(
        "Type only the number that stands before the power of ten, such as 3.7. The power of ten "
        "is part of the unit: choose it beside."
    ),
    Why.RANGE: _(
        "These are two numbers, perhaps the limits that the report prints beside your count. Type "
        "your own count."
    ),
    Why.SEPARATORS: _(
        "The points, commas or blanks in this number do not fit together. Type it without any "
        "sign between thousands, such as 3810 or 3.81."
    ),
    Why.ENDS: _("This number ends with a point or a comma. Is a digit missing?"),
    Why.LEADING_ZERO: _(
        "This number begins with a zero that should not be there. Is a point missing after it?"
    ),
    Why.MIXED_DIGITS: _("There are digits of two scripts in this number. Please type it again."),
    Why.HIDDEN: _(
        "There is a character in this number that cannot be seen. Please type it by hand."
    ),
    Why.TOO_LONG: _("This is longer than any count. Please type the number alone."),
    Why.NO_DIGITS: _("There is no number here. Type the digits that the report prints."),
    Why.OTHER: _("There is a sign here that is no digit. Type digits only, such as 3810 or 3.81."),
}

TWO_READINGS = _("This number can be read in two ways. Which one does your report mean?")
UNIT_MISSING = _("Choose the unit that the report prints beside this number.")
UNIT_PRINTED = _("Write the unit as the report prints it.")
UNIT_UNKNOWN = _(
    "We do not know this unit. Look for one of those in the list on your report, or leave this "
    "count out and ask the laboratory."
)
UNIT_UNCLEAR = _(
    "This unit can be read in two ways, or does not belong to this count. Ask the laboratory which "
    "unit it is, or leave this count out."
)
NUMBER_MISSING = _("You chose a unit. Type the number too, or choose no unit.")
IMPOSSIBLE = _(
    "Nobody has so many in this unit. Look at the unit on your report again: is it per microlitre "
    "(/µL, /mm³) or per litre (/L)?"
)
IMPOSSIBLE_MASS = _("Nobody has so much in this unit. Look at the unit on your report again.")
OVER_HUNDRED = _("A share cannot be over 100 %. Look at the unit on your report again.")
SHARE_OF_RANGE = _("A share with < or > cannot be used here. Type it without, or leave it out.")

AGE_WHOLE = _("Type the age as a whole number. For a baby, choose months, weeks or days.")
AGE_UNIT = _("Choose whether this age is in years, months, weeks or days.")
AGE_MISSING = _("You chose a unit. Type the age too.")
AGE_IMPOSSIBLE = _("No person is that old. Look at the number and at the unit beside it.")
TEMPERATURE_UNIT = _("Choose °C or °F, as your thermometer shows it.")
TEMPERATURE_MISSING = _("You chose a unit. Type the temperature too.")
TEMPERATURE_NUMBER = _("Type the temperature with one decimal, such as 38.5 or 101.3.")
TEMPERATURE_IMPOSSIBLE = _("No person has such a temperature. Is it °C or °F?")
DATE_UNREADABLE = _("This is not a date we can read. Write year, month and day, as 2026-01-31.")
DATE_FUTURE = _("This day has not come yet. Look at the date again.")
WEEKS = _("Type the completed weeks of pregnancy as a whole number from 0 to 45.")
WEEKS_NOT_PREGNANT = _("You gave a week of pregnancy. Choose “I am pregnant”, or remove the week.")
NOT_PREGNANT_MALE = _("You chose male, and pregnant. One of the two must be a slip.")
TREATMENT_DATE_ALONE = _("You gave a date. Choose the treatment too.")
DRUGS_AND_NONE = _("You chose that you take no medicine, and named one. Which is right?")
DRUGS_TOO_MANY = _("Please name no more than 40 medicines, each with its name alone.")
NOTHING = _("Type at least one count from your report, or answer the questions about how you feel.")
UNKNOWN_CHOICE = _("This answer is not one of those offered. Please choose again.")
