package config

import "testing"

func TestParse(t *testing.T) {
	c, err := Parse([]string{"name=gopher", "empty="})
	if err != nil {
		t.Fatal(err)
	}
	for key, want := range map[string]string{"name": "gopher", "empty": "", "other": "none"} {
		if got := c.Get(key, "none"); got != want {
			t.Errorf("Get(%q): got %q, want %q", key, got, want)
		}
	}
	if _, err := Parse([]string{"novalue"}); err == nil {
		t.Error("a setting without a value: got no error")
	}
}
