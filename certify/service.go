package certify

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/typeset"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// Exams is what issuing needs of the examinations.
type Exams interface {
	Sitting(ctx context.Context, actor access.Actor, id string) (exam.Sitting, error)
	Enrolment(ctx context.Context, actor access.Actor, id string) (exam.Enrolment, error)
	Results(ctx context.Context, actor access.Actor, id string) (exam.Sitting, []exam.Enrolment, error)
	IDNumber(e exam.Enrolment) (exam.IDNumber, error)
	Sittings(ctx context.Context, actor access.Actor, q exam.SittingQuery) ([]exam.Sitting, error)
	TellHeld(ctx context.Context, b standing.Bar, e exam.Enrolment) error
	Candidates(ctx context.Context, sitting string) (int, error)
}

// Service issues and shows certificates.
type Service struct {
	Store     Store
	Documents Documents
	Exams     Exams
	Bodies    exam.Bodies
	Gate      standing.Gate
	Bars      exam.Bars
	Policy    *access.Policy
	Book      *rulebook.Book
	Fonts     func() (*typeset.Fonts, error)
	PublicURL string // where the QR code leads: PublicURL + "/verify/" + number
	Now       func() time.Time
	Log       *slog.Logger

	places places
}

func (s *Service) entry(actor access.Actor, number, what string) audit.Entry {
	return audit.Entry{Stream: "certificate/" + number, Object: "certificate/" + number, At: s.Now(), Who: actor.ID, What: what, Rules: s.Book.Hash()}
}

// Certificate shows a certificate's record to its body, its bureau or its holder.
func (s *Service) Certificate(ctx context.Context, actor access.Actor, number string) (Certificate, error) {
	c, err := s.Store.Certificate(ctx, number)
	if err != nil {
		return Certificate{}, fault.Wrap("certify.Certificate", err)
	}
	return c, s.Policy.Decide(actor, readAction(actor), c.Scope())
}

// CertificateOf finds the certificate of an enrolment (NotFound if there is none).
func (s *Service) CertificateOf(ctx context.Context, actor access.Actor, enrolment string) (Certificate, error) {
	c, err := s.Store.CertificateOf(ctx, enrolment)
	if err != nil {
		return Certificate{}, fault.Wrap("certify.CertificateOf", err)
	}
	return s.Certificate(ctx, actor, c.Number)
}

// Certificates lists certificates that the actor may read, in number order.
func (s *Service) Certificates(ctx context.Context, actor access.Actor, q Query) ([]Certificate, error) {
	const op = "certify.Certificates"
	home, none, err := s.Policy.Home(actor, "certificate:read")
	if err != nil || none {
		return nil, fault.Wrap(op, err)
	}
	if q.Body = cmp.Or(q.Body, home.Body); s.Book.Undivided(home.Region) {
		q.Region = home.Region
	}
	list, err := access.Readable(q.Limit, q.After, func(after string, limit int) ([]Certificate, error) {
		q.After, q.Limit = after, limit
		return s.Store.Certificates(ctx, q)
	}, func(c Certificate) string { return c.Number }, func(c Certificate) bool { return s.Policy.Decide(actor, "certificate:read", c.Scope()) == nil })
	return list, fault.Wrap(op, err)
}

// Document returns the PDF of an issued certificate, checked against the hash
// that was recorded at issue (Internal when it differs).
func (s *Service) Document(ctx context.Context, actor access.Actor, number string) ([]byte, error) {
	const op = "certify.Document"
	c, err := s.issued(ctx, op, actor, number)
	if err != nil {
		return nil, err
	}
	content, _, err := s.Documents.Get(ctx, c.Document)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	if audit.Digest(content) != c.SHA256 {
		return nil, fault.New(fault.Internal, op, "the stored document is not the one that was issued")
	}
	return content, nil
}
