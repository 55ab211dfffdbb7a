// Package units converts temperatures, in C.
package units

// #include "units.h"
import "C"

// Fahrenheit converts thousandths of a degree Celsius to thousandths of a degree Fahrenheit.
func Fahrenheit(celsius int64) int64 { return int64(C.units_fahrenheit(C.long(celsius))) }
