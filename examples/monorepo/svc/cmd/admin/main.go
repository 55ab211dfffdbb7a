// Admin shows the settings of the services. The module tools has a program of
// the same name.
package main

import (
	"fmt"
	"os"
	"sort"

	"example.org/monorepo/libs/config"
	"example.org/monorepo/libs/version"
)

func main() {
	c, err := config.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "admin:", err)
		os.Exit(1)
	}
	keys := make([]string, 0, len(c))
	for key := range c {
		keys = append(keys, key)
	}
	sort.Strings(keys)

	fmt.Println("admin of svc", version.Version)
	for _, key := range keys {
		fmt.Printf("%s = %s\n", key, c[key])
	}
}
