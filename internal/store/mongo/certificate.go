package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/certify"
	"kaoping/internal/audit"
	"kaoping/internal/outbox"
)

var certificates = collection[certify.Certificate]{
	kind: "certificate", name: "certificates",
	key: func(c *certify.Certificate) (string, *int) { return c.Number, &c.Version },
	fields: func(c certify.Certificate) bson.D {
		return bson.D{{Key: "enrolment", Value: c.Enrolment}, {Key: "sitting", Value: c.Sitting},
			{Key: "body", Value: c.Body}, {Key: "region", Value: c.Region}, {Key: "name", Value: c.Name},
			{Key: "person", Value: c.Person}, {Key: "mix", Value: c.Counted.Mix}}
	},
	missing: "there is no such certificate",
	taken:   map[string]string{"certificates_enrolment": "this enrolment has a certificate already"},
}

// Certificate returns a certificate by its number (NotFound).
func (s *Store) Certificate(ctx context.Context, number string) (certify.Certificate, error) {
	return certificates.find(ctx, s, "mongo.Certificate", "_id", number)
}

// CertificateOf returns the certificate of an enrolment (NotFound).
func (s *Store) CertificateOf(ctx context.Context, enrolment string) (certify.Certificate, error) {
	return certificates.find(ctx, s, "mongo.CertificateOf", "enrolment", enrolment)
}

// Certificates lists certificates by number.
func (s *Store) Certificates(ctx context.Context, q certify.Query) ([]certify.Certificate, error) {
	f := filter{order: by("_id"), limit: q.Limit}
	f.is("body", q.Body)
	f.of("region", q.Region)
	f.is("sitting", q.Sitting)
	f.is("person", q.Person)
	if q.Early {
		f.and("mix", bson.D{{Key: "$in", Value: bson.A{nil, ""}}})
	}
	f.has(q.Text, "name", "_id")
	f.after("_id", q.After)
	return certificates.list(ctx, s, "mongo.Certificates", f)
}

// PutCertificate stores a certificate with its entry and jobs (Conflict, also for a
// second one of an enrolment).
func (s *Store) PutCertificate(ctx context.Context, v *certify.Certificate, e audit.Entry, jobs ...outbox.Job) error {
	return certificates.put(ctx, s, "mongo.PutCertificate", v, e, jobs...)
}
