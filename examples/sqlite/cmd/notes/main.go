// Notes keeps its arguments in an SQLite database in memory and lists them.
//
//	notes "buy milk" "call home"
package main

import (
	"database/sql"
	"fmt"
	"os"

	// The driver is SQLite itself, compiled by cgo. Without cgo the same
	// import is a stub: it compiles, links, and fails at the first query.
	_ "github.com/mattn/go-sqlite3"
)

func main() {
	texts := os.Args[1:]
	if len(texts) == 0 {
		texts = []string{"first note", "second note"}
	}
	if err := run(texts); err != nil {
		fmt.Fprintln(os.Stderr, "notes:", err)
		os.Exit(1)
	}
}

func run(texts []string) error {
	db, err := sql.Open("sqlite3", ":memory:")
	if err != nil {
		return err
	}
	defer db.Close()
	db.SetMaxOpenConns(1) // each connection would have a memory of its own

	if _, err := db.Exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY, text TEXT NOT NULL)`); err != nil {
		return err
	}
	for _, text := range texts {
		if _, err := db.Exec(`INSERT INTO notes (text) VALUES (?)`, text); err != nil {
			return err
		}
	}
	return list(db)
}

func list(db *sql.DB) error {
	var version string
	if err := db.QueryRow(`SELECT sqlite_version()`).Scan(&version); err != nil {
		return err
	}
	fmt.Println("SQLite", version)

	rows, err := db.Query(`SELECT id, text FROM notes ORDER BY id`)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var id int
		var text string
		if err := rows.Scan(&id, &text); err != nil {
			return err
		}
		fmt.Printf("%d  %s\n", id, text)
	}
	return rows.Err()
}
