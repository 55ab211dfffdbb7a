package meter

import (
	"bufio"
	"fmt"
	"os"
	"testing"
)

func TestCelsius(t *testing.T) {
	golden, err := os.Open("testdata/celsius.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer golden.Close()
	for lines := bufio.NewScanner(golden); lines.Scan(); {
		var raw, want int64
		if _, err := fmt.Sscan(lines.Text(), &raw, &want); err != nil {
			t.Fatal(err)
		}
		t.Run(fmt.Sprint(raw), func(t *testing.T) {
			if got := Celsius(raw); got != want {
				t.Errorf("Celsius(%d) = %d, want %d", raw, got, want)
			}
		})
	}
}

func TestLowestIsNotUndercut(t *testing.T) {
	if got := Celsius(-1 << 20); got != Lowest {
		t.Errorf("got %d, want %d", got, Lowest)
	}
}
