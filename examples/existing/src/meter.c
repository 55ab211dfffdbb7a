#include "meter.h"

double meter_read(int sensor, int tick)
{
    return 20.0 + sensor + (tick * 7 + sensor * 3) % 5;
}
