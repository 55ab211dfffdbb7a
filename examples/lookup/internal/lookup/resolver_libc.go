//go:build cgo && !netgo && !osusergo

package lookup

// Resolver names what answers in this build: net and os/user use libc when cgo
// is on and the tags netgo and osusergo, which GORESOLVER=go sets, are not.
const Resolver = "libc"
