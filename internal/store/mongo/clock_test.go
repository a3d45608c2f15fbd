package mongo

import (
	"log/slog"
	"testing"
	"time"
)

// TestClocksAgree has instances whose own clocks are ten minutes apart, and one
// whose clock is set while it runs.
func TestClocksAgree(t *testing.T) {
	ctx, name := t.Context(), newName(t)
	ahead := 10 * time.Minute
	one := openAt(t, name)
	two, err := Open(ctx, server(t), name, func() time.Time { return time.Now().Add(ahead) }, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { two.Close() })
	apart := func() time.Duration { return two.Now().Sub(one.Now()).Abs() }
	if apart() > 5*time.Second {
		t.Errorf("instances ten minutes apart are %s apart", apart())
	}
	ahead = -time.Hour
	if err := two.Synchronise(ctx); err != nil {
		t.Fatal(err)
	}
	if apart() > 5*time.Second {
		t.Errorf("after its clock was set they are %s apart", apart())
	}
	before := one.Now()
	for range 20 {
		if err := one.Synchronise(ctx); err != nil {
			t.Fatal(err)
		}
		if now := one.Now(); now.Before(before) {
			t.Errorf("the clock went back by %s", before.Sub(now))
		} else {
			before = now
		}
	}
}
