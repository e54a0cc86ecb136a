"""./dev bench: Malle beside the clients that Debian has, and beside the programs that fetch by POP3, on one private Dovecot, through the counting proxy.

    ./dev bench [--only malle,alpine] [--small]

Writes doc/benchmarks.md (only when everything was measured) and build/bench.json. --small measures a mailbox
of 10,000 in the place of 100,000, to try the measuring itself."""

import datetime
import json
import os
import platform
import sys
import traceback

import clients
import measures
import pop
import report
import sending
from support import mailsets, tap
from support.servers.dovecot import Dovecot


def measured(kind, what, function, *arguments, **options):
    print("%-8s %s" % (kind.name, what), file=sys.stderr, flush=True)
    try:
        return function(kind, *arguments, **options)
    except Exception as error:          # one client that cannot be driven is no reason to lose the others
        traceback.print_exc()
        return {"error": str(error).splitlines()[0][:200] if str(error) else type(error).__name__}


def main():
    arguments = sys.argv[1:]
    big = 10000 if "--small" in arguments else 100000
    kinds = [clients.Malle] + clients.OTHERS
    chosen = next((arguments[i + 1].split(",") for i, a in enumerate(arguments) if a == "--only"), None)
    if chosen:
        kinds = [k for k in kinds if k.name in chosen]
    results = {}
    for kind in kinds:
        results[kind.name] = {"version": kind.version()}
    for count in (1000, big):
        with Dovecot(home_source=mailsets.home(count)) as server:
            newest = measures.newest_subject(server)
            for kind in kinds:
                mine = results[kind.name]
                size = "small" if count == 1000 else "large"
                mine["open " + size] = measured(kind, "open %d" % count, measures.cold_and_warm, server, newest)
                if size == "small":
                    mine["open small far"] = measured(kind, "open %d, 100 ms away" % count, measures.cold_and_warm, server,
                                                      newest, rtt=100)
                    mine["letter"] = measured(kind, "a letter with 5 MB", measures.read_letter, server)
                    mine["flag contiguous"] = measured(kind, "flag 1,000", measures.flag, server, newest,
                                                       "flag_contiguous")
                else:
                    mine["open large far"] = measured(kind, "open %d, 100 ms away" % count, measures.cold_and_warm, server,
                                                      newest, rtt=100)
                    mine["keys"] = measured(kind, "keys at rest and frozen", measures.keys_at_rest, server, newest)
                    mine["keys fetching"] = measured(kind, "keys while fetching", measures.keys_while_fetching, server,
                                                     newest)
                    mine["summaries compressed"] = measured(kind, "all summaries, compressed", measures.all_summaries,
                                                            server, newest, count, True)
                    mine["search body"] = measured(kind, "a word in the texts", measures.search_body, server, newest)
                    mine["flag scattered"] = measured(kind, "flag scattered ones", measures.flag, server, newest,
                                                      "flag_scattered")
    for kind in kinds:
        for way in ("attach", "forward"):
            results[kind.name]["send " + way] = measured(kind, "sending: " + way, sending.send, mailsets.home(1000), way)
    with Dovecot(home_source=mailsets.home(big), compress=False) as server:
        newest = measures.newest_subject(server)
        for kind in kinds:
            results[kind.name]["summaries"] = measured(kind, "all summaries", measures.all_summaries, server, newest, big,
                                                       False)
    fetchers = {one.name: measured(one, "10,000 letters by POP3", lambda kind: pop.measure(kind)) for one in pop.FETCHERS if not chosen or one.name in chosen}
    with open("/proc/cpuinfo") as file:
        model = next((line.split(":", 1)[1].strip() for line in file if line.startswith("model name")), platform.machine())
    about = {"date": datetime.date.today().isoformat(), "big": big, "cpu": model, "cores": os.cpu_count()}
    with open(os.path.join(tap.build_dir(), "bench.json"), "w") as file:
        json.dump({"about": about, "results": results, "pop": fetchers}, file, indent=1)
    text = report.page(about, results) + pop.section(fetchers)
    if chosen or big != 100000:
        print(text)
    else:
        with open(os.path.join(tap.source_dir(), "doc", "benchmarks.md"), "w") as file:
            file.write(text)
        print("doc/benchmarks.md is written", file=sys.stderr)


if __name__ == "__main__":
    main()
