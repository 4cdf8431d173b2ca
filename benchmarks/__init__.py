"""How near is the store to its limits? Ratios, each against a limit of the same run on the same database.

`python -m benchmarks --help` tells what can be measured; docs/benchmarks.md tells how, and why it is fair.
"""
