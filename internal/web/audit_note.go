package web

import "regexp"

// noteForms are the notes that kaoping itself writes into the audit stream, in
// English as they are stored. Any other note is somebody's own words.
var noteForms = []struct {
	stored *regexp.Regexp
	words  string
}{
	{regexp.MustCompile(`^(\d+) answered, (\d+) late$`), "%s answered, %s late"},
	{regexp.MustCompile(`^(\d+) absent$`), "%s absent"},
	{regexp.MustCompile(`^(\d+) items$`), "%s items"},
	{regexp.MustCompile(`^\+(\d+) min: (.*)$`), "+%s min: %s"},
}

// note says a note in the language.
func (l language) note(text string) string {
	for _, form := range noteForms {
		if parts := form.stored.FindStringSubmatch(text); parts != nil {
			args := make([]any, len(parts)-1)
			for i, part := range parts[1:] {
				args[i] = part
			}
			return l.T(form.words, args...)
		}
	}
	return text
}
