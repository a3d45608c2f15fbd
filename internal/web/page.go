package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

//go:embed pages
var pageFiles embed.FS

// pageSet is the parsed pages of one language, by file name without ending.
type pageSet map[string]*template.Template

// layouts are the frames a page can stand in; each is a template of frame.html.
const (
	deskFrame  = "desk"  // top bar and side list: the work pages
	plainFrame = "plain" // a column: login, verification, a candidate's own pages
	printFrame = "print" // A4, black on white
	roomFrame  = "room"  // the exam room, nothing around it
)

func parsePages(languages ...language) (map[string]pageSet, error) {
	names, err := fs.Glob(pageFiles, "pages/*.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	frame, err := template.New("frame.html").Funcs(languages[0].functions()).ParseFS(pageFiles, "pages/frame.html")
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	sets := map[string]pageSet{}
	for _, l := range languages {
		sets[l.Code] = pageSet{}
	}
	for _, name := range names {
		parsed, err := template.Must(frame.Clone()).ParseFS(pageFiles, name)
		if err != nil {
			return nil, fmt.Errorf("web: %w", err)
		}
		for _, l := range languages { // parsed once, for all
			sets[l.Code][strings.TrimSuffix(path.Base(name), ".html")] = template.Must(parsed.Clone()).Funcs(l.functions())
		}
	}
	return sets, nil
}

// functions are what templates can call.
func (l language) functions() template.FuncMap {
	return template.FuncMap{
		"t":           l.T,
		"text":        l.Text,
		"day":         l.Day,
		"moment":      l.Moment,
		"chip":        l.chip,
		"term":        l.term,
		"measureword": l.measureWord,
		"percent":     percent,
		"count":       count,
		"cap":         rulebook.Percent,
		"last":        func(list []mixMonth) mixMonth { return list[len(list)-1] },
		"points": func(p *bank.Points) string {
			if p == nil {
				return "—"
			}
			return p.String()
		},
		"inputTime": func(t time.Time) string {
			if t.IsZero() {
				return ""
			}
			return t.In(rulebook.Shanghai).Format("2006-01-02T15:04")
		},
		"add":    func(a, b int) int { return a + b },
		"letter": func(i int) string { return string(rune('A' + i)) },
		"dict":   dict,
	}
}

// count shows a number with its thousands apart: 126,480.
func count(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0 && digits[i-1] != '-'; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}

// dict makes a map for passing several values to a template.
func dict(pairs ...any) (map[string]any, error) {
	if len(pairs)%2 != 0 {
		return nil, errors.New("dict wants pairs")
	}
	m := map[string]any{}
	for i := 0; i < len(pairs); i += 2 {
		key, ok := pairs[i].(string)
		if !ok {
			return nil, errors.New("dict keys are strings")
		}
		m[key] = pairs[i+1]
	}
	return m, nil
}

// request is one page request: gin's context, who asks, in which language.
type request struct {
	*gin.Context
	s *Server
	language
	actor   access.Actor
	session access.Session
	fault   error // what refused a form, shown on the page that the form came from
}

// frame is what every layout gets; Data is the page's own.
type frame struct {
	Lang    string
	Title   string
	Place   string // region or body, beside the brand
	Path    string // where the language switch comes back to
	Who     string
	Now     string
	Nav     []navGroup
	Fault   *shown
	Done    string
	Style   string
	Script  string
	Actor   access.Actor
	Form    url.Values // what was typed, never lost
	Data    any
	Refresh int // seconds after which the page loads itself again, 0 never
}

// page adapts a handler: it authenticates, and renders, counts and logs the error.
func (s *Server) page(handle func(*request) error) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer dropForm(c)
		r := &request{Context: c, s: s, language: s.languageOf(c)}
		err := s.authenticate(c)
		if err == nil {
			v := visitorOf(c.Request.Context())
			r.actor, r.session = v.actor, v.session
			err = handle(r)
		}
		if err == nil {
			return
		}
		s.note(c.FullPath(), err)
		if fault.Is(err, fault.Unauthenticated) && c.Request.Method == http.MethodGet {
			c.Redirect(http.StatusSeeOther, "/login?next="+url.QueryEscape(c.Request.URL.RequestURI()))
			return
		}
		r.refuse(err)
	}
}

