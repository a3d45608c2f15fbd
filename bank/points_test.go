package bank_test

import (
	"testing"

	"kaoping/bank"
	"kaoping/internal/fault"
)

func TestPointsReadAndPrint(t *testing.T) {
	for text, want := range map[string]bank.Points{"60": 60_00, " 1.5 ": 1_50, "2.25": 2_25, "0": 0, "0.05": 5, "10000": 1_000_000} {
		got, err := bank.ParsePoints(text)
		if err != nil || got != want {
			t.Errorf("%s: %d %v", text, got, err)
		}
		if again, err := bank.ParsePoints(got.String()); err != nil || again != got {
			t.Errorf("%s prints as %s", text, got)
		}
	}
	for _, text := range []string{"", "-1", "1.234", "1e3", "10000.01", "10001", "六十", "1.五"} {
		if got, err := bank.ParsePoints(text); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %d %v", text, got, err)
		}
	}
}
