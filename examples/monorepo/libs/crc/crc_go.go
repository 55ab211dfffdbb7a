//go:build !cgo

package crc

import "hash/crc32"

// Language is what the sum is computed in.
const Language = "Go"

// Sum returns the checksum of data.
func Sum(data []byte) uint32 {
	return crc32.ChecksumIEEE(data)
}
