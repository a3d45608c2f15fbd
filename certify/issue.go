package certify

import (
	"context"
	"errors"
	"time"

	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// IssueSitting issues what a confirmed sitting's results allow: the handler of
// exam.IssueJob. One certificate that cannot be issued does not hold the others;
// those of a body or a person under a bar are held, until standing.RestoreJob.
func (s *Service) IssueSitting(ctx context.Context, sitting string) error {
	_, list, err := s.Exams.Results(ctx, access.System(), sitting)
	if err != nil {
		return fault.Wrap("certify.IssueSitting", err)
	}
	var failed []error
	for _, e := range list {
		if err := ctx.Err(); err != nil { // the service stops, or somebody else does this now
			return fault.New(fault.Unavailable, "certify.IssueSitting", "this took too long or was given up: try again").Because(err)
		}
		if e.Outcome != exam.Passed {
			continue
		}
		err := s.held(ctx, e)
		if fault.Is(err, fault.Refused) {
			s.Log.Info("certificate held", "enrolment", e.ID, "by", err)
			continue
		}
		if _, err := s.Issue(ctx, access.System(), e.ID); err != nil {
			s.Log.Warn("certificate not issued", "enrolment", e.ID, "error", err)
			failed = append(failed, err)
		}
	}
	return errors.Join(failed...)
}

// Issue issues the certificate of a record that passed (certificate:issue), in
// steps that may be cut short anywhere and are gone on with by calling again:
// take a place in the mix (R06), record the certificate with its number, store
// the document, record its hash. Where the cap leaves no place the answer is a
// certificate that Waits, without a number. Refused when the results are not
// confirmed, the record did not pass (R15), the body's filing does not cover it
// today (R30), or a bar keeps the body or the holder from it (R33).
func (s *Service) Issue(ctx context.Context, actor access.Actor, enrolment string) (Certificate, error) {
	const op = "certify.Issue"
	e, err := s.Exams.Enrolment(ctx, access.System(), enrolment)
	if err != nil {
		return Certificate{}, fault.Wrap(op, err)
	}
	if err := s.Policy.Decide(actor, "certificate:issue", e.Scope()); err != nil {
		return Certificate{}, err
	}
	c, err := s.Store.CertificateOf(ctx, enrolment)
	if err == nil && (c.State == Issued || c.State == Revoked) {
		return c, nil
	}
	if err != nil && !fault.Is(err, fault.NotFound) {
		return c, fault.Wrap(op, err)
	}
	// Also what has its number already waits while its body or its holder is barred.
	if err := s.held(ctx, e); err != nil {
		return Certificate{}, err
	}
	if err == nil && e.Outcome != exam.Passed {
		return c, s.unfounded(ctx, e)
	}
	if err != nil || c.State == Waits {
		if c, err = s.number(ctx, actor, e, c); err != nil || c.State != Numbered {
			return c, fault.Wrap(op, err)
		}
	}
	return s.finish(ctx, actor, c, e)
}

// number takes a place in the mix and records the certificate with its number;
// where the place is one to wait at it is c, waiting.
func (s *Service) number(ctx context.Context, actor access.Actor, e exam.Enrolment, c Certificate) (Certificate, error) {
	want, err := s.claim(ctx, e, s.Now())
	if err != nil {
		return c, err
	}
	mix, held, err := s.reserve(ctx, actor, want)
	if err != nil {
		return c, err
	}
	switch held.Kind {
	case ToIssue:
		return s.record(ctx, actor, mix, held)
	case ToWait:
		_, err := s.join(ctx, actor, mix, held)
		c.Enrolment, c.Track, c.State = e.ID, want.sitting.Track, Waits
		return c, err
	}
	return s.Store.CertificateOf(ctx, e.ID) // somebody else has issued it
}

func unpassed(op string) *fault.Error {
	return fault.New(fault.Refused, op, "this candidate did not pass: no certificate can be issued")
}

// claim decides that a certificate is due at a moment.
func (s *Service) claim(ctx context.Context, e exam.Enrolment, now time.Time) (claim, error) {
	const op = "certify.Issue"
	sitting, err := s.Exams.Sitting(ctx, access.System(), e.Sitting)
	if err != nil {
		return claim{}, err
	}
	if sitting.State != exam.Confirmed {
		return claim{}, fault.New(fault.Refused, op, "the results of this sitting are not confirmed: no certificate can be issued")
	}
	if e.Outcome != exam.Passed {
		refusal := unpassed(op)
		if mark, ok := s.Book.At(sitting.Region, sitting.StartsAt, sitting.Track, "pass_mark"); ok {
			refusal = refusal.By(mark.Cite())
		}
		return claim{}, refusal
	}
	body, err := s.Bodies.Body(ctx, sitting.Body)
	if err != nil {
		return claim{}, err
	}
	if err := body.MayEvaluate(sitting.Trade, sitting.Level, sitting.Track, sitting.Site, now); err != nil {
		return claim{}, err
	}
	site, err := body.Site(sitting.Site)
	if err != nil {
		return claim{}, err
	}
	series := func(at time.Time) (Series, error) { return SeriesOf(sitting.Track, body, site, sitting.Level, at) }
	if _, err := series(now); err != nil {
		return claim{}, err
	}
	return claim{enrolment: e, sitting: sitting, series: series}, nil
}

// finish makes and stores the document and records its hash.
func (s *Service) finish(ctx context.Context, actor access.Actor, c Certificate, e exam.Enrolment) (Certificate, error) {
	const op = "certify.Issue"
	content, err := s.render(ctx, c, e)
	if err != nil {
		return c, fault.Wrap(op, err)
	}
	c.SHA256 = audit.Digest(content)
	if _, err := s.Documents.Put(ctx, c.Document, content, "application/pdf"); err != nil {
		// A document made before a restart may differ in its font: what is stored stands.
		if !fault.Is(err, fault.Conflict) {
			return c, fault.Wrap(op, err)
		}
		if c.SHA256, err = s.Documents.Hash(ctx, c.Document); err != nil {
			return c, fault.Wrap(op, err)
		}
	}
	// A decision of the meantime holds: who decides writes first and looks for
	// certificates afterwards (Hold, RevokeOf), so one of the two sees the other.
	if e, err = s.Exams.Enrolment(ctx, access.System(), e.ID); err != nil {
		return c, fault.Wrap(op, err)
	}
	if e.Outcome != exam.Passed {
		return c, s.unfounded(ctx, e)
	}
	if err := s.held(ctx, e); err != nil {
		return c, err
	}
	c.State, c.HeldBy = Issued, ""
	err = s.Store.PutCertificate(ctx, &c, s.entry(actor, c.Number, "certificate:issue"))
	if fault.Is(err, fault.Conflict) { // issued, held or revoked by somebody else
		return s.Issue(ctx, actor, e.ID)
	}
	return c, fault.Wrap(op, err)
}

// unfounded refuses the certificate of a record that passes no more. What has
// its number is revoked: whoever voided the record may have looked before it had.
func (s *Service) unfounded(ctx context.Context, e exam.Enrolment) error {
	if decision := e.VoidedBy(); decision != "" {
		if err := s.RevokeOf(ctx, e.ID, decision); err != nil {
			return err
		}
	}
	return unpassed("certify.Issue")
}

func (s *Service) render(ctx context.Context, c Certificate, e exam.Enrolment) ([]byte, error) {
	id, err := s.Exams.IDNumber(e)
	if err != nil {
		return nil, err
	}
	var photo []byte
	if e.Photo != "" {
		if photo, _, err = s.Documents.Get(ctx, e.Photo); err != nil {
			return nil, err
		}
	}
	fonts, err := s.Fonts()
	if err != nil {
		return nil, err
	}
	return document.Render(document.Certificate{
		Title:     c.Track.Certificate(),
		Text:      wording(c.Track),
		Body:      c.BodyName,
		Number:    c.Number,
		Name:      c.Name,
		IDType:    "居民身份证",
		IDNumber:  string(id),
		Trade:     c.TradeName,
		Level:     printedLevel(c),
		IssuedOn:  c.IssuedOn,
		Photo:     photo,
		VerifyURL: s.PublicURL + "/verify/" + c.Number,
	}, fonts)
}
