package rulebook

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"kaoping/internal/fault"
)

// Type is the form of a parameter's value.
type Type string

// The types, with an example of each.
const (
	Integer  Type = "int"    // 3
	Ratio    Type = "ratio"  // 10%
	Months   Type = "months" // 4,8,12
	Words    Type = "words"  // a set: blacklist,exit
	Enum     Type = "enum"   // one word: stop_classes
	Names    Type = "names"  // 营销员、导购员
	Date     Type = "date"   // 2022-01-01
	Flag     Type = "flag"   // yes
	Duration Type = "term"   // breach + 2
)

// The values of a flag.
const (
	Yes = "yes"
	No  = "no"
)

// Declared is what the schema says of a parameter.
type Declared struct {
	Name  string
	Rules []string // the rules that it is of
	Type  Type
	Units []string          // what it can be counted in; none for a type without
	Words map[string]string // the words it can have, each as an English sentence
	What  string            // English sentence: what it is
	Own   bool              // holds in the region that sets it and is not inherited
}

// Vocabulary lists the declared words in order.
func (d Declared) Vocabulary() []string { return slices.Sorted(maps.Keys(d.Words)) }

// intMost is the largest whole number, beyond any target of a province.
const intMost = 100_000_000

var (
	wholeNumber = regexp.MustCompile(`^(0|[1-9][0-9]{0,8})$`)
	percentage  = regexp.MustCompile(`^(0|[1-9][0-9]{0,2})(\.[0-9]{1,2})?%$`)
	wordTerm    = regexp.MustCompile(`^([a-z_]+)(?: \+ ([1-9][0-9]{0,2}))?$`)
)

// Check names what is wrong with a value and its unit, by column "value" and
// "unit". None is no value here: it ends one.
func (d Declared) Check(value, unit string) []fault.Issue {
	var issues []fault.Issue
	if text, ok := d.form(value); !ok {
		issues = append(issues, fault.Issue{Column: "value", Text: text})
	}
	switch {
	case len(d.Units) == 0 && unit != "":
		issues = append(issues, fault.Issue{Column: "unit", Text: fault.Textf("this parameter has no unit")})
	case len(d.Units) > 0 && !slices.Contains(d.Units, unit):
		issues = append(issues, fault.Issue{Column: "unit", Text: fault.Textf("the unit of this parameter is one of: %s", strings.Join(d.Units, ", "))})
	}
	return issues
}

// form says what a value of the type looks like, and whether this is one.
func (d Declared) form(value string) (fault.Text, bool) {
	known := func(word string) bool { _, ok := d.Words[word]; return ok }
	switch d.Type {
	case Integer:
		n, err := strconv.Atoi(value)
		return fault.Textf("a whole number is needed, such as 3"), err == nil && wholeNumber.MatchString(value) && n <= intMost
	case Ratio:
		_, ok := ratio(value)
		return fault.Textf("a ratio is needed, such as %s", "10%"), ok
	case Months:
		last, ok := 0, true
		for part := range strings.SplitSeq(value, ",") {
			n, err := strconv.Atoi(part)
			ok = ok && err == nil && wholeNumber.MatchString(part) && n > last && n <= 12
			last = n
		}
		return fault.Textf("months are needed in their order, such as %s", "4,8,12"), ok
	case Words:
		seen, ok := map[string]bool{}, true
		for word := range strings.SplitSeq(value, ",") {
			ok = ok && known(word) && !seen[word]
			seen[word] = true
		}
		return fault.Textf("one or more of these words are needed, each once, with commas between: %s", strings.Join(d.Vocabulary(), ", ")), ok
	case Enum:
		return fault.Textf("one of these words is needed: %s", strings.Join(d.Vocabulary(), ", ")), known(value)
	case Names:
		seen, ok := map[string]bool{}, true
		for name := range strings.SplitSeq(value, "、") {
			ok = ok && name != "" && !seen[name] && !strings.ContainsFunc(name, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || r == unicode.ReplacementChar })
			seen[name] = true
		}
		return fault.Textf("names are needed, each once, with %s between", "、"), ok
	case Date:
		_, err := time.Parse(time.DateOnly, value)
		return fault.Textf("a date is needed, such as 2026-11-21"), err == nil
	case Flag:
		return fault.Textf("yes or no is needed"), value == Yes || value == No
	case Duration:
		m := wordTerm.FindStringSubmatch(value)
		return fault.Textf("a term is needed, one of these words alone or with a number, such as “%s + 2”: %s", d.first(), strings.Join(d.Vocabulary(), ", ")), m != nil && known(m[1])
	}
	return fault.Textf("the type “%s” is not known", string(d.Type)), false
}

func (d Declared) first() string {
	if words := d.Vocabulary(); len(words) > 0 {
		return words[0]
	}
	return ""
}

// ratio reads a percentage into hundredths of a percent.
func ratio(text string) (int, bool) {
	if !percentage.MatchString(text) {
		return 0, false
	}
	whole, part, _ := strings.Cut(strings.TrimSuffix(text, "%"), ".")
	n, err := strconv.Atoi(whole + (part + "00")[:2])
	return n, err == nil && n <= 100_00
}
