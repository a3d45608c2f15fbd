package certify

import (
	"strings"
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func TestNumbersOfSkillLevels(t *testing.T) {
	day := time.Date(2026, 11, 20, 12, 0, 0, 0, rulebook.Shanghai)
	social := standing.Body{Kind: standing.Social, Code: "0000", Region: "410423"}
	employer := standing.Body{Kind: standing.Employer, Code: "0417", Region: "410400"}
	site := standing.Site{Serial: "000012"}
	for _, c := range []struct {
		what   string
		body   standing.Body
		level  rulebook.Level
		day    time.Time
		serial int
		want   string
	}{
		{"a social body filed with the province", social, rulebook.SeniorWorker, day, 187, "S000041000012263000187"},
		{"an employer", employer, rulebook.SeniorTechnician, day, 1, "Y041741000012261000001"},
		{"the last serial", social, rulebook.JuniorWorker, day, 999_999, "S000041000012265999999"},
		{"the year is Shanghai's", social, rulebook.JuniorWorker, time.Date(2026, 12, 31, 16, 0, 0, 0, time.UTC), 1, "S000041000012275000001"},
		{"serials used up", social, rulebook.JuniorWorker, day, 1_000_000, ""},
		{"a level without a digit", social, rulebook.ChiefTechnician, day, 1, ""},
		{"an apprentice", social, rulebook.Apprentice, day, 1, ""},
	} {
		got, err := number(rulebook.SkillLevel, c.body, site, c.level, c.day, c.serial)
		if got != c.want || (err != nil) != (c.want == "") || err == nil && len(got) != NumberLength {
			t.Errorf("%s: %q %v", c.what, got, err)
		}
		if err != nil && !fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", c.what, err)
		}
	}
}

// number is a certificate's number with a serial.
func number(track rulebook.Track, body standing.Body, site standing.Site, level rulebook.Level, day time.Time, serial int) (string, error) {
	series, err := SeriesOf(track, body, site, level, day)
	if err != nil {
		return "", err
	}
	return series.Number(serial)
}

// TestNumbersOfTheOtherTypes: 22 characters of type, region, body, year and
// serial (K16), none of which can be a number of R51.
func TestNumbersOfTheOtherTypes(t *testing.T) {
	day := time.Date(2026, 11, 20, 12, 0, 0, 0, rulebook.Shanghai)
	body := standing.Body{Kind: standing.Employer, Code: "0417", Region: "410423"}
	for track, want := range map[rulebook.Track]string{
		rulebook.Qualification: "Q410423041726000000187", rulebook.SpecialWork: "T410423041726000000187", rulebook.Equipment: "E410423041726000000187",
		rulebook.SpecialSkill: "Z410423041726000000187", rulebook.Completion: "H410423041726000000187",
	} {
		for _, level := range []rulebook.Level{rulebook.JuniorWorker, rulebook.Apprentice, rulebook.ChiefTechnician} {
			got, err := number(track, body, standing.Site{Serial: "000012"}, level, day, 187)
			if err != nil || got != want || len(got) != NumberLength {
				t.Errorf("%s: %q, %v, want %q", track, got, err, want)
			}
		}
		if strings.ContainsAny(want[:1], "YS") {
			t.Errorf("%s has a letter of R51", track)
		}
	}
	if _, err := number(rulebook.Completion, body, standing.Site{}, rulebook.JuniorWorker, day, 1_000_000_000); !fault.Is(err, fault.Refused) {
		t.Errorf("serials used up: %v", err)
	}
}

// TestCountersKeepTheirNames: a counter that had another name would give the
// numbers of R51 a second time.
func TestCountersKeepTheirNames(t *testing.T) {
	for series, want := range map[Series]string{
		"S000041000012263": "certificate/S/0000/41/000012/2026/3", "Z410423041726": "certificate/Z410423041726",
	} {
		if got := series.counter(); got != want {
			t.Errorf("%s: %s, want %s", series, got, want)
		}
	}
}

func TestMaskName(t *testing.T) {
	for name, want := range map[string]string{
		"": "*", "李": "*", "李四": "李*", "陈示例": "陈*例", "欧阳样例": "欧**例", "阿依古丽·示范": "阿*****范", "𬱖示": "𬱖*",
	} {
		if got := MaskName(name); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}
