// Admin shows how the tools were built. The module svc has a program of the
// same name.
package main

import (
	"fmt"

	"example.org/monorepo/libs/edition"
	"example.org/monorepo/libs/version"
)

func main() {
	fmt.Println("admin of tools", version.Version)
	fmt.Println(edition.String())
}
