// Hello greets. Nothing it imports has a C half, so it links statically
// whether cgo is on or off.
package main

import (
	"flag"
	"fmt"
	"strings"
)

// version is set by the linker: see GOXDEFS in the SConscript.
var version = "dev"

func main() {
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()

	if *showVersion {
		fmt.Println("hello", version)
		return
	}
	who := "world"
	if flag.NArg() > 0 {
		who = strings.Join(flag.Args(), " ")
	}
	fmt.Printf("Hello, %s!\n", who)
}
