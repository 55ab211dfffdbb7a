#ifndef METER_H
#define METER_H

/* The reading of a sensor at a point in time. */
double meter_read(int sensor, int tick);

#endif
