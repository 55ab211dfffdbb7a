//go:build !pro

package edition

const name = "free"

// MaxJobs is how many jobs a worker takes.
const MaxJobs = 2
