#include "units.h"

long units_fahrenheit(long celsius) { return celsius * 9 / 5 + 32000; }
