package web

import (
	"html/template"
	"strings"
	"time"

	"kaoping/bank/central"
	"kaoping/internal/fault"
)

// centralChips are the colours of a central paper's states.
var centralChips = map[central.State]string{
	central.Drafted: "wait", central.Submitted: "wait", central.Returned: "bad", central.Reviewed: "run", central.Sealing: "wait",
	central.Sealed: "ok", central.Unsealing: "wait", central.Unsealed: "ok", central.Revoked: "bad",
}

// centralChip shows a central paper's state as a coloured word.
func (l language) centralChip(state central.State) template.HTML {
	return template.HTML(`<span class="chip ` + centralChips[state] + `">` + template.HTMLEscapeString(l.T("paper state "+string(state))) + `</span>`)
}

// noteWords says the note of an entry of a paper's stream in words: the form,
// the copies, what was refused, and from where it was tried.
func (l language) noteWords(note string) string {
	note, from, _ := strings.Cut(" "+note, " from=")
	var words []string
	for field := range strings.FieldsSeq(note) {
		switch key, value, _ := strings.Cut(field, "="); key {
		case "form":
			words = append(words, l.T("form %s", value))
		case "copies":
			words = append(words, l.T("%s copies", value))
		case "choice":
			words = append(words, l.T(choiceWords[central.Choice(value)]))
		case "action":
			words = append(words, l.T("action "+value))
		case "code":
			words = append(words, l.T(titles[fault.Code(value)]))
		case "revoke":
			words = append(words, l.T("The whole paper is revoked: its sittings have no paper."))
		default:
			words = append(words, field)
		}
	}
	if from != "" {
		words = append(words, l.T("from the address %s", from))
	}
	return strings.Join(words, " · ")
}

// custodyWords says to a room how its central paper stands, a key of the catalogue.
func custodyWords(p central.Standing, now time.Time) string {
	switch {
	case p.State == central.Revoked:
		return "The central paper was revoked."
	case p.UnsealedAt.IsZero() && p.Replaced:
		return "The backup form is sealed. Two keepers unseal it."
	case p.UnsealedAt.IsZero():
		return "The paper is sealed. Two keepers unseal it before the start."
	case now.Before(p.StartsAt):
		return "The paper is unsealed. It is released at the start."
	}
	return "The paper is released."
}
