"""Compiles the translations of the site: every django.po beside its django.mo, which Django reads.

    python tools/make_locale.py            writes the .mo files
    python tools/make_locale.py --check    says which are not what their .po says

The .po files are collected with Django's own makemessages, run in the folder of the application:
`cd site/src/leukon_site/check && django-admin makemessages -l es --no-location --no-wrap`.
"""

from __future__ import annotations

import sys
from pathlib import Path

import polib

SITE = Path(__file__).resolve().parents[1] / "site" / "src" / "leukon_site"


def compiled(po: Path) -> bytes:
    """What the .mo file of a .po file holds."""
    return polib.pofile(str(po)).to_binary()


def main() -> int:
    """Write every .mo file, or with --check compare."""
    check = "--check" in sys.argv[1:]
    stale = []
    for po in sorted(SITE.rglob("locale/*/LC_MESSAGES/*.po")):
        mo, wanted = po.with_suffix(".mo"), compiled(po)
        if check:
            if not mo.exists() or mo.read_bytes() != wanted:
                stale.append(po)
        else:
            mo.write_bytes(wanted)
    for po in stale:
        print(f"not compiled: {po.relative_to(SITE)}. Run: python tools/make_locale.py")
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
