package web

import (
	"testing"
	"time"

	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func TestEveryTermOfTheRulebookHasItsEnglish(t *testing.T) {
	var words []string
	for level := rulebook.ChiefTechnician; level.Valid(); level++ {
		words = append(words, level.String())
	}
	for _, track := range rulebook.Tracks {
		words = append(words, track.String(), track.Certificate())
	}
	for _, kind := range []standing.Kind{standing.Employer, standing.School, standing.Social} {
		words = append(words, kind.Chinese())
	}
	for _, word := range words {
		if (language{Code: "en"}).term(word) == word {
			t.Errorf("%q has no English", word)
		}
	}
}

// Every parameter has words and a unit in both languages, in every region on
// any day that the rulebook speaks of.
func TestEveryParameterIsShownInWords(t *testing.T) {
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	zh, err := loadChinese()
	if err != nil {
		t.Fatal(err)
	}
	said := func(key string) {
		t.Helper()
		if zh.catalog[key] == "" {
			t.Errorf("no Chinese for %q", key)
		}
	}
	for _, rule := range plainRules {
		said(rule.What)
	}
	for _, region := range book.Regions() {
		for year := 2019; year < 2030; year++ {
			for _, p := range book.InForce(region.Code, time.Date(year, 12, 31, 0, 0, 0, 0, rulebook.Shanghai)) {
				for _, words := range []string{paramWords[p.Name], unitWords[p.Unit], kindWords[p.Kind]} {
					if words == "" {
						t.Fatalf("%s %s has no words for its name, unit or kind", p.Rule, p.Name)
					}
					said(words)
				}
				if p.Note != "" {
					said(p.Note)
				}
			}
		}
	}
}
