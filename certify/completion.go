package certify

import (
	"cmp"
	"context"
	"slices"
	"time"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// Completion is the examination section (结业考核) of the form that a course is
// reported on (R61), with the sittings that its numbers count. It holds no name
// of a candidate.
type Completion struct {
	CompletionQuery
	Name         string         // of the sitting, the body or the region
	Place        string         // region whose form it is
	Form         rulebook.Param // completion_form: the fields that the section holds
	Ruled        bool           // the region has such a form; else there are only the numbers
	Sittings     []ExaminedSitting
	Lines        []ExaminedTrack
	Enrolled     int // candidates who were enrolled
	Candidates   int // of them, who took part (参加考核人数)
	Certificates int // certificates in force that followed (取证总人数)
	Entered      int // sittings whose results are in the system
	Signed       int // sittings whose record an inspector signed
}

// CompletionQuery says what a section is about: one sitting, or the sittings of
// a body or of a region that began within days, both included.
type CompletionQuery struct {
	Sitting, Body, Region string
	From, To              time.Time // any moment of the legal days
}

// ExaminedSitting is a sitting with its numbers.
type ExaminedSitting struct {
	exam.Sitting
	Enrolled, Candidates, Certificates int
}

// Entered reports whether the results are in the system for everybody to see.
func (s ExaminedSitting) Entered() bool {
	return s.State == exam.Publicised || s.State == exam.Confirmed
}

// ExaminedTrack is a line of the section: who took part in a track, and the
// certificates that followed.
type ExaminedTrack struct {
	Track                    rulebook.Track
	Candidates, Certificates int
}

// Began is when the first sitting began and Ended when the last one did; zero
// without sittings.
func (c Completion) Began() time.Time {
	if len(c.Sittings) == 0 {
		return time.Time{}
	}
	return c.Sittings[0].StartsAt
}

// Ended is when the last sitting began.
func (c Completion) Ended() time.Time {
	if len(c.Sittings) == 0 {
		return time.Time{}
	}
	return c.Sittings[len(c.Sittings)-1].StartsAt
}

// Signatures are those of the inspectors (R40), one for each person: the last.
func (c Completion) Signatures() []exam.Signature {
	var list []exam.Signature
	for _, s := range c.Sittings {
		if s.Signed.By == "" {
			continue
		}
		at := slices.IndexFunc(list, func(seen exam.Signature) bool { return seen.By == s.Signed.By })
		switch {
		case at < 0:
			list = append(list, s.Signed)
		case s.Signed.At.After(list[at].At):
			list[at] = s.Signed
		}
	}
	return list
}

// examined are the states of a sitting that was held and counts.
var examined = []exam.State{exam.Running, exam.Closed, exam.Marked, exam.Publicised, exam.Confirmed}

// Completion counts the examination section for a sitting, a body or a region
// (completion:read there). Of a body and of a region it counts only sittings
// that the actor may read it of. NotFound for what does not exist, Refused for a
// sitting that was not held.
func (s *Service) Completion(ctx context.Context, actor access.Actor, q CompletionQuery) (Completion, error) {
	const op = "certify.Completion"
	c := Completion{CompletionQuery: q}
	var list []exam.Sitting
	var err error
	if q.Sitting != "" {
		list, err = s.theSitting(ctx, actor, &c)
	} else {
		list, err = s.sittingsOf(ctx, actor, &c)
	}
	if err != nil {
		return Completion{}, fault.Wrap(op, err)
	}
	for _, sitting := range list {
		row, err := s.count(ctx, sitting)
		if err != nil {
			return Completion{}, fault.Wrap(op, err)
		}
		c.Sittings = append(c.Sittings, row)
	}
	slices.SortStableFunc(c.Sittings, func(x, y ExaminedSitting) int {
		return cmp.Or(x.StartsAt.Compare(y.StartsAt), cmp.Compare(x.ID, y.ID))
	})
	c.sum(s.Book)
	return c, nil
}

func (s *Service) theSitting(ctx context.Context, actor access.Actor, c *Completion) ([]exam.Sitting, error) {
	sitting, err := s.Exams.Sitting(ctx, access.System(), c.Sitting)
	if err != nil {
		return nil, err
	}
	if err := s.Policy.Decide(actor, "completion:read", sitting.Scope()); err != nil {
		return nil, err
	}
	if !slices.Contains(examined, sitting.State) {
		return nil, fault.New(fault.Refused, "certify.Completion", "the sitting is %s: the section counts sittings that were held", sitting.State)
	}
	c.Name, c.Place, c.Body, c.Region = sitting.Title, sitting.Region, sitting.Body, ""
	c.From, c.To = sitting.StartsAt, sitting.StartsAt
	return []exam.Sitting{sitting}, nil
}

func (s *Service) sittingsOf(ctx context.Context, actor access.Actor, c *Completion) ([]exam.Sitting, error) {
	scope := access.Scope{Region: c.Region}
	if c.Body != "" {
		body, err := s.Bodies.Body(ctx, c.Body)
		if err != nil {
			return nil, err
		}
		c.Name, c.Place, c.Region = body.Name, body.Region, ""
		scope = access.Scope{Region: body.Region, Body: body.ID}
	} else {
		if _, err := s.Book.Region(c.Region); err != nil {
			return nil, err
		}
		c.Name, c.Place = s.Book.FullName(c.Region), c.Region
	}
	if err := s.Policy.Decide(actor, "completion:read", scope); err != nil {
		return nil, err
	}
	first, after := rulebook.Day(c.From), rulebook.Day(c.To).AddDate(0, 0, 1)
	var list []exam.Sitting
	q := exam.SittingQuery{Body: c.Body, States: examined, Limit: 500}
	for {
		page, err := s.Exams.Sittings(ctx, access.System(), q)
		if err != nil {
			return nil, err
		}
		for _, sitting := range page {
			within := !sitting.StartsAt.Before(first) && sitting.StartsAt.Before(after)
			if within && (c.Body != "" || s.Book.Covers(c.Region, sitting.Region)) && s.Policy.Decide(actor, "completion:read", sitting.Scope()) == nil {
				list = append(list, sitting)
			}
		}
		if len(page) < q.Limit {
			return list, nil
		}
		q.Before = page[len(page)-1].ID
	}
}

// count counts one sitting: who was enrolled, who took part, and what is in force.
func (s *Service) count(ctx context.Context, sitting exam.Sitting) (ExaminedSitting, error) {
	row := ExaminedSitting{Sitting: sitting}
	_, list, err := s.Exams.Results(ctx, access.System(), sitting.ID)
	if err != nil {
		return row, err
	}
	row.Enrolled = len(list)
	for _, e := range list {
		if e.Theory != nil || slices.ContainsFunc(e.Practical.Scores, func(sheet exam.PracticalScore) bool { return !sheet.Absent }) {
			row.Candidates++
		}
	}
	if sitting.State != exam.Confirmed {
		return row, nil
	}
	certificates, err := s.Store.Certificates(ctx, Query{Sitting: sitting.ID})
	for _, c := range certificates {
		if c.State == Issued {
			row.Certificates++
		}
	}
	return row, err
}

// sum adds the sittings up, in the lines of the region's form. A track that the
// form has no line for gets one where it was examined, so that nothing is lost
// from the sum.
func (c *Completion) sum(book *rulebook.Book) {
	c.Form, c.Ruled = book.At(c.Place, c.To, "", "completion_form")
	lines := rulebook.Tracks
	if p, ok := book.At(c.Place, c.To, "", "completion_form_tracks"); ok {
		lines = slices.DeleteFunc(slices.Clone(lines), func(t rulebook.Track) bool {
			return !p.Has(string(t)) && !slices.ContainsFunc(c.Sittings, func(s ExaminedSitting) bool { return s.Track == t })
		})
	}
	for _, track := range lines {
		line := ExaminedTrack{Track: track}
		for _, sitting := range c.Sittings {
			if sitting.Track == track {
				line.Candidates += sitting.Candidates
				line.Certificates += sitting.Certificates
			}
		}
		c.Lines = append(c.Lines, line)
		c.Candidates += line.Candidates
		c.Certificates += line.Certificates
	}
	for _, sitting := range c.Sittings {
		c.Enrolled += sitting.Enrolled
		if sitting.Entered() {
			c.Entered++
		}
		if sitting.Signed.By != "" {
			c.Signed++
		}
	}
}

// Holds reports whether the region's form has a field.
func (c Completion) Holds(field string) bool { return c.Ruled && c.Form.Has(field) }
