package vault

import (
	"bytes"
	"strings"
	"testing"

	"kaoping/internal/fault"
)

func TestSealedValuesOpenOnlyForTheirPurposeAndKey(t *testing.T) {
	v, err := New(bytes.Repeat([]byte{1}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	sealed := v.Seal("id-number", "41049919900101001X")
	if strings.Contains(sealed, "4104") || sealed == v.Seal("id-number", "41049919900101001X") {
		t.Error("sealed text shows through, or repeats")
	}
	if got, err := v.Open("id-number", sealed); err != nil || got != "41049919900101001X" {
		t.Errorf("%q %v", got, err)
	}
	other, _ := New(bytes.Repeat([]byte{2}, KeySize))
	for what, open := range map[string]func() (string, error){
		"another purpose": func() (string, error) { return v.Open("photo", sealed) },
		"another key":     func() (string, error) { return other.Open("id-number", sealed) },
		"a changed value": func() (string, error) { return v.Open("id-number", "A"+sealed[1:]+"A") },
	} {
		if _, err := open(); !fault.Is(err, fault.Internal) {
			t.Errorf("%s: %v", what, err)
		}
	}
	once, again := v.Hash("id-number", "x"), v.Hash("id-number", "x")
	if once != again || v.Hash("id-number", "x") == other.Hash("id-number", "x") || v.Hash("a", "x") == v.Hash("b", "x") {
		t.Error("the hash depends on key, purpose and text")
	}
	if _, err := New([]byte("short")); !fault.Is(err, fault.Invalid) {
		t.Errorf("a short key: %v", err)
	}
}

func TestDigitsAndTokens(t *testing.T) {
	seen := map[string]bool{}
	for range 200 {
		d := Digits(6)
		if len(d) != 6 || strings.Trim(d, "0123456789") != "" {
			t.Fatal(d)
		}
		seen[Token()] = true
	}
	if len(seen) != 200 {
		t.Error("tokens repeat")
	}
}
