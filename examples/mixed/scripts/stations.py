"""Write the table of stations that the program embeds: ``stations.py OUTPUT NAME...``."""

import sys

target, *names = sys.argv[1:]
with open(target, "w", encoding="utf-8") as stream:
    stream.writelines(f"{number} {name}\n" for number, name in enumerate(names, 1))
