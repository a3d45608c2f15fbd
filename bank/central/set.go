package central

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Draft is what a setter fills in for a paper.
type Draft struct {
	Region   string
	Track    rulebook.Track
	Trade    string
	Level    rulebook.Level
	Name     string
	StartsAt time.Time
	Minutes  int
	PassMark bank.Points
	Partial  bool
}

func (d Draft) into(p *Paper) {
	p.Track, p.Trade, p.Level, p.Name, p.StartsAt = d.Track, d.Trade, d.Level, strings.TrimSpace(d.Name), d.StartsAt
	p.Minutes, p.PassMark, p.Partial = d.Minutes, d.PassMark, d.Partial
}

// check names what is wrong with a draft.
func (s *Service) check(d Draft) error {
	var issues []fault.Issue
	wrong := func(column, rule, format string, args ...any) {
		issues = append(issues, fault.Issue{Column: column, Rule: rule, Text: fault.Textf(format, args...)})
	}
	if s.Book.Rank(d.Region) < 1 { // a province, a city or a county: the nation sets none
		wrong("region", "R05", "choose the region of the bureau that sets the paper")
	}
	if !d.Track.Valid() {
		wrong("track", "", "choose a track")
	}
	if _, err := s.Book.Trade(d.Trade); err != nil {
		wrong("trade", "", "choose a trade")
	}
	if !d.Level.Valid() {
		wrong("level", "", "choose a level")
	}
	if n := utf8.RuneCountInString(strings.TrimSpace(d.Name)); n == 0 || n > bank.MaxName {
		wrong("name", "", "a paper has a name of at most %d characters", bank.MaxName)
	}
	if !d.StartsAt.After(s.Now()) {
		wrong("starts_at", "", "give the date and time, still to come, at which the paper is sat")
	}
	least := bank.MinMinutes
	if rule, ok := s.Book.At(d.Region, d.StartsAt, d.Track, "theory_minutes_least"); ok {
		least = rule.Int()
	}
	if d.Minutes < least || d.Minutes > bank.MaxMinutes {
		wrong("minutes", "R18", "the theory examination lasts %d to %d minutes", least, bank.MaxMinutes)
	}
	if d.PassMark < bank.MinPassMark || d.PassMark > bank.FullMarks {
		wrong("pass_mark", "R15", "the pass mark is %s points; it must be %s to %s", d.PassMark, bank.MinPassMark, bank.FullMarks)
	}
	if len(issues) > 0 {
		return fault.New(fault.Invalid, "central.Draft", "the draft is incomplete").With(issues...)
	}
	return nil
}

// Create opens a paper as a draft of its setter (paper:set in the region;
// Invalid names the fields).
func (s *Service) Create(ctx context.Context, actor access.Actor, d Draft) (Paper, error) {
	const op = "central.Create"
	p := Paper{ID: ulid.Make().String(), Region: d.Region, State: Drafted, SetBy: actor.ID, SetAt: s.Now(), Current: FormA}
	d.into(&p)
	if err := s.Policy.Decide(actor, "paper:set", p.Scope()); err != nil {
		return Paper{}, err
	}
	if err := s.check(d); err != nil {
		return Paper{}, err
	}
	return p, fault.Wrap(op, s.Store.PutCentralPaper(ctx, &p, s.entry(actor, &p, "paper:set")))
}

// own refuses unless the actor set the paper and may still change it.
func (p Paper) own(op string, actor access.Actor) error {
	if p.SetBy != actor.ID {
		return fault.New(fault.Refused, op, "only the setter of a paper changes it")
	}
	return p.in(op, Drafted, Returned)
}

// Redraft changes what a draft or a returned paper is for; its region stays.
func (s *Service) Redraft(ctx context.Context, actor access.Actor, id string, d Draft) (Paper, error) {
	return s.act(ctx, actor, "paper:set", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := p.own("central.Redraft", actor); err != nil {
			return audit.Entry{}, nil, err
		}
		d.Region = p.Region
		if err := s.check(d); err != nil {
			return audit.Entry{}, nil, err
		}
		d.into(p)
		return s.entry(actor, p, "paper:set"), nil, nil
	})
}

// PutForm gives a draft its form A or B, in place of what it had (paper:set by
// its setter; Invalid names the rows). It is encrypted before it is stored.
func (s *Service) PutForm(ctx context.Context, actor access.Actor, id, letter string, in FormInput) (Paper, error) {
	const op = "central.PutForm"
	return s.act(ctx, actor, "paper:set", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := p.own(op, actor); err != nil {
			return audit.Entry{}, nil, err
		}
		if !slices.Contains(Letters, letter) {
			return audit.Entry{}, nil, fault.New(fault.Invalid, op, "a paper has a form A and a form B")
		}
		content, issues := in.content(letter)
		if len(issues) > 0 {
			return audit.Entry{}, nil, fault.New(fault.Invalid, op, "the form is not right yet").With(issues...)
		}
		form, err := s.encrypt(p.ID, letter, content)
		if err != nil {
			return audit.Entry{}, nil, err
		}
		p.Forms = slices.DeleteFunc(slices.Clone(p.Forms), func(f Form) bool { return f.Letter == letter })
		p.Forms = append(p.Forms, form)
		slices.SortFunc(p.Forms, func(a, b Form) int { return strings.Compare(a.Letter, b.Letter) })
		return s.entry(actor, p, "paper:set", "form="+letter), nil, nil
	})
}

// Submit hands a paper with both forms to its reviewer.
func (s *Service) Submit(ctx context.Context, actor access.Actor, id string) (Paper, error) {
	const op = "central.Submit"
	return s.act(ctx, actor, "paper:set", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if err := p.own(op, actor); err != nil {
			return audit.Entry{}, nil, err
		}
		for _, letter := range Letters {
			if _, err := p.Form(letter); err != nil {
				return audit.Entry{}, nil, fault.New(fault.Refused, op, "a paper has a form A and a form B before it is handed in: form %s is missing", letter)
			}
		}
		p.State, p.Reason = Submitted, ""
		return s.entry(actor, p, "paper:submit"), nil, nil
	})
}
