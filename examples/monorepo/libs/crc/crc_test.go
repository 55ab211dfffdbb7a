package crc

import "testing"

func TestSum(t *testing.T) {
	for text, want := range map[string]uint32{"": 0, "123456789": 0xcbf43926} {
		if got := Sum([]byte(text)); got != want {
			t.Errorf("Sum(%q): got %08x, want %08x", text, got, want)
		}
	}
}
