package web

import (
	"fmt"
	"html/template"

	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/outbox"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing/cases"
)

// chipClass says what colour a state has: green settled, amber waits for
// somebody, blue runs, red refused. The word is always there too.
var chipClass = map[string]string{
	string(exam.Drafted): "wait", string(exam.Notified): "wait", string(exam.Accepted): "run", string(exam.Returned): "bad",
	string(exam.Staffed): "run", string(exam.Sealed): "run", string(exam.Unsealed): "run", string(exam.Running): "run", string(exam.Closed): "wait", string(exam.Marked): "wait",
	string(exam.Publicised): "wait", string(exam.Confirmed): "ok", string(exam.Cancelled): "bad", string(exam.Voided): "bad",
	string(exam.Passed): "ok", string(exam.Failed): "bad", string(exam.Absent): "bad", string(exam.Void): "bad",
	string(exam.Open): "run", string(exam.Submitted): "wait",
	string(certify.Numbered): "wait", string(certify.Issued): "ok", string(certify.Revoked): "bad",
	string(outbox.Waiting): "wait", string(outbox.Due): "run", string(outbox.Dead): "bad",
	string(amend.Proposed): "wait", string(amend.Approved): "ok", string(amend.Rejected): "bad",
	string(exam.Eligible): "ok", string(exam.NeedsEvidence): "wait", string(exam.Ineligible): "bad",
	"listed": "ok", "applied": "wait", "handed_in": "wait", "sent_back": "wait", "examined": "wait", "granted": "ok", "declined": "bad", "filed": "ok", "expired": "bad", "withdrawn": "bad", "released": "ok", "excepted": "run", "rectifying": "wait", "suspended": "bad", "exited": "bad",
}

// chip shows a state as a coloured word.
func (l language) chip(state any) template.HTML {
	if state, ok := state.(cases.State); ok {
		return l.caseChip(state)
	}
	if state, ok := state.(central.State); ok {
		return l.centralChip(state)
	}
	if html, ok := l.inspectionChip(state); ok {
		return html
	}
	word := fmt.Sprint(state)
	if word == "" {
		return "—"
	}
	return template.HTML(`<span class="chip ` + chipClass[word] + `">` + template.HTMLEscapeString(l.T("state "+word)) + `</span>`)
}
