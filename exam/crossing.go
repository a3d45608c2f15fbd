package exam

import (
	"context"
	"slices"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Side is whose consent a sitting across regions asks for (R37).
type Side string

// The sides.
const (
	OwnSide      Side = "own"      // the bureau where the body is filed
	HostSide     Side = "host"     // the bureau where the site lies
	ProvinceSide Side = "province" // the province's, for subsidised work past local bodies
)

// Sides lists the sides in their order.
var Sides = []Side{OwnSide, HostSide, ProvinceSide}

// Consent is one bureau's consent to a sitting across regions (跨地域同意, R37).
type Consent struct {
	Side   Side
	Region string // whose bureau it is
	By     string // account id
	Name   string
	At     time.Time
	Note   string
}

// across is the rule of a sitting across regions: that of the region which
// takes it in, else that of the body's own. Where neither sets one, nothing is asked.
func (s *Service) across(sitting Sitting) (rule rulebook.Param, set bool) {
	if sitting.Host == "" {
		return rule, false
	}
	if rule, set = s.Book.At(sitting.Host, sitting.StartsAt, sitting.Track, "cross_region"); !set {
		rule, set = s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "cross_region")
	}
	return rule, set
}

// local lists the bodies on the list, in the place that takes a sitting in, that
// could hold it themselves. The place is the host's city, or the host itself
// where the body is of the same city.
func (s *Service) local(ctx context.Context, sitting Sitting) ([]standing.Body, error) {
	place := s.Book.City(sitting.Host)
	if s.Book.Covers(place, sitting.Region) {
		place = sitting.Host
	}
	bodies, err := s.Bodies.Bodies(ctx)
	return slices.DeleteFunc(bodies, func(b standing.Body) bool {
		return b.ID == sitting.Body || !s.Book.Covers(place, b.Region) || !b.Covers(sitting.Trade, sitting.Level, sitting.Track, s.Now())
	}), err
}

// crowding refuses a sitting in another region that can hold it itself, where
// the rule lets others in only for what the place lacks (R37).
func (s *Service) crowding(ctx context.Context, op string, sitting Sitting) error {
	rule, set := s.across(sitting)
	if !set || rule.Word() != "capacity_lacks" {
		return nil
	}
	there, err := s.local(ctx, sitting)
	if err != nil || len(there) == 0 {
		return fault.Wrap(op, err)
	}
	refusal := fault.New(fault.Refused, op, "bodies of another region examine only what the place itself cannot").By(rule.Cite())
	for _, b := range there {
		refusal = refusal.With(fault.Issue{Column: b.Name, Rule: rule.Rule, Text: fault.Textf("is filed there for this trade and level")})
	}
	return refusal
}

// Asked lists the consents that a sitting across regions needs, by side with the
// region whose bureau gives it; none where no rule is set. Subsidised work in
// another city that has bodies of its own needs the province's, too, where the
// rule says so.
func (s *Service) Asked(ctx context.Context, sitting Sitting) (rulebook.Param, []Consent, error) {
	rule, set := s.across(sitting)
	if !set {
		return rule, nil, nil
	}
	asked := []Consent{{Side: OwnSide, Region: sitting.Region}, {Side: HostSide, Region: sitting.Host}}
	if rule.Word() == "provincial_consent" && sitting.Subsidised && s.Book.City(sitting.Host) != s.Book.City(sitting.Region) {
		there, err := s.local(ctx, sitting)
		if err != nil {
			return rule, nil, err
		}
		if line := s.Book.Lineage(rule.Region); len(there) > 0 && len(line) > 1 {
			asked = append(asked, Consent{Side: ProvinceSide, Region: line[len(line)-2]})
		}
	}
	for i, one := range asked {
		if at := slices.IndexFunc(sitting.Consents, func(c Consent) bool { return c.Side == one.Side }); at >= 0 {
			asked[i] = sitting.Consents[at]
		}
	}
	return rule, asked, nil
}

