package web

import (
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// may reports whether the actor may do something, to show or leave out what
// leads to it; the service decides when it is done.
func (r *request) may(action access.Action, scope access.Scope) bool {
	return r.s.Policy.Decide(r.actor, action, scope) == nil
}

// bodyAs is the body that the actor holds the role in, "" if none.
func (r *request) bodyAs(roles ...access.Role) string {
	for _, g := range r.actor.Grants {
		if g.Body != "" && slices.Contains(roles, g.Role) {
			return g.Body
		}
	}
	return ""
}

// tradeName is a trade's name, or its code where the catalogue lacks it.
func (s *Server) tradeName(code string) string {
	if trade, err := s.Book.Trade(code); err == nil {
		return trade.Name
	}
	return code
}

// choice is one option of a select or one checkbox.
type choice struct {
	Value, Label string
	On           bool
}

// tradeLevels lists what a filing covers, as choices "trade/level".
func (r *request) tradeLevels(scopes []standing.Scope, chosen string) []choice {
	var list []choice
	for _, scope := range scopes {
		for _, level := range scope.Levels {
			value := tradeLevelValue(scope.Trade, level)
			if !slices.ContainsFunc(list, func(c choice) bool { return c.Value == value }) {
				list = append(list, choice{value, r.s.tradeName(scope.Trade) + " · " + r.term(level.String()), value == chosen})
			}
		}
	}
	return list
}

// filedFor lists in words what a filing covers, with its tracks where it names some.
func (r *request) filedFor(scopes []standing.Scope) (list []string) {
	for _, scope := range scopes {
		for _, c := range r.tradeLevels([]standing.Scope{scope}, "") {
			if len(scope.Tracks) > 0 {
				c.Label += " (" + strings.Join(r.tracks(scope.Tracks), ", ") + ")"
			}
			list = append(list, c.Label)
		}
	}
	return list
}

// tracks are tracks in words.
func (l language) tracks(list []rulebook.Track) (words []string) {
	for _, t := range list {
		words = append(words, l.term(t.String()))
	}
	return words
}

func tradeLevelValue(trade string, level rulebook.Level) string {
	return fmt.Sprintf("%s/%d", trade, level)
}

// noLevel is none of the eight, so that services ask for one.
const noLevel rulebook.Level = 99

// parseTradeLevel reads a choice of tradeLevels; what is none has an invalid level.
func parseTradeLevel(value string) (trade string, level rulebook.Level) {
	trade, text, _ := strings.Cut(value, "/")
	n, err := strconv.Atoi(text)
	if err != nil {
		return trade, noLevel
	}
	return trade, rulebook.Level(n)
}

// parseLocal reads a datetime-local field as Shanghai time; the zero time for
// what is none.
func parseLocal(value string) time.Time {
	t, err := time.ParseInLocation("2006-01-02T15:04", strings.TrimSpace(value), rulebook.Shanghai)
	if err != nil {
		return time.Time{}
	}
	return t
}

// upload opens the file of a form (Invalid without one, or past bodyMost).
func (r *request) upload(field string) (name string, content io.ReadCloser, err error) {
	const op = "web.upload"
	header, err := r.FormFile(field)
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &tooLarge):
		return "", nil, fault.New(fault.Invalid, op, "the file is larger than %g MiB: split it", float64(bodyMost>>20))
	case errors.Is(err, http.ErrMissingFile), errors.Is(err, http.ErrNotMultipart):
		return "", nil, fault.New(fault.Invalid, op, "choose a file first")
	case err != nil:
		return "", nil, fault.New(fault.Invalid, op, "the file could not be received: send it again").Because(err)
	}
	file, err := header.Open()
	if err != nil {
		return "", nil, fault.Wrap(op, err)
	}
	return header.Filename, file, nil
}

// beside is what refused a form, by the field that it concerns.
type beside map[string]template.HTML

func (r *request) beside() beside {
	var f *fault.Error
	if !errors.As(r.fault, &f) {
		return nil
	}
	b := beside{}
	for i, issue := range r.issues(f.Issues) {
		text := issue.Text
		if issue.Row > 0 {
			text = r.T("row %d", issue.Row) + " " + text
		}
		html := template.HTML(`<span class="error">` + template.HTMLEscapeString(text))
		if issue.Rule != "" {
			html += template.HTML(` <a href="/rules#` + template.HTMLEscapeString(issue.Rule) + `">` + template.HTMLEscapeString(issue.Rule) + `</a>`)
		}
		b[f.Issues[i].Column] += html + `</span>`
	}
	return b
}
