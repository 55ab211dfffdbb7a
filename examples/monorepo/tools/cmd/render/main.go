// Render fills in one of the templates that are embedded in it, or lists them.
//
//	render
//	render greeting.txt name=gopher
package main

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path"

	"example.org/monorepo/libs/config"
	"example.org/monorepo/libs/version"
)

// The pattern is a directory: a file added under it is embedded by the next
// build, without a change to any Go file.
//
//go:embed templates
var templates embed.FS

const root = "templates"

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "render:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return list()
	}
	c, err := config.Parse(args[1:])
	if err != nil {
		return err
	}
	text, err := templates.ReadFile(path.Join(root, args[0]))
	if err != nil {
		return err
	}
	fmt.Print(os.Expand(string(text), func(key string) string {
		return c.Get(key, "?")
	}))
	return nil
}

func list() error {
	fmt.Println("render", version.Version)
	files, err := fs.Sub(templates, root)
	if err != nil {
		return err
	}
	return fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() {
			fmt.Println(name)
		}
		return err
	})
}
