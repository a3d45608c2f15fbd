package web

import (
	"regexp"
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

// Every parameter as shipped is shown in words of either language, never as it
// is written in the data.
func TestEveryParameterIsShownInWords(t *testing.T) {
	s := bare(t)
	raw := regexp.MustCompile(`[a-z]+_[a-z]+|%!`)
	for _, l := range []language{s.chinese, s.english} {
		r := &request{s: s, language: l}
		for _, p := range s.Book.Edition().Params {
			row := s.ruleRow(r, p, "410423")
			for _, text := range []string{row.What, row.Amount, l.T(row.Kept)} {
				if text == "" || raw.MatchString(text) || l.Code == "zh" && regexp.MustCompile(`[a-z]`).MatchString(text) {
					t.Errorf("%s %s in %s: %q", p.Name, p.Value, l.Code, text)
				}
			}
		}
	}
}

func TestValuesInWords(t *testing.T) {
	s := bare(t)
	day := time.Date(2026, 11, 21, 0, 0, 0, 0, rulebook.Shanghai)
	for _, c := range []struct{ region, name, chinese, english string }{
		{"411200", "blended_exam_months", "4月、8月、12月", "April, August, December"},
		{"410400", "platform_ban", "自违规之日起，为期 2 年", "from the breach, for 2 years"},
		{"410100", "platform_ban", "自发现之日起，不设期限", "from discovery, without a term"},
		{"411400", "mix_cap", "20%", "20%"},
		{"411200", "satisfaction_effect", "停止新开班", "no new classes begin"},
		{"410100", "problems_bar_since", "2022年1月1日", "1 Jan 2022"},
		{"410400", "notice_days", "3 个自然日", "3 calendar days"},
	} {
		p, ok := s.Book.At(c.region, day, rulebook.Completion, c.name)
		if !ok {
			t.Fatal(c)
		}
		if zh, en := (&request{s: s, language: s.chinese}).amount(p), (&request{s: s, language: s.english}).amount(p); zh != c.chinese || en != c.english {
			t.Errorf("%s: %q, %q", c.name, zh, en)
		}
	}
	ended := rulebook.Param{Name: "notice_days", Value: rulebook.None}
	if got := (&request{s: s, language: s.english}).amount(ended); got != "none of its own any more" {
		t.Error(got)
	}
	old := rulebook.Param{Name: "of_an_older_release", Value: "7", Unit: "moons"}
	if got := (&request{s: s, language: s.english}).amount(old); got != "7 moons" {
		t.Error(got)
	}
}
