package main

import (
	"context"
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// forgetful is a record store that for a while cannot read the answers of who has handed in.
type forgetful struct {
	exam.Store
	away bool
}

func (f *forgetful) Answers(ctx context.Context, attempt string) (map[string]exam.Answer, error) {
	if a, err := f.Attempt(ctx, attempt); f.away && err == nil && a.State == exam.Submitted {
		return nil, fault.New(fault.Unavailable, "forgetful.Answers", "the store cannot be used at the moment: try again")
	}
	return f.Store.Answers(ctx, attempt)
}

// TestASittingEndedBeforeItsPapersAreMarkedGoesOnByItself ends a sitting whose
// hand-ins could not be marked at once: nobody has to end it again.
func TestASittingEndedBeforeItsPapersAreMarkedGoesOnByItself(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := context.Background()
	sitting, list := a.runningSitting(t, 2)
	store := &forgetful{Store: a.store, away: true}
	a.exam.Store = store
	for _, e := range list {
		if err := a.sit(ctx, e, 90, testNow.Add(40*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.set(testNow.Add(time.Hour))
	stands := func(want exam.State) {
		t.Helper()
		a.tick(ctx)
		if now, err := a.store.Sitting(ctx, sitting.ID); err != nil || now.State != want {
			t.Errorf("the sitting is %s, want %s: %v", now.State, want, err)
		}
	}
	if err := a.exam.Close(ctx, a.people["invigilator1"], sitting.ID, true); err != nil {
		t.Fatal(err)
	}
	stands(exam.Closed)
	store.away = false
	stands(exam.Marked)
}
