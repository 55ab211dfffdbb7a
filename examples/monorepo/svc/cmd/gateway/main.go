// Gateway answers each TCP connection with one line, which makes net the only
// package here that has a C half.
//
//	gateway addr=localhost:8080
//	gateway addr=localhost:0 once=yes    # serve itself once and exit
package main

import (
	"fmt"
	"io"
	"net"
	"os"

	"example.org/monorepo/libs/config"
	"example.org/monorepo/libs/version"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	c, err := config.Parse(args)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Get("addr", "localhost:8080"))
	if err != nil {
		return err
	}
	defer listener.Close()

	if c.Get("once", "no") == "yes" {
		go serve(listener)
		return ask(listener.Addr())
	}
	fmt.Println("gateway: listening on", listener.Addr())
	return serve(listener)
}

func serve(listener net.Listener) error {
	for {
		conn, err := listener.Accept()
		if err != nil {
			return err
		}
		fmt.Fprintf(conn, "gateway %s\n", version.Version)
		conn.Close()
	}
}

func ask(addr net.Addr) error {
	conn, err := net.Dial(addr.Network(), addr.String())
	if err != nil {
		return err
	}
	defer conn.Close()
	_, err = io.Copy(os.Stdout, conn)
	return err
}
