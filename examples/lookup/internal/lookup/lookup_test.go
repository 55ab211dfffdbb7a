package lookup

import (
	"context"
	"testing"
)

func TestUser(t *testing.T) {
	u, err := User("root")
	if err != nil {
		t.Fatal(err)
	}
	if u.Uid != "0" {
		t.Errorf("uid of root: got %s, want 0", u.Uid)
	}
}

func TestHost(t *testing.T) {
	addrs, err := Host(context.Background(), "localhost")
	if err != nil {
		t.Fatal(err)
	}
	if len(addrs) == 0 {
		t.Error("localhost has no address")
	}
}
