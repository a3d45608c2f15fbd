package transfer

import (
	"context"
	"iter"
)

// Records is an engine for records as a move reads and fills it.
type Records interface {
	// Settle finishes what a process that died has left under way, and takes
	// back what was not committed.
	Settle(ctx context.Context) error
	// State names the state of all records but sessions and tallies: it is another one after
	// any change of the service.
	State(ctx context.Context) (string, error)
	// Migrations names what made the tables: "<engine>/<migration>".
	Migrations(ctx context.Context) ([]string, error)

	// Kinds lists the kinds of records that there are, by name.
	Kinds() []Kind
	// Export yields the records of a kind whose key comes after one, in byte
	// order of their keys.
	Export(ctx context.Context, kind Kind, after string) iter.Seq2[Record, error]
	// Import stores records of a kind as they are, without an audit entry. One
	// that is there already must be equal (Conflict, naming it).
	Import(ctx context.Context, kind Kind, records []Record) error

	// Mark is how far an import is that is under way, the zero Mark when none is.
	Mark(ctx context.Context) (Mark, error)
	// SetMark begins an import (Done 0: Conflict when there is a mark) or says
	// how far it is; DropMark ends it.
	SetMark(ctx context.Context, m Mark) error
	DropMark(ctx context.Context) error
}

// Files is an engine for documents as a move reads and fills it.
type Files interface {
	Keys(ctx context.Context, prefix string) iter.Seq2[string, error]
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256hex string, err error)
}

// Mark says of a target that an import into it is half done.
type Mark struct {
	Archive string // the SHA-256 of its manifest, hex
	Done    int    // segments that are stored
}

// Engines is both engines of an installation.
type Engines struct {
	Records Records
	Files   Files
}

// Progress is told after each segment: "exported", "imported" or "compared", and
// how many records of which kind.
type Progress func(done string, kind Kind, records int)
