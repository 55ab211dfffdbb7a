//go:build pro

package edition

const name = "pro"

// MaxJobs is how many jobs a worker takes.
const MaxJobs = 64
