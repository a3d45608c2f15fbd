package fault

import (
	"errors"
	"fmt"
	"io"
	"testing"
)

func TestCodesSurviveWrapping(t *testing.T) {
	refusal := New(Refused, "exam.Notify", "%d days", 3).By(Rule{ID: "R02"}).With(Issue{Row: 2, Column: "x", Text: Textf("y")})
	for _, c := range []struct {
		err  error
		want Code
	}{
		{nil, ""},
		{io.EOF, Internal},
		{refusal, Refused},
		{fmt.Errorf("outer: %w", refusal), Refused},
		{Wrap("op", refusal), Refused},
		{Wrap("op", io.EOF), Internal},
		{Wrap("op", nil), ""},
		{errors.Join(io.EOF, refusal), Refused},
	} {
		if got := CodeOf(c.err); got != c.want {
			t.Errorf("%v: %q, want %q", c.err, got, c.want)
		}
	}
	if got := refusal.Error(); got != "exam.Notify: refused: 3 days (R02); row 2 x: y" {
		t.Error(got)
	}
	if !errors.Is(Wrap("op", io.EOF), io.EOF) {
		t.Error("the cause is lost")
	}
}
