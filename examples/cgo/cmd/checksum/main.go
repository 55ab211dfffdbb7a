// Checksum prints the Adler-32 checksum of a text, or of its standard input.
//
//	checksum -text Wikipedia
package main

import (
	"flag"
	"fmt"
	"io"
	"os"

	"example.org/cgo/internal/adler"
)

func main() {
	text := flag.String("text", "", "text to sum instead of the standard input")
	flag.Parse()

	data := []byte(*text)
	if len(data) == 0 {
		var err error
		if data, err = io.ReadAll(os.Stdin); err != nil {
			fmt.Fprintln(os.Stderr, "checksum:", err)
			os.Exit(1)
		}
	}
	fmt.Printf("%08x (modulus %d)\n", adler.Sum(data), adler.Modulus)
}
