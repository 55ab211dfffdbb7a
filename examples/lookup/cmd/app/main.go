// Without the next line the net package uses libc only where the system's
// configuration needs it. With it, libc answers wherever it is linked in.
//
//go:debug netdns=cgo

// App looks up a user and a host, and says whether libc or Go answered.
//
//	app -user root -host localhost
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"example.org/lookup/internal/lookup"
)

const timeout = 5 * time.Second

func main() {
	username := flag.String("user", "", "look up this user")
	hostname := flag.String("host", "", "look up this host")
	flag.Parse()
	if flag.NArg() > 0 || (*username == "" && *hostname == "") {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*username, *hostname); err != nil {
		fmt.Fprintln(os.Stderr, "app:", err)
		os.Exit(1)
	}
}

func run(username, hostname string) error {
	if username != "" {
		u, err := lookup.User(username)
		if err != nil {
			return err
		}
		fmt.Printf("user %s: uid %s, home %s (resolved by %s)\n", username, u.Uid, u.HomeDir, lookup.Resolver)
	}
	if hostname != "" {
		ctx, cancel := context.WithTimeout(context.Background(), timeout)
		defer cancel()
		addrs, err := lookup.Host(ctx, hostname)
		if err != nil {
			return err
		}
		fmt.Printf("host %s: %s (resolved by %s)\n", hostname, strings.Join(addrs, " "), lookup.Resolver)
	}
	return nil
}
