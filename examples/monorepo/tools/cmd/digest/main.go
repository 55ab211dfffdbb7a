// Digest prints the CRC-32 checksum of each argument.
//
//	digest 123456789
package main

import (
	"fmt"
	"os"

	"example.org/monorepo/libs/crc"
)

func main() {
	for _, arg := range os.Args[1:] {
		fmt.Printf("%08x  %s (computed in %s)\n", crc.Sum([]byte(arg)), arg, crc.Language)
	}
}
