// Package config reads settings written as key=value.
package config

import (
	"fmt"
	"strings"
)

// Config is a set of settings.
type Config map[string]string

// Parse reads one setting from each argument.
func Parse(args []string) (Config, error) {
	c := Config{}
	for _, arg := range args {
		key, value, ok := strings.Cut(arg, "=")
		if !ok || key == "" {
			return nil, fmt.Errorf("setting %q: want key=value", arg)
		}
		c[key] = value
	}
	return c, nil
}

// Get returns the value of a setting, or fallback where there is none.
func (c Config) Get(key, fallback string) string {
	if value, ok := c[key]; ok {
		return value
	}
	return fallback
}
