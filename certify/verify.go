package certify

import (
	"context"
	"crypto/subtle"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

// Verified is what anyone may know of a certificate by its number.
type Verified struct {
	Number    string
	Track     rulebook.Track
	Name      string // masked 陈*例, in full when the right name was given
	NameAsked bool   // a name was given
	NameMatch bool   // and it is the holder's
	TradeName string
	Level     rulebook.Level
	BodyName  string
	Listed    bool // the body is on the list today
	IssuedOn  time.Time
	SHA256    string
	CheckedAt time.Time
	RevokedAt time.Time // zero unless it was revoked: then nothing else here counts
}

// Verify answers the public (证书查验): NotFound for a number that was never
// issued. A name given is only compared, so that nobody learns a name by its number.
func (s *Service) Verify(ctx context.Context, number, name string) (Verified, error) {
	const op = "certify.Verify"
	c, err := s.Store.Certificate(ctx, strings.ToUpper(strings.TrimSpace(number)))
	if fault.Is(err, fault.NotFound) || err == nil && c.State == Numbered {
		return Verified{}, fault.New(fault.NotFound, op, "no certificate with this number was issued here")
	}
	if err != nil {
		return Verified{}, fault.Wrap(op, err)
	}
	body, err := s.Bodies.Body(ctx, c.Body)
	if err != nil {
		return Verified{}, fault.Wrap(op, err)
	}
	v := Verified{
		Number: c.Number, Track: c.Track, Name: MaskName(c.Name), TradeName: c.TradeName, Level: c.Level,
		BodyName: c.BodyName, Listed: body.OnList(), IssuedOn: c.IssuedOn, SHA256: c.SHA256, CheckedAt: s.Now(), RevokedAt: c.RevokedAt,
	}
	if name = strings.TrimSpace(name); name != "" {
		v.NameAsked = true
		if subtle.ConstantTimeCompare([]byte(name), []byte(c.Name)) == 1 {
			v.NameMatch, v.Name = true, c.Name
		}
	}
	return v, nil
}

// MaskName shows the first and the last character of a name, of two only the
// first: 陈*例, 李*.
func MaskName(name string) string {
	r := []rune(name)
	switch len(r) {
	case 0, 1:
		return "*"
	case 2:
		return string(r[:1]) + "*"
	default:
		return string(r[0]) + strings.Repeat("*", len(r)-2) + string(r[len(r)-1])
	}
}

// VerifyDocument recomputes the SHA-256 of an issued certificate's document
// against the record; what is wrong is "" when nothing is.
func (s *Service) VerifyDocument(ctx context.Context, number string) (wrong string, err error) {
	c, err := s.Store.Certificate(ctx, number)
	if err != nil || c.SHA256 == "" {
		return "", err
	}
	hash, err := s.Documents.Hash(ctx, c.Document)
	switch {
	case fault.Is(err, fault.NotFound):
		return "the document is gone", nil
	case err != nil:
		return "", err
	case hash != c.SHA256:
		return "the document is not the one that was issued", nil
	}
	return "", nil
}
