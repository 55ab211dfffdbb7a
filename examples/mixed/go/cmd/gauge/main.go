// Gauge prints readings of temperature sensors.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"

	"example.org/gauge/internal/meter"
	"example.org/gauge/internal/store"
	"example.org/gauge/internal/table"
	"example.org/gauge/internal/units"
)

// Set by the linker: version is in the signature of the program, commit is not.
var (
	version = "dev"
	commit  = "unknown"
)

func main() {
	station := flag.Int("station", 1, "number of the station")
	fahrenheit := flag.Bool("f", false, "print degrees Fahrenheit")
	man := flag.Bool("man", false, "print the manual page and exit")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()

	switch {
	case *man:
		manual()
	case *showVersion:
		fmt.Println("gauge", version, commit)
	default:
		for _, argument := range flag.Args() {
			if err := report(int32(*station), argument, *fahrenheit); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
}

func report(station int32, argument string, fahrenheit bool) error {
	raw, err := strconv.ParseInt(argument, 10, 64)
	if err != nil {
		return err
	}
	data, err := store.Encode(station, raw)
	if err != nil {
		return err
	}
	number, value, err := store.Decode(data)
	if err != nil {
		return err
	}
	degrees, unit := meter.Celsius(value), "C"
	if fahrenheit {
		degrees, unit = units.Fahrenheit(degrees), "F"
	}
	fmt.Printf("%s: %.3f %s\n", table.Name(number), float64(degrees)/1000, unit)
	return nil
}

func manual() {
	fmt.Printf(".TH GAUGE 1 \"\" \"gauge %s\"\n.SH NAME\ngauge \\- print readings of temperature sensors\n.SH OPTIONS\n", version)
	flag.VisitAll(func(option *flag.Flag) {
		fmt.Printf(".TP\n.B \\-%s\n%s\n", option.Name, option.Usage)
	})
}
