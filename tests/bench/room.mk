# Measurements beside other clients: ./dev bench.
EXTRA_DIST += tests/bench/run tests/bench/bench.py tests/bench/clients.py tests/bench/measures.py tests/bench/report.py tests/bench/sending.py tests/bench/pop.py
