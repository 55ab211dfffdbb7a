package crc

/*
#cgo CFLAGS: -I${SRCDIR}/../include
#include "crc.h"
*/
import "C"

import "unsafe"

// Language is what the sum is computed in.
const Language = "C"

// Sum returns the checksum of data.
func Sum(data []byte) uint32 {
	p := (*C.uchar)(unsafe.SliceData(data))
	return uint32(C.crc32_sum(p, C.size_t(len(data))))
}
