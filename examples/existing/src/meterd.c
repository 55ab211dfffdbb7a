/* Prints ten readings of each of three sensors: "<sensor> <value>". */
#include <stdio.h>

#include "meter.h"

int main(void)
{
    for (int tick = 0; tick < 10; tick++)
        for (int sensor = 0; sensor < 3; sensor++)
            printf("s%d %.1f\n", sensor, meter_read(sensor, tick));
    return 0;
}
