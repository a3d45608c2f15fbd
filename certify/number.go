package certify

import (
	"fmt"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// NumberLength is the length of a skill level certificate's number (R51).
const NumberLength = 22

// serialMost is the largest serial that fits its six digits.
const serialMost = 999_999

// Number builds a skill level certificate's number (职业技能等级证书编号, R51):
// class letter, body 4, province 2, site 6, year 2, level 1, serial 6. It is
// Refused for a level that a number cannot carry, and when the serials of a
// site, year and level are used up.
func Number(body standing.Body, site standing.Site, level rulebook.Level, day time.Time, serial int) (string, error) {
	const op = "certify.Number"
	if !level.Numbered() {
		return "", fault.New(fault.Refused, op, "a certificate number cannot carry the level %s", level).By(Numbering)
	}
	if serial < 1 || serial > serialMost {
		return "", fault.New(fault.Refused, op, "the certificate numbers of this site, year and level are used up").By(Numbering)
	}
	year := day.In(rulebook.Shanghai).Year() % 100
	return fmt.Sprintf("%s%s%s%s%02d%d%06d", body.Kind.Letter(), body.Code, body.Region[:2], site.Serial, year, level, serial), nil
}

// Numbering is R51 as a refusal cites it.
var Numbering = fault.Rule{ID: "R51", Document: "职业技能等级认定通行做法", Clause: "证书编号 22 位，缺省值"}

// counter names the serials that a number is taken from.
func counter(body standing.Body, site standing.Site, level rulebook.Level, day time.Time) string {
	return fmt.Sprintf("certificate/%s/%s/%s/%s/%d/%d", body.Kind.Letter(), body.Code, body.Region[:2], site.Serial, day.In(rulebook.Shanghai).Year(), level)
}
