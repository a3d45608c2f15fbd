package certify

import (
	"context"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// State is where a certificate stands.
type State string

// The states of a certificate.
const (
	Waits    State = "waiting"  // 排队中: for the cap (R06); it has no number yet, or is to be reinstated
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
	Person    string    // keyed hash of the ID number
	IssuedOn  time.Time // set with the number, so that the document can be made again alike
	State     State
	Document  string // key in the document store
	SHA256    string // of the document, "" until issued
	RevokedAt time.Time
	RevokedBy string // the bar whose decision names it
	HeldBy    string // the bar that was decided while its document was being made
	Counted   Counted
}

// Counted is where a certificate counts in the mix (R06).
type Counted struct {
	Mix      string // "" for what was issued before mixes were kept: then by region and day of issue
	Month    time.Month
	Skilled  bool // the holder's first of city and year that makes a skilled worker (R53)
	High     bool // and a highly skilled one
	Returned bool // it was revoked, and its place given back
}

// Scope is where the certificate belongs, for access.Decide.
func (c Certificate) Scope() access.Scope {
	return access.Scope{Region: c.Region, Body: c.Body, Enrolment: c.Enrolment}
}

// Query selects certificates; empty fields select all.
type Query struct {
	Body    string
	Region  string // exactly this one
	Sitting string
	Text    string // part of the name, or the number
	Person  string // keyed hash of the holder's ID number
	Early   bool   // only those issued before mixes were kept
	After   string // number of the last one of the page before
	Limit   int    // at most this many; 0: all
}

// Store keeps certificates, mixes and who waits. The Put methods behave as
// those of exam.Store; a second certificate for an enrolment is a Conflict.
type Store interface {
	Certificate(ctx context.Context, number string) (Certificate, error)
	CertificateOf(ctx context.Context, enrolment string) (Certificate, error)
	Certificates(ctx context.Context, q Query) ([]Certificate, error)
	PutCertificate(ctx context.Context, c *Certificate, e audit.Entry, jobs ...outbox.Job) error
	Mix(ctx context.Context, id string) (Mix, error)
	Mixes(ctx context.Context, q MixQuery) ([]Mix, error)
	PutMix(ctx context.Context, m *Mix, e audit.Entry, jobs ...outbox.Job) error
	WaitingOf(ctx context.Context, enrolment string) (Waiting, error)
	Waitings(ctx context.Context, q WaitingQuery) ([]Waiting, error)
	CountWaitings(ctx context.Context, q WaitingQuery) (int, error)
	PutWaiting(ctx context.Context, w *Waiting, e audit.Entry, jobs ...outbox.Job) error
	// Next counts up a named counter from 1. A number is never given twice.
	Next(ctx context.Context, counter string) (int, error)
}

// Documents keeps the PDF files and never overwrites one (Conflict).
type Documents interface {
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256 string, err error)
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
	Hash(ctx context.Context, key string) (sha256 string, err error)
}
