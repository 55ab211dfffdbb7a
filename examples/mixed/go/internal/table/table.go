// Package table knows the names of stations, from a table that the build makes.
package table

import (
	_ "embed"
	"fmt"
	"strings"
)

//go:embed stations.txt
var stations string

// Name returns the name of a station.
func Name(number int32) string {
	for _, line := range strings.Split(stations, "\n") {
		var found int32
		var name string
		if _, err := fmt.Sscan(line, &found, &name); err == nil && found == number {
			return name
		}
	}
	return fmt.Sprintf("station %d", number)
}
