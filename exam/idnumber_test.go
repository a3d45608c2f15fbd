package exam

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

var today = time.Date(2026, 11, 21, 12, 0, 0, 0, rulebook.Shanghai)

func made(first17 string) string { return first17 + string(CheckCharacter(first17)) }

func TestParseIDNumber(t *testing.T) {
	good := made("41049919900101001")
	for _, c := range []struct {
		what, in string
		ok       bool
	}{
		{"a good one", good, true},
		{"with spaces around", " " + good + " ", true},
		{"the standard's own example", "11010519491231002X", true},
		{"its x in lower case", "11010519491231002x", true},
		{"a wrong check character", good[:17] + "?", false},
		{"two digits changed places", good[:5] + "1" + good[6:], false},
		{"too short", good[:17], false},
		{"fifteen digits of the old kind", "410499900101001", false},
		{"no such day", made("41049919900230001"), false},
		{"born tomorrow", made("41049920261122001"), false},
		{"letters", "4104991990010100AX", false},
		{"full-width digits", "４" + good[1:], false},
		{"empty", "", false},
	} {
		_, err := ParseIDNumber(c.in, today)
		if (err == nil) != c.ok || err != nil && !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

func TestAgeTurnsOnTheBirthday(t *testing.T) {
	id, err := ParseIDNumber(made("41049920101121001"), today)
	if err != nil {
		t.Fatal(err)
	}
	if got := id.AgeOn(today); got != 16 {
		t.Errorf("on the birthday: %d", got)
	}
	if got := id.AgeOn(today.AddDate(0, 0, -1)); got != 15 {
		t.Errorf("the day before: %d", got)
	}
}

func TestOneChangedDigitNeverPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		birth := time.Date(1950, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, rapid.IntRange(0, 20000).Draw(t, "days"))
		id := made(fmt.Sprintf("41%04d%s%03d", rapid.IntRange(0, 9999).Draw(t, "region"), birth.Format("20060102"), rapid.IntRange(0, 999).Draw(t, "serial")))
		if _, err := ParseIDNumber(id, today); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		at := rapid.IntRange(0, 16).Draw(t, "at")
		changed := []byte(id)
		changed[at] = '0' + (changed[at]-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
		if _, err := ParseIDNumber(string(changed), today); err == nil {
			t.Fatalf("%s passes for %s", changed, id)
		}
	})
}

func FuzzParseIDNumber(f *testing.F) {
	f.Add("11010519491231002X")
	f.Add("")
	f.Fuzz(func(t *testing.T, in string) {
		if id, err := ParseIDNumber(in, today); err == nil && (len(id.Masked()) != 18 || len(id.LastSix()) != 6 || id.AgeOn(today) < 0) {
			t.Errorf("%q", in)
		}
	})
}
