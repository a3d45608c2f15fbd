package web

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"kaoping/internal/fault"
)

// problemJSON is a refusal or a fault as RFC 9457 has it.
type problemJSON struct {
	Type     string      `json:"type" doc:"about:blank, or where the rule that refuses is shown" example:"/rules#R02"`
	Title    string      `json:"title" doc:"What kind of problem, in the language of the request"`
	Status   int         `json:"status" doc:"The HTTP status"`
	Detail   string      `json:"detail" doc:"What refuses and what would do instead, in the language of the request"`
	Instance string      `json:"instance,omitempty" doc:"The address that was asked"`
	Code     fault.Code  `json:"code" enum:"invalid,unauthenticated,forbidden,not_found,conflict,refused,early,late,superseded,throttled,unavailable,internal" doc:"What kind of problem, for programs"`
	Reason   string      `json:"reason,omitempty" enum:"device,lease,sequence" doc:"For superseded: what won"`
	StartsAt *time.Time  `json:"starts_at,omitempty" doc:"For early: from when on it can be done"`
	Rule     *ruleJSON   `json:"rule,omitempty" doc:"The regulation that refuses"`
	Issues   []issueJSON `json:"issues,omitempty" doc:"Each place of the input that is wrong"`
}

type ruleJSON struct {
	ID       string `json:"id" doc:"Id in the rule catalogue" example:"R02"`
	Document string `json:"document"`
	Clause   string `json:"clause"`
	Quote    string `json:"quote,omitempty" doc:"The clause's own words"`
}

type issueJSON struct {
	Row    int    `json:"row,omitempty" doc:"Row of the sheet, from 1; absent where there is none"`
	Column string `json:"column,omitempty" doc:"Column of the sheet, or path of the field"`
	Text   string `json:"text" doc:"What is wrong, in the language of the request"`
	Rule   string `json:"rule,omitempty" doc:"Id in the rule catalogue, where a rule refuses"`
}

func (p *problemJSON) Error() string          { return p.Detail }
func (p *problemJSON) GetStatus() int         { return p.Status }
func (problemJSON) ContentType(string) string { return problemType }

const (
	problemType = "application/problem+json"
	retryAfter  = "2" // seconds, when a dependency is away or full
)

// GetHeaders tells a client when to try again.
func (p *problemJSON) GetHeaders() http.Header {
	if p.Code != fault.Unavailable {
		return nil
	}
	return http.Header{"Retry-After": {retryAfter}}
}

// problem words a fault for the request.
func (c call) problem(err error) *problemJSON {
	words := c.language.show(err)
	p := &problemJSON{
		Type: "about:blank", Title: words.Title, Status: statusOf(err), Detail: words.Detail,
		Code: words.Code, Reason: words.Reason, Instance: c.gin.Request.URL.Path,
	}
	if words.Rule != nil {
		p.Type = "/rules#" + words.Rule.ID
		p.Rule = &ruleJSON{words.Rule.ID, words.Rule.Document, words.Rule.Clause, words.Rule.Quote}
	}
	var f *fault.Error
	if errors.As(err, &f) && words.Code != fault.Internal {
		p.Issues = c.language.issueList(f.Issues)
		p.StartsAt = startsAt(f)
	}
	return p
}

// issueList words issues; columns stay as they are, for programs.
func (l language) issueList(list []fault.Issue) []issueJSON {
	out := make([]issueJSON, len(list))
	for i, issue := range list {
		out[i] = issueJSON{issue.Row, issue.Column, l.Text(issue.Text), issue.Rule}
	}
	return out
}

// startsAt is the moment that an Early fault names.
func startsAt(f *fault.Error) *time.Time {
	if f.Code != fault.Early {
		return nil
	}
	for _, arg := range f.Message.Args {
		if moment, ok := arg.(time.Time); ok {
			return momentOrNone(moment)
		}
	}
	return nil
}

// refuse writes a fault where no operation of huma does.
func (s *Server) refuse(c *gin.Context, err error) {
	p := call{s, c, s.languageOf(c)}.problem(err)
	for name, values := range p.GetHeaders() {
		c.Writer.Header()[name] = values
	}
	c.Header("Content-Type", problemType)
	c.JSON(p.Status, p)
}

// huma makes its own errors through these two: both give problems. It calls the
// first for the form only, the second for input that is not as documented.
func init() {
	huma.NewError = func(status int, _ string, _ ...error) huma.StatusError { return &problemJSON{Status: status} }
	huma.NewErrorWithContext = func(ctx huma.Context, status int, message string, errs ...error) huma.StatusError {
		return callOf(ctx.Context()).malformed(status, message, errs)
	}
	huma.DefaultArrayNullable = false
}

// malformed words huma's refusal of an input. What was sent is not repeated: it
// may be a password or an ID number.
func (c call) malformed(status int, message string, errs []error) *problemJSON {
	f := fault.New(fault.Invalid, "web.api", "the request is not as the API's document describes it")
	for _, err := range errs {
		if detail, ok := err.(huma.ErrorDetailer); ok {
			f.Issues = append(f.Issues, malformation(detail.ErrorDetail()))
		}
	}
	if len(f.Issues) == 0 {
		f.Message = phrase(message)
	}
	c.server.note(c.gin.FullPath(), f)
	p := c.problem(f)
	switch status {
	case http.StatusUnsupportedMediaType:
		p.Status = status
	case http.StatusRequestEntityTooLarge, http.StatusRequestTimeout:
		p.Status = status
		c.gin.Header("Connection", "close") // the rest of the body is not read: it must not be taken for a request
	}
	return p
}

// malformation names the field that huma found wrong: "minutes" for a value in
// the body, "limit" for one in the address.
func malformation(d *huma.ErrorDetail) fault.Issue {
	text := phrase(d.Message)
	_, column, _ := strings.Cut(d.Location, ".")
	if text.Format == missingProperty {
		column = strings.TrimPrefix(column+"."+text.Args[0].(string), ".")
		text = fault.Textf("this is missing")
	}
	return fault.Issue{Column: column, Text: text}
}

const missingProperty = "expected required property %s to be present"

// phrases are the formats of the messages that huma fills in, so that the
// catalogue can say them in Chinese too.
var phrases = []string{
	missingProperty, "expected value to be one of \"%s\"", "expected number >= %s", "expected number <= %s",
	"expected length >= %s", "expected length <= %s", "expected array length >= %s", "expected array length <= %s",
	"request body is too large limit=%s bytes", "cannot read multipart form: %s", "unknown content type: %s", "invalid character %s",
}

// phrase finds the format of a message that huma has filled in.
func phrase(message string) fault.Text {
	for _, format := range phrases {
		before, after, _ := strings.Cut(format, "%s")
		if value, ok := strings.CutPrefix(message, before); ok {
			if value, ok = strings.CutSuffix(value, after); ok {
				return fault.Textf(format, value)
			}
		}
	}
	return fault.Text{Format: message}
}
