// Oldrender is under a directory whose name begins with an underscore: package main, but not a program of the module.
package main

func main() {
	panic("must never be built")
}
