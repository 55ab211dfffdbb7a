// Broken is under testdata: package main, but not a program of the module.
package main

func main() {
	panic("must never be built")
}
