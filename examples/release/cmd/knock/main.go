// Knock says whether something listens at addresses.
package main

import (
	"flag"
	"fmt"
	"net"
	"os"
	"runtime"
	"time"
)

// version is set by the linker: see GOXDEFS in the SConscript.
var version = "dev"

func main() {
	timeout := flag.Duration("timeout", 3*time.Second, "how long to wait at each address")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()

	if *showVersion {
		fmt.Printf("knock %s (%s/%s)\n", version, runtime.GOOS, runtime.GOARCH)
		return
	}
	status := 0
	for _, address := range flag.Args() {
		connection, err := net.DialTimeout("tcp", address, *timeout)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
			continue
		}
		connection.Close()
		fmt.Printf("%s: open\n", address)
	}
	os.Exit(status)
}
