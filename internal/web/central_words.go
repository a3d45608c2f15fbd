package web

import (
	"html/template"
	"time"

	"kaoping/bank/central"
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