// refuse shows a fault as a page of its own, which comes again by itself where
// that helps.
func (r *request) refuse(err error) {
	r.fault = err
	if fault.Is(err, fault.Unavailable) && r.Request.Method == http.MethodGet {
		r.Set("refresh", refreshUnavailable)
	}
	examining := r.FullPath() == examPath
	if err := r.render(plainFrame, "fault", r.T(titles[fault.CodeOf(err)]), examining); err != nil {
		r.s.Log.Error("render", "error", err)
	}
}

// refreshUnavailable is after how many seconds a page that could not be shown
// asks again.
const refreshUnavailable = "5"

// dropForm removes what a form's files left in the temp folder; net/http does
// it only for the request that it made itself.
func dropForm(c *gin.Context) {
	if form := c.Request.MultipartForm; form != nil {
		form.RemoveAll()
	}
}

// member is page for those who are logged in only.
func (s *Server) member(handle func(*request) error) gin.HandlerFunc {
	return s.page(func(r *request) error {
		if r.actor.Anonymous() {
			return fault.New(fault.Unauthenticated, "web", "log in first")
		}
		return handle(r)
	})
}

// again shows the page that a form came from, with what refused it and what
// was typed.
func (r *request) again(err error, show func(*request) error) error {
	switch fault.CodeOf(err) {
	case fault.Unauthenticated, fault.Internal, fault.NotFound, fault.Forbidden:
		return err
	}
	r.s.note(r.FullPath(), err)
	r.fault = err
	return show(r)
}

// done goes on to a page that says what was done; the sentence is a key of the
// catalogue.
func (r *request) done(to, sentence string) error {
	mark := "?"
	if strings.Contains(to, "?") {
		mark = "&"
	}
	r.Redirect(http.StatusSeeOther, to+mark+"done="+url.QueryEscape(sentence))
	return nil
}

// here is the address that shows this page again: its own, or for a refused
// form the page that the form stood on.
func (r *request) here() string {
	if r.Request.Method == http.MethodGet {
		return r.Request.URL.RequestURI()
	}
	from, err := url.Parse(r.Request.Referer())
	if err != nil || from.Host != r.Request.Host {
		return "/"
	}
	return from.RequestURI()
}

// render writes a page in a frame. The page is built whole before the first
// byte goes out, so that a fault in it is still a fault page.
func (r *request) render(layout, page, title string, data any) error {
	f := frame{
		Lang: r.Code, Title: title, Path: r.here(), Who: r.actor.Name, Now: r.language.Now(r.s.Now()),
		Style: r.s.assetURL("style.css"), Script: r.s.assetURL("room.js"), Actor: r.actor, Form: r.Request.PostForm, Data: data,
	}
	if layout == deskFrame {
		f.Place, f.Nav = r.s.place(r), r.s.nav(r)
	}
	status := http.StatusOK
	if r.fault != nil {
		status = statusOf(r.fault)
		refusal := r.show(r.fault)
		f.Fault = &refusal
		if refusal.Code == fault.Unavailable {
			r.Header("Retry-After", retryAfter)
		}
	}
	if key := r.Query("done"); r.s.chinese.catalog[key] != "" {
		f.Done = r.T(key)
	}
	if seconds, err := strconv.Atoi(r.GetString("refresh")); err == nil {
		f.Refresh = seconds
	}
	var out bytes.Buffer
	if err := r.s.pages[r.Code][page].ExecuteTemplate(&out, layout, f); err != nil {
		return fault.New(fault.Internal, "web.render", "something went wrong here").Because(err)
	}
	r.Data(status, "text/html; charset=utf-8", out.Bytes())
	return nil
}
