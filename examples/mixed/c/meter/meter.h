/* Calibration of raw readings: a static library. */
#ifndef METER_H
#define METER_H

/* Returns the temperature in thousandths of a degree Celsius, held to what the sensor can measure. */
long meter_celsius(long raw);

#endif
