"""Makes a virtual environment from a hashed lock file, or says plainly what the machine lacks.

Usage: python3 make_venv.py FOLDER LOCK_FILE
Kept in words that an old Python can read too, since it is the one that tells so.
"""

import importlib.util
import pathlib
import subprocess
import sys

OLDEST = (3, 11)


def what_is_missing(version, has_module):
    """What must be installed before an environment can be made; empty when nothing is."""
    number = "%d.%d" % tuple(version[:2])  # noqa: UP031
    if tuple(version[:2]) < OLDEST:
        return (
            "leukon needs Python 3.11 or newer, and %s is Python %s.\n"  # noqa: UP031
            "Hint: name a newer one, for example: make PYTHON=python3.12 demo"
            % (sys.executable, number)
        )
    if not (has_module("venv") and has_module("ensurepip")):
        return (
            "Python %s here cannot make virtual environments (venv or ensurepip is missing).\n"  # noqa: UP031
            "Hint: on Debian or Ubuntu, as root: apt-get install python3-venv\n"
            "      or, for exactly this Python: apt-get install python%s-venv" % (number, number)
        )
    return ""


def make(folder, lock_file):
    """Makes the environment anew and installs exactly what the lock file lists."""
    python = str(pathlib.Path(folder) / "bin" / "python")
    subprocess.check_call([sys.executable, "-m", "venv", "--clear", folder])
    install = ["install", "-qq", "--disable-pip-version-check", "--require-hashes"]
    subprocess.check_call([python, "-m", "pip", *install, "-r", lock_file])


def main():
    """Makes the environment named on the command line."""
    problem = what_is_missing(sys.version_info, importlib.util.find_spec)
    if problem:
        sys.exit(problem)
    try:
        make(sys.argv[1], sys.argv[2])
    except subprocess.CalledProcessError as error:
        sys.exit("Could not make %s: %s" % (sys.argv[1], error))  # noqa: UP031


if __name__ == "__main__":
    main()
