package web

import (
	"testing"

	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// TestWordsOfCasesAreInChinese looks at the closed sets, whose words no page
// names one by one.
func TestWordsOfCasesAreInChinese(t *testing.T) {
	zh, err := loadChinese()
	if err != nil {
		t.Fatal(err)
	}
	var keys []string
	for _, state := range cases.States {
		keys = append(keys, "case "+string(state))
		if _, ok := caseChips[state]; !ok {
			t.Errorf("no colour for %s", state)
		}
	}
	for _, party := range []standing.PartyKind{standing.OfBody, standing.OfPerson, standing.OfPlatform} {
		for _, kind := range cases.MeasureKinds(party) {
			keys = append(keys, "measure "+string(kind))
			words := letterWords{zh, "你单位", cases.Case{}}
			if order := words.order(cases.Measure{Kind: kind}); order == zh.T("measure "+string(kind)) {
				t.Errorf("no letter orders %s", kind)
			}
		}
	}
	for _, op := range cases.Ops {
		keys = append(keys, "step "+string(op))
	}
	for _, source := range cases.Sources {
		keys = append(keys, "source "+string(source))
	}
	for _, act := range standing.Acts {
		keys = append(keys, "act "+string(act))
	}
	for _, kind := range []standing.BarKind{standing.Blacklisted, standing.Delisted, standing.Suspension, standing.Exclusion} {
		keys = append(keys, "bar "+string(kind))
	}
	for _, kind := range cases.LetterKinds {
		keys = append(keys, "letter "+string(kind))
		if letterHeadings[kind] == "" {
			t.Errorf("the letter %s has no heading", kind)
		}
	}
	for _, waits := range []cases.Actor{cases.ForOfficer, cases.ForReviewer, cases.ForParty} {
		keys = append(keys, "waits "+string(waits))
	}
	for _, key := range keys {
		if zh.catalog[key] == "" {
			t.Errorf("no Chinese for %q", key)
		}
	}
}
