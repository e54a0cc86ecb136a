"""Dates in the list: by age, relative, absolute as the locale writes them, under a clock that stands still."""

import os
import re
import shutil
import subprocess

from support import tap
from support.bag import Bag
from support.screen import Screen

NOW = 1790604000            # 28 September 2026, 14:00 UTC
NEWEST, TRIP, INVOICE = "Tu rentres", "Votre billet", "Facture 2043"


def locales():
    """French and American ones, made in the build directory."""
    tap.need(os.path.exists("/usr/share/i18n/locales/fr_FR") and shutil.which("localedef"), "the package locales is not installed")
    folder = os.path.join(tap.build_dir(), "tests", "screen", "locales")
    os.makedirs(folder, exist_ok=True)
    for name in ("fr_FR", "en_US"):
        if not os.path.isdir(os.path.join(folder, name + ".UTF-8")):
            made = subprocess.run(["localedef", "-i", name, "-f", "UTF-8", os.path.join(folder, name + ".UTF-8")], capture_output=True, text=True)
            assert os.path.isdir(os.path.join(folder, name + ".UTF-8")), made.stderr
    return folder


def shown(form, locale="C.UTF-8"):
    """the words of the date column for some letters of the demonstration"""
    options = "date-format = %s\nlist-columns = date, who 10, subject\n" % form if form else "list-columns = date, who 10, subject\n"
    with Bag(options=options) as bag:
        environment = {"LD_PRELOAD": os.path.join(tap.build_dir(), "tests", "support", "still-clock.so"), "STILL_CLOCK": str(NOW), "TZ": "UTC",
                       "ASAN_OPTIONS": "verify_asan_link_order=0:" + os.environ.get("ASAN_OPTIONS", ""),
                       "LOCPATH": locales(), "LC_ALL": locale, "LANGUAGE": "en"}
        with Screen([tap.program(), "--demo"], rows=24, columns=80, home=bag.home, cwd=bag.home, environment=environment) as screen:
            screen.until(lambda s: NEWEST in s.line(s.cursor.row))
            rows = [screen.line(screen.row_of(word)) for word in (NEWEST, TRIP, INVOICE)]
            return [re.split(r"  +| (?=Inès|Rail|Plomb)", row.strip())[0] for row in rows]


def test_by_age():
    """nothing said: the time for today, the day for this year"""
    tap.equal(shown(""), ["13:48", "11:00", "26 Sep"])


def test_relative():
    """how old each is"""
    tap.equal(shown("relative"), ["12 min", "3 h", "2 d"])


def test_absolute():
    """day and time as the locale writes them, and none is cut"""
    tap.equal(shown("absolute"), ["2026-09-28 13:48", "2026-09-28 11:00", "2026-09-26 09:30"])
    tap.equal(shown("absolute", "fr_FR.UTF-8"), ["28/09/2026 13:48", "28/09/2026 11:00", "26/09/2026 09:30"])
    tap.equal(shown("absolute", "en_US.UTF-8"), ["09/28/2026 01:48 PM", "09/28/2026 11:00 AM", "09/26/2026 09:30 AM"])


def test_own_format():
    """any form of strftime's"""
    tap.equal(shown("%d.%m. %H.%M"), ["28.09. 13.48", "28.09. 11.00", "26.09. 09.30"])


if __name__ == "__main__":
    tap.main()
