package certify

import (
	"context"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// linker is a document store that browsers can reach themselves. Its links are
// for who has them, without a login, and "" where it has none to give; it gives
// none to a document with another SHA-256 (Internal).
type linker interface {
	Link(ctx context.Context, key, sha256, disposition string, life time.Duration) (address string, err error)
}

// LinkLife is how long a link to a document can be followed.
const LinkLife = 2 * time.Minute

// Link gives a short-lived address of the PDF of an issued certificate, to be
// sent with this Content-Disposition, or "" where the store has none to give:
// then use Document. Who may read the document may have the link.
func (s *Service) Link(ctx context.Context, actor access.Actor, number, disposition string) (string, error) {
	const op = "certify.Link"
	store, ok := s.Documents.(linker)
	if !ok {
		return "", nil
	}
	c, err := s.issued(ctx, op, actor, number)
	if err != nil {
		return "", err
	}
	address, err := store.Link(ctx, c.Document, c.SHA256, disposition, LinkLife)
	return address, fault.Wrap(op, err)
}

func (s *Service) issued(ctx context.Context, op string, actor access.Actor, number string) (Certificate, error) {
	c, err := s.Certificate(ctx, actor, number)
	switch {
	case err != nil:
	case c.State == Revoked:
		err = fault.New(fault.Refused, op, "the certificate was revoked on %s", c.RevokedAt)
	case c.State != Issued:
		err = fault.New(fault.Refused, op, "the certificate is not issued yet")
	}
	return c, err
}
