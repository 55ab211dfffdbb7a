// Hostload prints the load of the machine, which it asks libc for.
package main

/*
#define _DEFAULT_SOURCE
#include <stdlib.h>
*/
import "C"

import (
	"fmt"
	"os"
)

func main() {
	var load [3]C.double
	if n := C.getloadavg(&load[0], C.int(len(load))); int(n) != len(load) {
		fmt.Fprintln(os.Stderr, "hostload: the load is not known")
		os.Exit(1)
	}
	fmt.Printf("load %.2f %.2f %.2f\n", load[0], load[1], load[2])
}
