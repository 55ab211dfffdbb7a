#include "meter.h"

#include "calibration.h" /* generated: scripts/calibration.py */

long meter_celsius(long raw) {
    long value = raw * CALIBRATION_FACTOR / CALIBRATION_DIVISOR + CALIBRATION_OFFSET;
    if (value < CALIBRATION_LOWEST)
        return CALIBRATION_LOWEST;
    return value > CALIBRATION_HIGHEST ? CALIBRATION_HIGHEST : value;
}
