package exam

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Draft is what a scheduler fills in for a sitting.
type Draft struct {
	Body     string
	Site     string
	Trade    string
	Level    rulebook.Level
	Track    rulebook.Track
	Title    string // "" makes one of trade, level and serial
	StartsAt time.Time

	Subsidised bool
	Joint      string // sitting of another body to sit together with, "" for none (R14)
	For        string // body id of the employer or school whose people sit, "" for none
	ForWhy     string // why that body does not examine its own people (R38)
	Central    string // id of a central paper (R05), "" until one is chosen at staffing
}

// Draft opens a sitting as a draft (sitting:draft in the body; Invalid names
// the fields; Refused by R30 outside the body's filing).
func (s *Service) Draft(ctx context.Context, actor access.Actor, d Draft) (Sitting, error) {
	const op = "exam.Draft"
	body, err := s.Bodies.Body(ctx, d.Body)
	if err != nil {
		return Sitting{}, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "sitting:draft", access.Scope{Region: body.Region, Body: body.ID}); err != nil {
		return Sitting{}, err
	}
	sitting := Sitting{ID: ulid.Make().String(), Body: body.ID, BodyName: body.Name, Region: body.Region, State: Drafted, DraftedBy: actor.ID, DraftedAt: s.Now()}
	if err := s.fill(ctx, &sitting, d); err != nil {
		return Sitting{}, err
	}
	year := s.Now().In(rulebook.Shanghai).Year()
	if sitting.Serial, err = s.Store.Next(ctx, fmt.Sprintf("sitting/%s/%d", body.Region, year)); err != nil {
		return Sitting{}, fault.Wrap(op, err)
	}
	if sitting.Title == "" {
		trade, _ := s.Book.Trade(d.Trade)
		sitting.Title = fmt.Sprintf("%s · %s · 第 %d 批", trade.Name, d.Level, sitting.Serial)
	}
	entry := s.entry(actor, sitting.ID, "sitting/"+sitting.ID, "sitting:draft")
	return sitting, fault.Wrap(op, s.Store.PutSitting(ctx, &sitting, entry))
}

// Redraft changes a draft or a returned notice.
func (s *Service) Redraft(ctx context.Context, actor access.Actor, id string, d Draft) (Sitting, error) {
	return s.changeSitting(ctx, actor, "sitting:draft", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in("exam.Redraft", Drafted, Returned); err != nil {
			return audit.Entry{}, err
		}
		if err := s.fill(ctx, sitting, d); err != nil {
			return audit.Entry{}, err
		}
		return s.entry(actor, id, "sitting/"+id, "sitting:draft"), nil
	})
}

func (s *Service) fill(ctx context.Context, sitting *Sitting, d Draft) error {
	const op = "exam.Draft"
	var issues []fault.Issue
	wrong := func(column, format string, args ...any) {
		issues = append(issues, fault.Issue{Column: column, Text: fault.Textf(format, args...)})
	}
	if _, err := s.Book.Trade(d.Trade); err != nil {
		wrong("trade", "choose a trade")
	}
	if !d.Level.Valid() {
		wrong("level", "choose a level")
	}
	if !d.Track.Valid() {
		wrong("track", "choose a track")
	}
	if d.StartsAt.IsZero() {
		wrong("starts_at", "give the date and time at which the theory examination starts")
	}
	if len([]rune(d.Title)) > 60 {
		wrong("title", "a title has at most 60 characters")
	}
	if len([]rune(d.ForWhy)) > noteMost {
		wrong("for_why", "a reason has at most %d characters", noteMost)
	}
	sitting.For, sitting.ForName, sitting.ForWhy = d.For, "", strings.TrimSpace(d.ForWhy)
	if d.For != "" {
		own, err := s.Bodies.Body(ctx, d.For)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return fault.Wrap(op, err)
		}
		if err != nil || own.Kind != standing.Employer && own.Kind != standing.School {
			wrong("for", "choose the employer or the school whose people sit")
		}
		sitting.ForName = own.Name
	}
	if d.Central != "" {
		if _, err := s.Central.Standing(ctx, d.Central); fault.Is(err, fault.NotFound) {
			wrong("central", "choose a paper")
		} else if err != nil {
			return err
		}
	}
	if len(issues) > 0 {
		return fault.New(fault.Invalid, op, "the draft is incomplete").With(issues...)
	}
	sitting.Subsidised = d.Subsidised
	if err := s.clear(ctx, standing.ToNotify, *sitting); err != nil {
		return err
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return fault.Wrap(op, err)
	}
	if err := body.MayEvaluate(d.Trade, d.Level, d.Track, d.Site, d.StartsAt); err != nil {
		return err
	}
	site, err := body.Site(d.Site)
	if err != nil {
		return err
	}
	sitting.Site, sitting.SiteName = site.ID, site.Name
	sitting.Trade, sitting.Level, sitting.Track = d.Trade, d.Level, d.Track
	sitting.StartsAt, sitting.Central = d.StartsAt, d.Central
	sitting.Host, sitting.Consents = "", nil
	if site.Region != "" && !s.Book.Covers(body.Region, site.Region) {
		sitting.Host = site.Region
	}
	if d.Title != "" {
		sitting.Title = d.Title
	}
	sitting.Rooms = nil
	for _, r := range site.Rooms {
		sitting.Rooms = append(sitting.Rooms, Room{Name: r.Name, Seats: r.Seats})
	}
	return s.join(ctx, op, sitting, d.Joint)
}

