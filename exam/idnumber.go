package exam

import (
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// IDNumber is a citizen identification number (公民身份号码, GB 11643): 18
// characters, upper case. It is shown masked and stored sealed.
type IDNumber string

var idWeights = [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}

const idChecks = "10X98765432"

// ParseIDNumber checks length, digits, date of birth and the check character
// of GB 11643 (Invalid, naming which one fails).
func ParseIDNumber(text string, now time.Time) (IDNumber, error) {
	const op = "exam.ParseIDNumber"
	id := strings.ToUpper(strings.TrimSpace(text))
	if len(id) != 18 {
		return "", fault.New(fault.Invalid, op, "an ID number has 18 characters, this has %d", len([]rune(id)))
	}
	sum := 0
	for i := range 17 {
		if id[i] < '0' || id[i] > '9' {
			return "", fault.New(fault.Invalid, op, "the first 17 characters of an ID number are digits")
		}
		sum += int(id[i]-'0') * idWeights[i]
	}
	if idChecks[sum%11] != id[17] {
		return "", fault.New(fault.Invalid, op, "the check character of the ID number is wrong (GB 11643)")
	}
	birth, err := time.ParseInLocation("20060102", id[6:14], rulebook.Shanghai)
	if err != nil || birth.Year() < 1900 || birth.After(now) {
		return "", fault.New(fault.Invalid, op, "the date of birth in the ID number is no date")
	}
	return IDNumber(id), nil
}

// Birth is the first moment of the day of birth.
func (id IDNumber) Birth() time.Time {
	t, _ := time.ParseInLocation("20060102", string(id[6:14]), rulebook.Shanghai)
	return t
}

// AgeOn is the age in full years on the legal day of t.
func (id IDNumber) AgeOn(t time.Time) int {
	birth, day := id.Birth(), rulebook.Day(t)
	age := day.Year() - birth.Year()
	if day.Month() < birth.Month() || day.Month() == birth.Month() && day.Day() < birth.Day() {
		age--
	}
	return age
}

// Masked shows the first four and the last four characters.
func (id IDNumber) Masked() string { return string(id[:4]) + "**********" + string(id[14:]) }

// LastSix is what a candidate types at the exam room's door.
func (id IDNumber) LastSix() string { return string(id[12:]) }

// CheckCharacter is the 18th character that belongs to 17 digits (GB 11643).
func CheckCharacter(first17 string) byte {
	sum := 0
	for i := range 17 {
		sum += int(first17[i]-'0') * idWeights[i]
	}
	return idChecks[sum%11]
}
