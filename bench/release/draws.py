"""Draws of discrete Laplace noise: opendp's measurement called from Python, and nest's, in turns in one run."""

import subprocess
import sys
import time

import opendp.prelude as dp

dp.enable_features("contrib")
DRAWS = 20_000
ROUNDS = 3


def opendp_nanoseconds(scale):
    space = dp.atom_domain(T=int), dp.absolute_distance(T=int)
    measurement = dp.m.make_laplace(*space, scale=scale)
    began = time.perf_counter_ns()
    for _ in range(DRAWS):
        measurement(0)
    return (time.perf_counter_ns() - began) // DRAWS


def nest_nanoseconds(program):
    lines = subprocess.run([program, "draws"], check=True, capture_output=True, text=True).stdout.splitlines()
    return {scale: int(nanoseconds) for scale, nanoseconds in (line.split() for line in lines)}


rounds = []
for _ in range(ROUNDS):
    nest = nest_nanoseconds(sys.argv[1])
    opendp = {scale: opendp_nanoseconds(int(scale.split("/")[0]) / int(scale.split("/")[1])) for scale in nest}
    rounds.append((nest, opendp))

print("## A draw of noise\n")
print(f"Discrete Laplace, {DRAWS} draws, the best of {ROUNDS} rounds in turns. opendp is called from Python, as its")
print("users call it: most of its time is the way from Python to its Rust code.\n")
print("| scale | nest, µs | opendp from Python, µs | opendp / nest |")
print("| ---: | ---: | ---: | ---: |")
for scale in rounds[0][0]:
    nest = min(nest[scale] for nest, _ in rounds) / 1_000
    opendp = min(opendp[scale] for _, opendp in rounds) / 1_000
    print(f"| {scale} | {nest:.2f} | {opendp:.1f} | {opendp / nest:.0f} |")
print()
