package sqlite

import (
	"context"

	"kaoping/certify"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var certificates = collection[certify.Certificate]{
	kind: "certificate", table: "certificates",
	key:     func(c *certify.Certificate) (string, *int) { return c.Number, &c.Version },
	missing: "there is no such certificate",
	taken:   map[string]string{"certificates.enrolment": "this enrolment has a certificate already"},
}

// Certificate returns a certificate by its number (NotFound).
func (s *Store) Certificate(ctx context.Context, number string) (certify.Certificate, error) {
	return certificates.find(ctx, s, "sqlite.Certificate", "id", number)
}

// CertificateOf returns the certificate of an enrolment (NotFound).
func (s *Store) CertificateOf(ctx context.Context, enrolment string) (certify.Certificate, error) {
	return certificates.find(ctx, s, "sqlite.CertificateOf", "enrolment", enrolment)
}

// Certificates lists certificates by number.
func (s *Store) Certificates(ctx context.Context, q certify.Query) ([]certify.Certificate, error) {
	f := filter{order: "id", limit: q.Limit}
	f.is("body", q.Body)
	f.is("region", q.Region)
	f.is("sitting", q.Sitting)
	f.is("person", q.Person)
	if q.Early {
		f.and("early = 1")
	}
	f.has(q.Text, "name", "id")
	if q.After != "" {
		f.and("id > ?", q.After)
	}
	return certificates.list(ctx, s, "sqlite.Certificates", f)
}

// PutCertificate stores a certificate with its entry and jobs (Conflict, also for a
// second one of an enrolment).
func (s *Store) PutCertificate(ctx context.Context, v *certify.Certificate, e audit.Entry, jobs ...outbox.Job) error {
	return certificates.put(ctx, s, "sqlite.PutCertificate", v, e, func(t *tx) error { return t.enqueue(jobs) })
}
