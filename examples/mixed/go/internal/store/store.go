// Package store keeps readings, as protocol buffers.
package store

import (
	"google.golang.org/protobuf/proto"

	"example.org/gauge/readingpb"
)

// Encode returns the bytes of a reading.
func Encode(station int32, raw int64) ([]byte, error) {
	return proto.Marshal(&readingpb.Reading{Station: station, Raw: raw})
}

// Decode returns the reading that Encode made bytes of.
func Decode(data []byte) (station int32, raw int64, err error) {
	var reading readingpb.Reading
	err = proto.Unmarshal(data, &reading)
	return reading.Station, reading.Raw, err
}
