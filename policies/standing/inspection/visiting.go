package inspection

import (
	"bytes"
	"context"
	"fmt"
	"image"
	_ "image/jpeg" // the two formats of photos
	_ "image/png"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Notes are what the inspectors write down on site.
type Notes struct {
	On       time.Time
	Met      string
	Checks   []Check // in the order of the checklist
	Findings []Finding
}

// Note keeps the record of a visit (inspection:visit by one of the inspectors
// drawn, until somebody has signed; Invalid names the line).
func (s *Service) Note(ctx context.Context, actor access.Actor, id string, notes Notes) (Visit, error) {
	const op = "inspection.Note"
	return s.visit(ctx, op, actor, id, func(v *Visit) (audit.Entry, error) {
		if v.State == Signed || len(v.Signatures) > 0 {
			return audit.Entry{}, fault.New(fault.Refused, op, "the record is signed: it does not change any more")
		}
		if issues := notes.check(*v, s.Now()); len(issues) > 0 {
			return audit.Entry{}, fault.New(fault.Invalid, op, "the record is incomplete").With(issues...)
		}
		v.On, v.Met, v.State = rulebook.Day(notes.On), strings.TrimSpace(notes.Met), Noted
		for i := range v.Checks {
			v.Checks[i].Result, v.Checks[i].Note = notes.Checks[i].Result, strings.TrimSpace(notes.Checks[i].Note)
		}
		v.Findings = nil
		for _, f := range notes.Findings {
			v.Findings = append(v.Findings, Finding{ID: ulid.Make().String(), Text: strings.TrimSpace(f.Text), Rule: f.Rule, Due: rulebook.Day(f.Due), State: Open})
		}
		return s.entryOf(*v, actor, "inspection:visit"), nil
	})
}

func (n Notes) check(v Visit, now time.Time) []fault.Issue {
	var list []fault.Issue
	add := func(ok bool, row int, column, format string, args ...any) {
		if !ok {
			list = append(list, fault.Issue{Row: row, Column: column, Text: fault.Textf(format, args...)})
		}
	}
	add(!n.On.IsZero() && !n.On.After(now), 0, "on", "give the day of the visit")
	if len(n.Checks) != len(v.Checks) {
		add(false, 0, "checks", "answer each of the %d lines of the checklist", len(v.Checks))
		return list
	}
	breaches := 0
	for i, c := range n.Checks {
		add(slices.Contains(Results, c.Result), i+1, "checks", "answer this line: as it should be, a breach, or not so here")
		add(c.Result != Breach || strings.TrimSpace(c.Note) != "", i+1, "checks", "say what the breach is")
		if c.Result == Breach {
			breaches++
		}
	}
	add(breaches == 0 || len(n.Findings) > 0, 0, "findings", "a breach needs a finding with a day by which it is put right")
	for i, f := range n.Findings {
		add(strings.TrimSpace(f.Text) != "", i+1, "findings", "say what was found")
		add(!f.Due.IsZero() && !rulebook.Day(f.Due).Before(rulebook.Day(n.On)), i+1, "findings", "give the day by which it is put right")
	}
	return list
}

// The largest photo, in bytes, and the most of one visit.
const (
	photoMost  = 4 << 20
	photosMost = 40
)

// AddPhoto adds a picture to a record that nobody has signed yet.
func (s *Service) AddPhoto(ctx context.Context, actor access.Actor, id string, content []byte, note string) (Visit, error) {
	const op = "inspection.AddPhoto"
	_, kind, err := image.DecodeConfig(bytes.NewReader(content))
	if err != nil || len(content) > photoMost {
		return Visit{}, fault.New(fault.Invalid, op, "a photo is a JPEG or PNG of at most %d MiB", photoMost>>20)
	}
	photo := Photo{Key: "inspections/" + id + "/" + audit.Digest(content)[:24], Note: strings.TrimSpace(note)}
	return s.visit(ctx, op, actor, id, func(v *Visit) (audit.Entry, error) {
		if len(v.Signatures) > 0 {
			return audit.Entry{}, fault.New(fault.Refused, op, "the record is signed: it does not change any more")
		}
		if len(v.Photos) >= photosMost {
			return audit.Entry{}, fault.New(fault.Refused, op, "a record has at most %d photos", photosMost)
		}
		if photo.SHA256, err = s.Documents.Put(ctx, photo.Key, content, "image/"+kind); err != nil && !fault.Is(err, fault.Conflict) {
			return audit.Entry{}, err
		}
		if photo.SHA256 = audit.Digest(content); !slices.ContainsFunc(v.Photos, func(p Photo) bool { return p.Key == photo.Key }) {
			v.Photos = append(slices.Clip(v.Photos), photo)
		}
		return s.entryOf(*v, actor, "inspection:photo"), nil
	})
}

// Sign is an inspector's signature under the record; with the last one it stands.
func (s *Service) Sign(ctx context.Context, actor access.Actor, id string) (Visit, error) {
	const op = "inspection.Sign"
	return s.visit(ctx, op, actor, id, func(v *Visit) (audit.Entry, error) {
		if v.State != Noted {
			return audit.Entry{}, fault.New(fault.Refused, op, "the visit is %s: this cannot be done now", v.State)
		}
		if slices.ContainsFunc(v.Signatures, func(x Signature) bool { return x.By == actor.ID }) {
			return audit.Entry{}, fault.New(fault.Refused, op, "you have signed this record already")
		}
		v.Signatures = append(slices.Clip(v.Signatures), Signature{By: actor.ID, Name: actor.Name, At: s.Now()})
		if len(v.Signatures) == len(v.Inspectors) {
			v.State = Signed
		}
		return s.entryOf(*v, actor, "inspection:sign"), nil
	})
}

// visit decides that the actor is one of those drawn, changes and stores.
func (s *Service) visit(ctx context.Context, op string, actor access.Actor, id string, change func(*Visit) (audit.Entry, error)) (Visit, error) {
	return s.changeVisit(ctx, op, id, func(v *Visit) (audit.Entry, error) {
		if err := s.Policy.Decide(actor, "inspection:visit", v.Scope()); err != nil {
			return audit.Entry{}, err
		}
		if !slices.Contains(v.Inspectors, actor.ID) {
			return audit.Entry{}, fault.New(fault.Forbidden, op, "you were not drawn for this body")
		}
		return change(v)
	})
}

func (s *Service) changeVisit(ctx context.Context, op, id string, change func(*Visit) (audit.Entry, error)) (Visit, error) {
	var v Visit
	err := fault.Retry(func() (err error) {
		if v, err = s.Store.Visit(ctx, id); err != nil {
			return err
		}
		entry, err := change(&v)
		if err != nil {
			return err
		}
		return s.Store.PutVisit(ctx, &v, entry)
	})
	return v, fault.Wrap(op, err)
}

// Follow records a look at whether a finding was put right (finding:follow;
// Refused before the record stands, and once it was put right).
func (s *Service) Follow(ctx context.Context, actor access.Actor, id, finding, text string, done bool) (Visit, error) {
	const op = "inspection.Follow"
	if text = strings.TrimSpace(text); text == "" {
		return Visit{}, fault.New(fault.Invalid, op, "say what was seen").With(fault.Issue{Column: "text", Text: fault.Textf("say what was seen")})
	}
	return s.changeVisit(ctx, op, id, func(v *Visit) (audit.Entry, error) {
		if err := s.Policy.Decide(actor, "finding:follow", v.Scope()); err != nil {
			return audit.Entry{}, err
		}
		i := slices.IndexFunc(v.Findings, func(f Finding) bool { return f.ID == finding })
		if i < 0 {
			return audit.Entry{}, fault.New(fault.NotFound, op, "there is no such finding")
		}
		if v.State != Signed || v.Findings[i].State != Open {
			return audit.Entry{}, fault.New(fault.Refused, op, "only an open finding of a signed record is followed up")
		}
		v.Findings = slices.Clone(v.Findings)
		f := &v.Findings[i]
		f.Follow = append(slices.Clip(f.Follow), FollowUp{By: actor.ID, Name: actor.Name, At: s.Now(), Text: text, Done: done})
		if done {
			f.State = Fixed
		}
		entry := s.entryOf(*v, actor, "finding:follow")
		entry.Note = fmt.Sprintf("finding=%s done=%t", finding, done)
		return entry, nil
	})
}

// Overdue reports whether a finding is open after its last day.
func (f Finding) Overdue(now time.Time) bool {
	return f.State == Open && rulebook.Day(now).After(rulebook.Day(f.Due))
}
