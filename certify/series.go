package certify

import (
	"fmt"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// NumberLength is the length of every certificate's number.
const NumberLength = 22

// Series is what the numbers of a body, site, year and level begin with; the
// serial fills the rest of the 22 characters.
type Series string

// letters are the first characters of the numbers that kaoping gives where no
// text at hand says how (K16): none is one of R51's, so that no number of one
// scheme is one of the other.
var letters = map[rulebook.Track]string{
	rulebook.Qualification: "Q", // 职业资格
	rulebook.SpecialWork:   "T", // 特种作业
	rulebook.Equipment:     "E", // 特种设备
	rulebook.SpecialSkill:  "Z", // 专项职业能力
	rulebook.Completion:    "H", // 培训合格
}

// Numbering is R51 as a refusal cites it.
var Numbering = fault.Rule{ID: "R51", Document: "职业技能等级认定通行做法", Clause: "证书编号 22 位，缺省值"}

// OwnNumbering is K16, kaoping's own numbering of the other types, as a refusal
// cites it: an assumption.
var OwnNumbering = fault.Rule{ID: "K16", Document: "缺省值（假设）", Clause: "其他类型证书编号"}

// SeriesOf is the series of a certificate. Of a skill level certificate
// (职业技能等级证书编号, R51) it is class letter, body 4, province 2, site 6,
// year 2 and level 1, and Refused for a level that a number cannot carry. Of
// the other types it is type letter, region 6, body 4 and year 2 (K16).
func SeriesOf(track rulebook.Track, body standing.Body, site standing.Site, level rulebook.Level, day time.Time) (Series, error) {
	year := day.In(rulebook.Shanghai).Year() % 100
	if track == rulebook.SkillLevel {
		if !level.Numbered() {
			return "", fault.New(fault.Refused, "certify.SeriesOf", "a certificate number cannot carry the level %s", level).By(Numbering)
		}
		return Series(fmt.Sprintf("%s%s%s%s%02d%d", body.Kind.Letter(), body.Code, body.Region[:2], site.Serial, year, level)), nil
	}
	letter, ok := letters[track]
	if !ok {
		return "", fault.New(fault.Refused, "certify.SeriesOf", "no numbering is set for this type of certificate yet").By(OwnNumbering)
	}
	return Series(fmt.Sprintf("%s%s%s%02d", letter, body.Region, body.Code, year)), nil
}

// Number is the number with a serial (Refused when those of the series are used up).
func (s Series) Number(serial int) (string, error) {
	number := fmt.Sprintf("%s%0*d", s, NumberLength-len(s), serial)
	if serial < 1 || len(number) != NumberLength {
		return "", fault.New(fault.Refused, "certify.Number", "the certificate numbers of this site, year and level are used up").By(s.rule())
	}
	return number, nil
}

// skillLevel tells R51's series from kaoping's own.
func (s Series) skillLevel() bool { return s[0] == 'Y' || s[0] == 'S' }

// counter names the serials that a number is taken from. R51's have the names
// that they had before there were others.
func (s Series) counter() string {
	if !s.skillLevel() {
		return "certificate/" + string(s)
	}
	return fmt.Sprintf("certificate/%s/%s/%s/%s/20%s/%s", s[:1], s[1:5], s[5:7], s[7:13], s[13:15], s[15:])
}

// rule is the regulation that the number is made by.
func (s Series) rule() fault.Rule {
	if s.skillLevel() {
		return Numbering
	}
	return OwnNumbering
}
