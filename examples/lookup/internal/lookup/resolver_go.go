//go:build !cgo || netgo || osusergo

package lookup

// Resolver names what answers in this build: see resolver_libc.go.
const Resolver = "Go"
