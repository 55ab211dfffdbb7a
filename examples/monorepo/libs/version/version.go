// Package version holds the one version of everything in the repository.
package version

// Version is set by the linker: see GOXDEFS in the SConscript.
var Version = "dev"
