package table

import "testing"

func TestName(t *testing.T) {
	for number, want := range map[int32]string{1: "Harbour", 9: "station 9"} {
		if got := Name(number); got != want {
			t.Errorf("Name(%d) = %q, want %q", number, got, want)
		}
	}
}
