package certify

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// State is where a certificate stands.
type State string

// The states of a certificate used so far.
const (
	Numbered State = "numbered" // 已编号: recorded, its document is being made
	Issued   State = "issued"   // 已发证
	Revoked  State = "revoked"  // 已撤销; its number stays taken and verifies as revoked (R58)
)

// DocumentPrefix is what the keys of all certificates begin with in the
// document store, and of nothing else.
const DocumentPrefix = "certificates/"

// Certificate is the record of a certificate. Its number is its id.
type Certificate struct {
	Number    string
	Version   int
	Enrolment string // one certificate at most for an enrolment
	Sitting   string
	Body      string
	BodyName  string
	Region    string
	Track     rulebook.Track
	Trade     string // occupation code
	TradeName string
	Level     rulebook.Level
	Name      string
	IDSealed  string
	IDMasked  string
	IssuedOn  time.Time // set with the number, so that the document can be made again alike
	State     State
	Document  string // key in the document store
	SHA256    string // of the document, "" until issued
	RevokedAt time.Time
	RevokedBy string // the bar whose decision names it
}

// Scope is where the certificate belongs, for access.Decide.
func (c Certificate) Scope() access.Scope {
	return access.Scope{Region: c.Region, Body: c.Body, Enrolment: c.Enrolment}
}

// Query selects certificates; empty fields select all.
type Query struct {
	Body    string
	Sitting string
	Text    string // part of the name, or the number
	After   string // number of the last one of the page before
	Limit   int    // at most this many; 0: all
}

// Store keeps certificates. PutCertificate behaves as the Put methods of
// exam.Store; a second certificate for an enrolment is a Conflict.
type Store interface {
	Certificate(ctx context.Context, number string) (Certificate, error)
	CertificateOf(ctx context.Context, enrolment string) (Certificate, error)
	Certificates(ctx context.Context, q Query) ([]Certificate, error)
	PutCertificate(ctx context.Context, c *Certificate, e audit.Entry) error
	// Next counts up a named counter from 1. A number is never given twice.
	Next(ctx context.Context, counter string) (int, error)
}

// Documents keeps the PDF files and never overwrites one (Conflict).
type Documents interface {
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256 string, err error)
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
	Hash(ctx context.Context, key string) (sha256 string, err error)
}
