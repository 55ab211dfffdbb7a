// Package crc computes CRC-32 checksums: in C where cgo is on, and in Go
// where it is off, so that a pure Go program loses speed and nothing else.
package crc
