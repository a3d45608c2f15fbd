package central

import (
	"context"
	"time"

	"kaoping/bank"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Brief is what may be known of a paper without its content (paper:brief).
type Brief struct {
	Paper
}

// brief drops all that is sealed, and for a body's people also whose hands
// were on it.
func (p Paper) brief(body bool) Brief {
	forms := make([]Form, len(p.Forms))
	for i, f := range p.Forms {
		forms[i] = Form{Letter: f.Letter, Digest: f.Digest, Questions: f.Questions, Tasks: f.Tasks, Unsealed: f.Unsealed}
		if body {
			forms[i].Digest, forms[i].Unsealed = "", nil
		}
	}
	p.Forms = forms
	if body {
		p.SetBy, p.ReviewedBy, p.Reason, p.Sealed, p.Replacement = "", "", "", nil, nil
		p.Openings, p.Copies, p.Refusals = 0, 0, 0
	}
	return Brief{p}
}

// Show tells of a paper without its content (paper:brief where it is set).
func (s *Service) Show(ctx context.Context, actor access.Actor, id string) (Brief, error) {
	p, err := s.Store.CentralPaper(ctx, id)
	if err != nil {
		return Brief{}, fault.Wrap("central.Show", err)
	}
	if err := s.Policy.Decide(actor, "paper:brief", p.Scope()); err != nil {
		return Brief{}, err
	}
	return p.brief(false), nil
}

// List tells of the papers that the actor may know of in the regions of the
// actor's grants, newest first. Before pages on.
func (s *Service) List(ctx context.Context, actor access.Actor, q Query) ([]Brief, error) {
	papers, err := access.Readable(q.Limit, q.Before, func(before string, limit int) ([]Paper, error) {
		q.Before, q.Limit = before, limit
		return s.Store.CentralPapers(ctx, q)
	}, func(p Paper) string { return p.ID }, func(p Paper) bool { return s.Policy.Decide(actor, "paper:brief", p.Scope()) == nil })
	mine := make([]Brief, len(papers))
	for i, p := range papers {
		mine[i] = p.brief(false)
	}
	return mine, fault.Wrap("central.List", err)
}

// Want is a sitting that needs a paper.
type Want struct {
	Region   string
	Body     string
	Track    rulebook.Track
	Trade    string
	Level    rulebook.Level
	StartsAt time.Time
}

// Offered lists the papers that a body's sitting can be staffed with, without
// their content (paper:list in the body).
func (s *Service) Offered(ctx context.Context, actor access.Actor, w Want) ([]Brief, error) {
	if err := s.Policy.Decide(actor, "paper:list", access.Scope{Region: w.Region, Body: w.Body, Trade: w.Trade}); err != nil {
		return nil, err
	}
	list, err := s.Store.CentralPapers(ctx, Query{Regions: s.Book.Lineage(w.Region), Track: w.Track, Trade: w.Trade})
	if err != nil {
		return nil, fault.Wrap("central.Offered", err)
	}
	offered := []Brief{}
	for _, p := range list {
		if p.Approved() && s.misfit(p, w) == "" {
			offered = append(offered, p.brief(true))
		}
	}
	return offered, nil
}

// Fit refuses a paper that a sitting cannot have: an unknown one, one of
// another track, trade, level or hour, of a bureau whose region does not
// contain the sitting's, or a revoked one (R05 where the track is central).
func (s *Service) Fit(ctx context.Context, id string, w Want) (Brief, error) {
	const op = "central.Fit"
	rule, _ := s.Book.CentralPapers(w.Region, w.StartsAt, w.Track)
	p, err := s.Store.CentralPaper(ctx, id)
	if fault.Is(err, fault.NotFound) {
		return Brief{}, by(fault.New(fault.Refused, op, OwnPaper).Because(err), rule)
	}
	if err != nil {
		return Brief{}, fault.Wrap(op, err)
	}
	if why := s.misfit(p, w); why != "" {
		return Brief{}, by(fault.New(fault.Refused, op, why), rule)
	}
	return p.brief(true), nil
}

// OwnPaper is what R05 refuses.
const OwnPaper = "a paper of this track is set by the county-or-higher bureau; a body's own paper cannot be used"

// misfit says why a paper cannot serve a sitting, "" if it can.
func (s *Service) misfit(p Paper, w Want) string {
	switch {
	case p.Track != w.Track:
		return "the central paper is of another track"
	case p.Trade != w.Trade || p.Level != w.Level:
		return "the central paper is of another trade or level"
	case !s.Book.Covers(p.Region, w.Region):
		return "the central paper is of a bureau whose region does not contain the sitting's"
	case !p.StartsAt.Equal(w.StartsAt):
		return "the central paper is sat at another hour"
	case p.State == Revoked:
		return "the central paper was revoked"
	}
	return ""
}

// Standing is what the exam room knows of a paper without its content: its
// state, the form that is sat, and when that was unsealed.
type Standing struct {
	ID         string
	Name       string
	State      State
	Current    string
	Minutes    int
	PassMark   bank.Points
	Questions  int
	StartsAt   time.Time
	Choice     Choice    // for attempts already begun, once form B took form A's place
	Replaced   bool      // form B took form A's place
	UnsealedAt time.Time // the form that is sat; zero while it is sealed
}

// Standing tells the exam room how a paper stands. It asks no actor.
func (s *Service) Standing(ctx context.Context, id string) (Standing, error) {
	p, err := s.Store.CentralPaper(ctx, id)
	if err != nil {
		return Standing{}, fault.Wrap("central.Standing", err)
	}
	need, _ := s.keepers(p)
	st := Standing{ID: p.ID, Name: p.Name, State: p.State, Current: p.Current, Minutes: p.Minutes, PassMark: p.PassMark, StartsAt: p.StartsAt}
	st.UnsealedAt = p.UnsealedAt(p.Current, need)
	st.Choice, st.Replaced = p.Choice, p.Replaced()
	if form, err := p.Form(p.Current); err == nil {
		st.Questions = form.Questions
	}
	return st, nil
}
