// Worker takes as many jobs as its edition allows.
//
//	worker jobs=5
package main

import (
	"fmt"
	"os"
	"strconv"

	"example.org/monorepo/libs/config"
	"example.org/monorepo/libs/edition"
	"example.org/monorepo/libs/version"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "worker:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	c, err := config.Parse(args)
	if err != nil {
		return err
	}
	jobs, err := strconv.Atoi(c.Get("jobs", "1"))
	if err != nil {
		return err
	}
	fmt.Printf("worker %s (%s)\n", version.Version, edition.String())
	if jobs > edition.MaxJobs {
		return fmt.Errorf("%d jobs are too many", jobs)
	}
	for job := 1; job <= jobs; job++ {
		fmt.Println("job", job, "done")
	}
	return nil
}
