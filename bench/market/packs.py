"""Reads the pack of the benchmark with kpn-senml, in turns with nest, and prints Markdown."""

import subprocess
import sys
import time

from kpn_senml import SenmlPack

program = sys.argv[1]
text = subprocess.run([program, "pack"], capture_output=True, text=True, check=True).stdout
records = 10_000
ours = peer = float("inf")
for _ in range(3):
    ours = min(ours, float(subprocess.run([program, "nanoseconds"], capture_output=True, text=True, check=True).stdout))
    began = time.perf_counter()
    pack = SenmlPack("bench")
    pack.from_json(text)
    peer = min(peer, (time.perf_counter() - began) * 1e9 / records)
print("## A pack beside kpn-senml\n")
print(f"{records} records, the best of three in turns; kpn-senml is Python.\n")
print("| nest, µs a record | kpn-senml, µs a record | kpn-senml / nest |\n| ---: | ---: | ---: |")
print(f"| {ours / 1e3:.2f} | {peer / 1e3:.2f} | {peer / ours:.0f} |\n")
