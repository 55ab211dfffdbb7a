"""Write the C header with the constants of a calibration file: ``calibration.py INPUT OUTPUT``."""

import sys

source, target = sys.argv[1:]
with open(source, encoding="utf-8") as stream:
    values = dict(line.split() for line in stream if line.strip() and not line.startswith("#"))
with open(target, "w", encoding="utf-8") as stream:
    stream.write("/* Made by scripts/calibration.py. */\n")
    stream.writelines(f"#define CALIBRATION_{name.upper()} {int(value)}L\n" for name, value in values.items())
