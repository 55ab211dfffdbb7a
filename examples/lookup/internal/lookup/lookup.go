// Package lookup resolves users and hosts.
//
// It has no C of its own. It imports net and os/user, which have two
// implementations each: with cgo they call libc (getaddrinfo, getpwnam_r),
// without it they read /etc/hosts, /etc/resolv.conf and /etc/passwd in Go.
package lookup

import (
	"context"
	"net"
	"os/user"
)

// User returns the user of that name.
func User(name string) (*user.User, error) {
	return user.Lookup(name)
}

// Host returns the addresses of a host.
func Host(ctx context.Context, name string) ([]string, error) {
	return net.DefaultResolver.LookupHost(ctx, name)
}