// acceptable decides whether a notice can be accepted now: as noticeable does,
// and with every consent that is asked for (R37).
func (s *Service) acceptable(ctx context.Context, op string, sitting Sitting) error {
	if err := s.noticeable(ctx, op, sitting); err != nil {
		return err
	}
	rule, asked, err := s.Asked(ctx, sitting)
	if err != nil {
		return fault.Wrap(op, err)
	}
	var missing []fault.Issue
	for _, c := range asked {
		if c.By == "" {
			missing = append(missing, fault.Issue{Column: s.Book.FullName(c.Region), Rule: rule.Rule, Text: fault.Textf("its bureau has not consented yet")})
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return fault.New(fault.Refused, op, "a sitting in another region is accepted with the consent of the bureaus").By(rule.Cite()).With(missing...)
}

// Consent records a bureau's consent to a noticed sitting across regions
// (sitting:consent in the region of that side; R37). Refused where this consent
// is not asked for or given already, and to who gave the other one.
func (s *Service) Consent(ctx context.Context, actor access.Actor, id string, side Side, note string) (Sitting, error) {
	const op = "exam.Consent"
	note = strings.TrimSpace(note)
	if !slices.Contains(Sides, side) || len([]rune(note)) > noteMost {
		return Sitting{}, fault.New(fault.Invalid, op, "a consent names whose it is, with a note of at most %d characters", noteMost)
	}
	var sitting Sitting
	err := fault.Retry(func() (err error) {
		if sitting, err = s.Store.Sitting(ctx, id); err != nil {
			return err
		}
		rule, asked, err := s.Asked(ctx, sitting)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(asked, func(c Consent) bool { return c.Side == side })
		scope := sitting.Scope()
		if at >= 0 {
			scope = access.Scope{Region: asked[at].Region}
		}
		if err := s.Policy.Decide(actor, "sitting:consent", scope); err != nil {
			return err
		}
		if err := sitting.in(op, Notified); err != nil {
			return err
		}
		if at < 0 || asked[at].By != "" {
			return fault.New(fault.Refused, op, "this consent is not asked for, or given already")
		}
		var before []string
		for _, c := range sitting.Consents {
			before = append(before, c.By)
		}
		if err := access.Distinct(access.SignSecond, actor, before...); err != nil {
			return err
		}
		sitting.Consents = append(slices.Clip(sitting.Consents), Consent{side, asked[at].Region, actor.ID, actor.Name, s.Now(), note})
		entry := s.entry(actor, id, "sitting/"+id, "sitting:consent")
		entry.Rule, entry.Note = rule.Rule, "side="+string(side)+" "+note
		return s.Store.PutSitting(ctx, &sitting, entry)
	})
	return sitting, fault.Wrap(op, err)
}

// MayConsent lists the consents that the actor can give to a sitting now.
func (s *Service) MayConsent(ctx context.Context, actor access.Actor, sitting Sitting) ([]Side, error) {
	if sitting.State != Notified {
		return nil, nil
	}
	_, asked, err := s.Asked(ctx, sitting)
	var mine []Side
	for _, c := range asked {
		gave := slices.ContainsFunc(sitting.Consents, func(c Consent) bool { return c.By == actor.ID })
		if c.By == "" && !gave && s.Policy.Decide(actor, "sitting:consent", access.Scope{Region: c.Region}) == nil {
			mine = append(mine, c.Side)
		}
	}
	return mine, err
}

// reads decides sitting:read: where the sitting belongs, and for who may
// consent to it where it is held.
func (s *Service) reads(actor access.Actor, sitting Sitting) error {
	err := s.Policy.Decide(actor, "sitting:read", sitting.Scope())
	if err != nil && sitting.Host != "" && s.Policy.Decide(actor, "sitting:consent", access.Scope{Region: sitting.Host}) == nil {
		return nil
	}
	return err
}
