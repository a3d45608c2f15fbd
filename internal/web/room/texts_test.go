package room

import (
	"regexp"
	"slices"
	"strconv"
	"testing"
)

// said finds what the sources say: t("English format", …).
var said = regexp.MustCompile(`\bt\(\s*("(?:[^"\\]|\\.)*")`)

// called finds every call of t.
var called = regexp.MustCompile(`[^n] t\(|[^\w ]t\(`) // not the declaration, "function t("

func TestEverySentenceIsListed(t *testing.T) {
	used := map[string]bool{}
	for name, source := range readSources(t) {
		for _, match := range said.FindAllStringSubmatch(source, -1) {
			key, err := strconv.Unquote(match[1])
			if err != nil {
				t.Fatalf("%s: %s: %v", name, match[1], err)
			}
			used[key] = true
			if !slices.Contains(Texts, key) {
				t.Errorf("%s says %q, which Texts lacks", name, key)
			}
		}
		if calls := called.FindAllString(source, -1); len(calls) > len(said.FindAllString(source, -1)) {
			t.Errorf("%s calls t with something else than a plain string", name)
		}
	}
	for _, key := range Texts {
		if !used[key] {
			t.Errorf("Texts has %q, which nothing says", key)
		}
	}
	if !slices.IsSorted(Texts) {
		t.Error("Texts is not in order")
	}
}

func readSources(t *testing.T) map[string]string {
	t.Helper()
	entries, err := sources.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, entry := range entries {
		raw, err := sources.ReadFile(entry.Name())
		if err != nil {
			t.Fatal(err)
		}
		all[entry.Name()] = string(raw)
	}
	return all
}
