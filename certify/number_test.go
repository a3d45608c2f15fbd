package certify

import (
	"testing"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

func TestNumber(t *testing.T) {
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
		got, err := Number(c.body, site, c.level, c.day, c.serial)
		if got != c.want || (err != nil) != (c.want == "") || err == nil && len(got) != NumberLength {
			t.Errorf("%s: %q %v", c.what, got, err)
		}
		if err != nil && !fault.Is(err, fault.Refused) {
			t.Errorf("%s: %v", c.what, err)
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
