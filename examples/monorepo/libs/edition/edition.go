// Package edition says which edition a program was built as: the build tag
// "pro" selects the file that sets it.
package edition

import "fmt"

// String describes the edition.
func String() string {
	return fmt.Sprintf("%s edition, at most %d jobs", name, MaxJobs)
}
