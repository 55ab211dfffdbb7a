// Package meter calibrates raw readings, in C.
package meter

// #include "calibration.h"
// #include "meter.h"
import "C"

// Lowest is what the sensor can measure at the least, in thousandths of a degree Celsius.
const Lowest = int64(C.CALIBRATION_LOWEST)

// Celsius returns the temperature of a raw reading, in thousandths of a degree.
func Celsius(raw int64) int64 { return int64(C.meter_celsius(C.long(raw))) }
