// Meterctl summarises the readings that meterd prints.
//
//	meterd | meterctl
package main

import (
	"fmt"
	"io"
	"os"
	"sort"
)

type summary struct {
	count         int
	min, max, sum float64
}

func (s *summary) add(value float64) {
	if s.count == 0 || value < s.min {
		s.min = value
	}
	if s.count == 0 || value > s.max {
		s.max = value
	}
	s.count++
	s.sum += value
}

func main() {
	summaries, err := summarise(os.Stdin)
	if err != nil {
		fmt.Fprintln(os.Stderr, "meterctl:", err)
		os.Exit(1)
	}
	names := make([]string, 0, len(summaries))
	for name := range summaries {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		s := summaries[name]
		fmt.Printf("%s: %d readings, %.1f to %.1f, mean %.2f\n", name, s.count, s.min, s.max, s.sum/float64(s.count))
	}
}

func summarise(r io.Reader) (map[string]*summary, error) {
	summaries := map[string]*summary{}
	for {
		var name string
		var value float64
		switch _, err := fmt.Fscanln(r, &name, &value); err {
		case nil:
		case io.EOF:
			return summaries, nil
		default:
			return nil, err
		}
		if summaries[name] == nil {
			summaries[name] = &summary{}
		}
		summaries[name].add(value)
	}
}
