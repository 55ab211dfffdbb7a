// Package readingpb is made of proto/reading.proto, in the build folder. go vet wants its folder to be here.
package readingpb
