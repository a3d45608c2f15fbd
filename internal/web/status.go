package web

import (
	"errors"
	"net/http"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// statuses maps fault codes to HTTP. What is not in it is a 500.
var statuses = map[fault.Code]int{
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.Refused:         http.StatusUnprocessableEntity,
	fault.Early:           http.StatusForbidden,
	fault.Late:            http.StatusGone,
	fault.Superseded:      http.StatusConflict,
	fault.Throttled:       http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

var titles = map[fault.Code]string{
	fault.Invalid:         "The input needs mending",
	fault.Unauthenticated: "Log in first",
	fault.Forbidden:       "Not allowed",
	fault.NotFound:        "Not found",
	fault.Conflict:        "Changed meanwhile",
	fault.Refused:         "Refused",
	fault.Early:           "Too early",
	fault.Late:            "Too late",
	fault.Superseded:      "Superseded",
	fault.Throttled:       "Too many tries",
	fault.Unavailable:     "Busy, try again",
	fault.Internal:        "Something went wrong here",
}

func statusOf(err error) int {
	if status, ok := statuses[fault.CodeOf(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// shown is a fault as a page or the API shows it, in one language.
type shown struct {
	Code   fault.Code
	Title  string
	Detail string
	Reason string
	Rule   *fault.Rule
	Issues []shownIssue
}

type shownIssue struct {
	Row    int    `json:"row,omitempty" doc:"row of the sheet, from 1"`
	Column string `json:"column,omitempty" doc:"column or field"`
	Text   string `json:"text"`
	Rule   string `json:"rule,omitempty" doc:"id in the rule catalogue"`
}

// show words a fault for people. What is internal is not shown.
func (l language) show(err error) shown {
	var f *fault.Error
	if !errors.As(err, &f) || fault.CodeOf(err) == fault.Internal {
		return shown{Code: fault.Internal, Title: l.T(titles[fault.Internal]), Detail: l.T("The fault is logged. Nothing you saved is lost; try again later.")}
	}
	s := shown{Code: f.Code, Title: l.T(titles[f.Code]), Detail: l.Text(f.Message), Reason: exam.Reason(err), Rule: f.Rule}
	s.Issues = l.issues(f.Issues)
	return s
}

func (l language) issues(list []fault.Issue) []shownIssue {
	out := make([]shownIssue, len(list))
	for i, issue := range list {
		out[i] = shownIssue{issue.Row, l.T(issue.Column), l.Text(issue.Text), issue.Rule}
	}
	return out
}
