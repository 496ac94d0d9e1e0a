"""What can go wrong, as one tree.

- LeukonError
  - UsageError (exit 2): the call itself is off
    - ExtraMissing: an optional part is not installed
    - DefinitionUnknown: no definition has this id
  - InputRefused (exit 3): what was given cannot be read without guessing
    - UnitRefused: no unit, an unknown one, or one that can be read in two ways
    - ValueRefused: not a number, negative, ambiguous or impossible
    - AgeRefused: an age or a date that cannot be
    - AnalyteUnknown: a name or code that is no blood count
    - PersonRefused: sex, phenotype, pregnancy or specimen in words leukon does not know
    - DefinitionRefused: a definition file that breaks its own rules
    - TableRefused: a file that cannot be read as a table of counts
    - EstimateRefused: an estimate that must not be published

Every message says what, where and what to do. None of them holds a value of a person.
"""

from __future__ import annotations


class LeukonError(Exception):
    """The root of every error leukon raises on purpose; `exit_code` is the command line's.

    >>> print(LeukonError("WBC has no unit", where="row 214", hint="pass --unit").message)
    row 214: WBC has no unit
    Hint: pass --unit
    """

    exit_code = 1

    def __init__(self, what: str, *, where: str = "", hint: str = "") -> None:
        """Hold the three parts of a helpful message: what, where, and the hint what to do."""
        self.what = what
        self.where = where
        self.hint = hint
        super().__init__(self.message)

    @property
    def message(self) -> str:
        """The whole message: where, what, and the hint on a line of its own."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head}\nHint: {self.hint}" if self.hint else head

    def at(self, where: str) -> LeukonError:
        """The same error with the place named, for a caller who knows it."""
        return type(self)(self.what, where=where, hint=self.hint)


class UsageError(LeukonError):
    """The call is off: an option or name that does not exist."""

    exit_code = 2


class ExtraMissing(UsageError):
    """An optional part is not installed; the hint is the one command that installs it."""

    @classmethod
    def named(cls, extra: str, purpose: str) -> ExtraMissing:
        """The error for the extra `extra`, which `purpose` needs."""
        return cls(f"{purpose} needs leukon[{extra}]", hint=f"pip install 'leukon[{extra}]'")


class DefinitionUnknown(UsageError):
    """No definition in the catalogue has this id, and no file this name."""


class InputRefused(LeukonError):
    """What was given cannot be read without guessing."""

    exit_code = 3


class UnitRefused(InputRefused):
    """A count without a unit, with an unknown unit, or with one that has two readings."""


class ValueRefused(InputRefused):
    """A value that is not a number, is negative, ambiguous or impossible."""


class AgeRefused(InputRefused):
    """An age or date that cannot be: a draw before birth, a spelling with no unit."""


class AnalyteUnknown(InputRefused):
    """A name or code that is no blood count leukon knows."""


class PersonRefused(InputRefused):
    """A sex, phenotype, pregnancy or specimen in words leukon does not know."""


class DefinitionRefused(InputRefused):
    """A definition that breaks its own rules: a tie, a negative limit, no source."""


class TableRefused(InputRefused):
    """A file that cannot be read as a table of counts."""


class EstimateRefused(InputRefused):
    """An estimate that must not be published: too few results, too many sick, no main group."""
