"""Write the table of stations that the program embeds: ``stations.py OUTPUT NAME...``."""

import sys


def main(target, *names):
    with open(target, "w", encoding="utf-8") as stream:
        stream.writelines(f"{number} {name}\n" for number, name in enumerate(names, 1))


main(*sys.argv[1:])
