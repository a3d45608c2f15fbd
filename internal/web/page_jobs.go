package web

import (
	"cmp"
	"context"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// jobsPath is the page of background work.
const jobsPath = "/jobs"

// jobKinds are the kinds of background work in words, and how each finds what
// its key names.
var jobKinds = map[string]struct {
	words fault.Text
	about func(s *Server, ctx context.Context, key string) (subject, error)
}{
	exam.IssueJob:       {fault.Textf("Issue certificates"), (*Server).subjectSitting},
	standing.FilingJob:  {fault.Textf("File a body as decided"), (*Server).subjectApplication},
	standing.ExitJob:    {fault.Textf("Carry out a body's exit"), (*Server).subjectBar},
	cases.CarryOutJob:   {fault.Textf("Carry out what a case decided"), (*Server).subjectCase},
	cases.FinalJob:      {fault.Textf("End a case whose appeal is over"), (*Server).subjectCase},
	cases.RectifyJob:    {fault.Textf("Look at an ordered rectification"), (*Server).subjectCase},
	cases.SettleJob:     {fault.Textf("Let a body's state follow its bars"), (*Server).subjectCase},
	cases.SignalJob:     {fault.Textf("Look for signals in a sitting"), (*Server).subjectSitting},
	standing.RestoreJob: {fault.Textf("Issue certificates that were held"), (*Server).subjectBar},
	central.FollowJob:   {fault.Textf("Let sittings follow their central paper"), (*Server).subjectPaper},
	certify.ReleaseJob:  {fault.Textf("Let a city's queue for certificates go on"), (*Server).subjectCity},
	certify.OneJob:      {fault.Textf("Issue a certificate that has its place"), (*Server).subjectRecord},
	certify.ReturnJob:   {fault.Textf("Give the place of a revoked certificate back"), (*Server).subjectCertificate},
	certify.ExceptJob:   {fault.Textf("Issue a certificate by exception"), (*Server).subjectRecord},
}

// subject is what work is about: its page is linked for who may see it.
type subject struct {
	Name   string
	Link   string
	action access.Action
	scope  access.Scope
	secret bool // the name, too, is for who may see the page
}

func (s *Server) subjectSitting(ctx context.Context, id string) (subject, error) {
	sitting, err := s.Exam.Sitting(ctx, access.System(), id)
	return subject{sitting.Title, "/sittings/" + id, "sitting:read", sitting.Scope(), false}, err
}

func (s *Server) subjectApplication(ctx context.Context, id string) (subject, error) {
	application, err := s.Standing.Store.Application(ctx, id)
	return subject{Name: application.Proposal.Name}, err
}

func (s *Server) subjectCase(ctx context.Context, id string) (subject, error) {
	c, err := s.Cases.Case(ctx, access.System(), id)
	return subject{c.Title, casesPath + "/" + id, "case:read", c.Scope(), true}, err
}

// subjectBar names the body of a bar; a person is not named here.
func (s *Server) subjectBar(ctx context.Context, id string) (subject, error) {
	bar, err := s.Standing.Store.Bar(ctx, id)
	if err != nil || bar.Party.Kind != standing.OfBody {
		return subject{}, err
	}
	body, err := s.Standing.Store.Body(ctx, bar.Party.Key)
	return subject{body.Name, "/bodies/" + body.ID, "body:read", s.bodyScope(body), false}, err
}

func (s *Server) subjectPaper(ctx context.Context, id string) (subject, error) {
	p, err := s.Central.Store.CentralPaper(ctx, id)
	return subject{p.Name, centralPath + "/" + id, "paper:brief", p.Scope(), false}, err
}

func (s *Server) subjectCity(_ context.Context, code string) (subject, error) {
	city, err := s.Book.Region(code)
	return subject{city.Name, mixPath + "?region=" + code, "certificate:board", access.Scope{Region: code}, false}, err
}

// subjectRecord is a candidate's record, by the enrolment that a key ends in.
func (s *Server) subjectRecord(ctx context.Context, key string) (subject, error) {
	e, err := s.Exam.Enrolment(ctx, access.System(), key[strings.LastIndex(key, "/")+1:])
	return subject{e.Ticket, "/enrolments/" + e.ID, "enrolment:read", e.Scope(), true}, err
}

func (s *Server) subjectCertificate(ctx context.Context, number string) (subject, error) {
	c, err := s.Certify.Store.Certificate(ctx, number)
	return subject{number, "/verify/" + number, "certificate:read", c.Scope(), true}, err
}

// jobRow is a job in words.
type jobRow struct {
	outbox.Job
	State   outbox.State
	Work    string // "" for a kind that this release does not know
	About   subject
	Failure string
}

// deadKind is a kind of work of which some is dead.
type deadKind struct {
	Kind, Work string
	Count      int
}

// jobList is one page of the background work.
type jobList struct {
	States []choice
	State  outbox.State
	Counts outbox.Counts
	Dead   []deadKind
	Rows   []jobRow
	Pager  pager
	Tries  int // after which work is given up
}

// showJobs lists background work (后台任务) that is not done.
func (s *Server) showJobs(r *request) error {
	ctx := r.Request.Context()
	list := jobList{Tries: outbox.TriesMost}
	for _, state := range outbox.States {
		on := string(state) == r.Query("state")
		if on {
			list.State = state
		}
		list.States = append(list.States, choice{string(state), r.T("state " + string(state)), on})
	}
	jobs, err := s.Jobs.List(ctx, r.actor, outbox.Query{State: list.State, After: r.Query("after"), Limit: rowsMost + 1})
	if err != nil {
		return err
	}
	if list.Counts, err = s.Jobs.Count(ctx, r.actor); err != nil {
		return err
	}
	jobs, pages := paged(r, jobsPath, "after", jobs, func(x outbox.Job) string { return x.ID })
	for _, job := range jobs {
		list.Rows = append(list.Rows, s.jobRow(r, job))
	}
	for kind, n := range list.Counts.Dead {
		list.Dead = append(list.Dead, deadKind{kind, r.Text(jobKinds[kind].words), n})
	}
	slices.SortFunc(list.Dead, func(a, b deadKind) int { return cmp.Compare(a.Kind, b.Kind) })
	list.Pager = pages
	return r.render(deskFrame, "jobs", r.T("Background work"), list)
}

// blanks are the places of the arguments in a sentence's format.
var blanks = regexp.MustCompile(`%(\[\d+\])?[-+# 0]*\d*(\.\d+)?[a-zA-Z]`)

// failure says why a job failed; its arguments are not kept.
func (l language) failure(f outbox.Failure) string {
	return blanks.ReplaceAllString(l.T(f.Text), "…")
}

func (s *Server) jobRow(r *request, job outbox.Job) jobRow {
	row := jobRow{Job: job, State: job.State(s.Now()), Failure: r.failure(job.Last)}
	kind, known := jobKinds[job.Kind]
	if !known {
		return row
	}
	row.Work = r.Text(kind.words)
	if about, err := kind.about(s, r.Request.Context(), job.Key); err == nil {
		if row.About = about; !r.may(about.action, about.scope) {
			if row.About.Link = ""; about.secret {
				row.About.Name = ""
			}
		}
	}
	return row
}

// retryJobs has a dead job run again, or all of a kind.
func (s *Server) retryJobs(r *request) error {
	ctx := r.Request.Context()
	var err error
	if kind := r.PostForm("kind"); kind != "" {
		err = s.Jobs.RetryKind(ctx, r.actor, kind)
	} else {
		err = s.Jobs.Retry(ctx, r.actor, r.PostForm("id"))
	}
	if err != nil {
		return r.again(err, s.showJobs)
	}
	return r.done(jobsPath, "The work is due again.")
}

// deadJobs is how much work waits for an administrator, "" for none.
func (s *Server) deadJobs(r *request) string {
	counts, err := s.Jobs.Count(r.Request.Context(), r.actor)
	if err != nil || counts.DeadInAll() == 0 {
		return ""
	}
	return strconv.Itoa(min(counts.DeadInAll(), 999))
}
