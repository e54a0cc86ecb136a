"""Makes the page of what ./dev bench has measured."""


def _bytes(count):
    if count is None:
        return "–"
    if count < 10_000:
        return "{:,} B".format(int(count))
    if count < 1_000_000:
        return "%.1f kB" % (count / 1000)
    return "%.1f MB" % (count / 1_000_000)


def _seconds(value):
    return "%.2f s" % value if value < 10 else "%.0f s" % value


def _take(result, *path):
    for step in path:
        if not isinstance(result, dict) or "error" in result:
            return None
        result = result.get(step)
    return None if isinstance(result, dict) and "error" in result else result


def _opened(key, way):
    def cell(mine):
        one = _take(mine, key, way)
        return one and "%s, %d flights, %s" % (_seconds(one["seconds"]), one["flights"], _bytes(one["down"]))
    return cell


def _settled(key, way, what):
    def cell(mine):
        value = _take(mine, key, way, "settled", what)
        return value and ("%.0f MB" % (value / 1024) if what == "resident_kb" else _seconds(value))
    return cell


def _summaries(key):
    def cell(mine):
        one = _take(mine, key)
        return one and "%d B each, %d flights, %s" % (round(one["each"]), one["flights"], _seconds(one["seconds"]))
    return cell


def _letter(mine):
    one = _take(mine, "letter")
    return one and "%d flights, %s" % (one["flights"], _bytes(one["down"]))


def _sent(key):
    def cell(mine):
        one = _take(mine, key)
        return one and "%s sent, %s received" % (_bytes(one["up"]), _bytes(one["down"]))
    return cell


def _flag(key):
    def cell(mine):
        one = _take(mine, key)
        return one and "%d flights, %s sent, %s received" % (one["flights"], _bytes(one["up"]), _bytes(one["down"]))
    return cell


def _search(mine):
    one = _take(mine, "search body")
    return one and "%s, %d flights, %s received" % (_seconds(one["seconds"]), one["flights"], _bytes(one["down"]))


def _keys(*path):
    def cell(mine):
        one = _take(mine, *path)
        if not one:
            return None
        if "unanswered" in one:
            return "not answered"
        return "%.1f / %.1f ms" % (one["p50"], one["p99"])
    return cell


ROWS = [
    ("First screen of 1,000 messages, never seen", _opened("open small", "cold")),
    ("First screen of 100,000 messages, never seen", _opened("open large", "cold")),
    ("... 1,000, with the server 100 ms away", _opened("open small far", "cold")),
    ("... 100,000, with the server 100 ms away", _opened("open large far", "cold")),
    ("First screen of 100,000 messages, seen before", _opened("open large", "warm")),
    ("... with the server 100 ms away", _opened("open large far", "warm")),
    ("All 100,000 summaries (200 Mbit/s, 20 ms)", _summaries("summaries")),
    ("... with COMPRESS", _summaries("summaries compressed")),
    ("Text of a letter with 5 MB attached", _letter),
    ("Flag 1,000, contiguous", _flag("flag contiguous")),
    ("Flag some 1,000 of 100,000, scattered", _flag("flag scattered")),
    ("A letter with 5 MB attached, with its copy in Sent (both links)", _sent("send attach")),
    ("A forward of 5 MB that lie on the server (both links)", _sent("send forward")),
    ("A word in the texts of 100,000: first screen of what was found", _search),
    ("Resident memory, 100,000 messages open", _settled("open large", "cold", "resident_kb")),
    ("Key press to paint, at rest (p50 / p99)", _keys("keys", "rest")),
    ("... while the summaries are fetched", _keys("keys fetching")),
    ("... while the server is frozen", _keys("keys", "frozen")),
]


def page(about, results):
    names = list(results)
    lines = [
        "# Benchmarks", "",
        "Made by `./dev bench` on %s: every client in the same run, against the same private Dovecot on loopback," %
        about["date"],
        "through a proxy that counts (`tests/support/counting-proxy.c`). Machine: %s, %s cores. Screen 160×50." %
        (about["cpu"], about["cores"]), "",
        "A *flight* is one dependent round trip: requests sent while earlier replies are still arriving add none. Flights and",
        "bytes are counted after the login, bytes as received on the wire, without TLS. \"Never seen\" starts with an empty",
        "home. \"–\" is what a client does not do: alpine and aerc keep no summaries and ask for what is on the screen,",
        "mutt and neomutt show no list before they have all of it (with their header cache switched on), and Debian builds",
        "neomutt without COMPRESS. Seconds on loopback say what client and server cost; flights and bytes are what a real",
        "line multiplies. What sending costs is counted on the links to IMAP and submission server together (Dovecot with BURL), the log-in to the latter",
        "included; mutt and neomutt had fetched the message that they forward when it was read, and alpine and aerc are not driven to send.", "",
    ]
    if about["big"] != 100000:
        lines += ["**A trial: {:,} messages in the place of 100,000.**".format(about["big"]), ""]
    lines += ["| | " + " | ".join("%s" % results[n]["version"] for n in names) + " |",
              "|---" * (len(names) + 1) + "|"]
    for title, cell in ROWS:
        cells = []
        for name in names:
            value = cell(results[name])
            cells.append(value if value else "–")
        lines.append("| %s | %s |" % (title, " | ".join(cells)))
    errors = ["- %s, %s: %s" % (name, what, one["error"]) for name in names for what, one in results[name].items()
              if isinstance(one, dict) and "error" in one]
    if errors:
        lines += ["", "Not measured:", ""] + errors
    return "\n".join(lines) + "\n"