// Notify gives the bureau notice of a sitting (报备). Refused by R02 when it
// comes too late, naming the first date that would do; by R30 outside the
// filing, by R03 where a stronger certificate can be had, by R05 with a paper
// that is not the right central one, by R37 where the place can examine for
// itself, by R38 without a reason for a third party.
func (s *Service) Notify(ctx context.Context, actor access.Actor, id string) (Sitting, error) {
	const op = "exam.Notify"
	return s.changeSitting(ctx, actor, "sitting:notify", id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in(op, Drafted, Returned); err != nil {
			return audit.Entry{}, err
		}
		if err := s.noticeable(ctx, op, *sitting); err != nil {
			return audit.Entry{}, err
		}
		if err := s.fits(ctx, *sitting, false); err != nil {
			return audit.Entry{}, err
		}
		now := s.Now()
		rule, err := s.noticeInTime(*sitting, now)
		if err != nil {
			return audit.Entry{}, err
		}
		sitting.State, sitting.NotifiedAt, sitting.Reason = Notified, now, ""
		entry := s.entry(actor, id, "sitting/"+id, "sitting:notify")
		entry.Rule, entry.Note = rule, sitting.ForWhy
		return entry, nil
	})
}

// noticeInTime applies R02 and returns the id of the rule applied, "" where the
// region sets none.
func (s *Service) noticeInTime(sitting Sitting, now time.Time) (string, error) {
	const op = "exam.Notify"
	if !sitting.StartsAt.After(now) {
		return "", fault.New(fault.Refused, op, "the sitting would have started already")
	}
	days, ok := s.Book.At(sitting.Region, now, sitting.Track, "notice_days")
	if !ok {
		return "", nil
	}
	first := s.Book.AddDays(now, days.Int(), days.Unit)
	if !rulebook.Day(sitting.StartsAt).Before(first.Day) {
		return days.Rule, nil
	}
	refusal := fault.New(fault.Refused, op, "notice is due %d days ahead: given today, the earliest date is %s; the sitting is planned for %s",
		days.Int(), first.Day, rulebook.Day(sitting.StartsAt))
	if days.Unit == rulebook.WorkingDay {
		refusal = fault.New(fault.Refused, op, "notice is due %d working days ahead: given today, the earliest date is %s; the sitting is planned for %s",
			days.Int(), first.Day, rulebook.Day(sitting.StartsAt))
	}
	if remark, ok := first.Remark(); ok {
		refusal = refusal.With(fault.Issue{Text: remark})
	}
	return "", refusal.By(days.Cite())
}

// noticeable refuses what no notice can be given of: the body's standing and
// filing (R33, R34, R30) and what the place's own possibilities forbid (R03,
// R37, R38). It is asked when notice is foreseen, given and accepted.
func (s *Service) noticeable(ctx context.Context, op string, sitting Sitting) error {
	if err := s.within(ctx, standing.ToNotify, sitting, sitting.StartsAt); err != nil {
		return err
	}
	for _, asked := range []func(context.Context, string, Sitting) error{s.weaker, s.crowding, s.passing, s.crowded} {
		if err := asked(ctx, op, sitting); err != nil {
			return err
		}
	}
	return nil
}

// Accept is the bureau's acceptance of a notice (受理). Refused as Notify is, and
// by R37 while a consent to a sitting across regions is missing.
func (s *Service) Accept(ctx context.Context, actor access.Actor, id string) (Sitting, error) {
	sitting, err := s.sittingFor(ctx, actor, "sitting:accept", id)
	if err != nil {
		return Sitting{}, err
	}
	if err := s.acceptable(ctx, "exam.Accept", sitting); err != nil {
		return Sitting{}, err
	}
	if err := s.welcome(ctx, actor, sitting); err != nil {
		return Sitting{}, err
	}
	// Another guest may have been welcomed meanwhile: each counts all, itself noted.
	if err := s.crowded(ctx, "exam.Accept", sitting); err != nil {
		return Sitting{}, err
	}
	return s.decideNotice(ctx, actor, "sitting:accept", id, Accepted, "")
}

// Return sends a notice back with a reason (退回).
func (s *Service) Return(ctx context.Context, actor access.Actor, id, reason string) (Sitting, error) {
	if reason = strings.TrimSpace(reason); reason == "" {
		return Sitting{}, fault.New(fault.Invalid, "exam.Return", "say why the notice is returned").With(fault.Issue{Column: "reason", Text: fault.Textf("say why the notice is returned")})
	}
	return s.decideNotice(ctx, actor, "sitting:return", id, Returned, reason)
}

func (s *Service) decideNotice(ctx context.Context, actor access.Actor, action access.Action, id string, to State, reason string) (Sitting, error) {
	return s.changeSitting(ctx, actor, action, id, func(sitting *Sitting) (audit.Entry, error) {
		if err := sitting.in("exam."+string(action), Notified); err != nil {
			return audit.Entry{}, err
		}
		sitting.State, sitting.Reason = to, reason
		sitting.DecidedBy, sitting.DecidedAt = actor.ID, s.Now()
		entry := s.entry(actor, id, "sitting/"+id, string(action))
		entry.Note = reason
		return entry, nil
	})
}
