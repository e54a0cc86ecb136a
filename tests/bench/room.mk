# Measurements beside other clients: ./dev bench.
