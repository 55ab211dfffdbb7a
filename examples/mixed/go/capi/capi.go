// Package main is the C interface: an archive for programs in C.
package main

import "C"

import (
	"fmt"

	"example.org/gauge/internal/meter"
)

// GaugeDescribe returns a raw reading in words, which the caller frees.
//
//export GaugeDescribe
func GaugeDescribe(raw C.long) *C.char {
	return C.CString(fmt.Sprintf("%d thousandths of a degree", meter.Celsius(int64(raw))))
}

func main() {}
