// Package adler computes Adler-32 checksums in C.
//
// All its Go files import "C", so without cgo there is no package: a program
// that needs it can be dynamic, static-libc or static-pie, never pure Go.
package adler

/*
#cgo CFLAGS: -I${SRCDIR}/../include
#include "adler.h"
*/
import "C"

import "unsafe"

// Modulus is the base of the checksum, as the C header defines it.
const Modulus = C.ADLER_MODULUS

// Sum returns the checksum of data.
func Sum(data []byte) uint32 {
	p := (*C.uchar)(unsafe.SliceData(data))
	return uint32(C.adler_sum(p, C.size_t(len(data))))
}
