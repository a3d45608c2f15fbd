package standing

import (
	"context"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// Documents keeps the documents of applications.
type Documents interface {
	Put(ctx context.Context, key string, content []byte, contentType string) (sha256 string, err error)
	Get(ctx context.Context, key string) (content []byte, contentType string, err error)
}

// paperMost is the largest document of an application, in bytes.
const paperMost = 8 << 20

// paperTypes are the kinds of documents, by how they begin: none that a browser
// would run.
var paperTypes = []struct{ begins, kind, suffix string }{
	{"%PDF-", "application/pdf", ".pdf"}, {"\xff\xd8\xff", "image/jpeg", ".jpg"}, {"\x89PNG\r\n\x1a\n", "image/png", ".png"},
}

// KeepPaper stores a document for an application (Invalid unless a PDF, JPEG or
// PNG of at most 8 MiB; Forbidden for who may hand in none).
func (s *Service) KeepPaper(ctx context.Context, actor access.Actor, name string, content []byte) (Paper, error) {
	const op = "standing.KeepPaper"
	if !actor.Has(access.Standing) && !actor.Has(access.Scheduler) {
		return Paper{}, fault.New(fault.Forbidden, op, "your roles do not allow %s here", access.Action("filing:apply"))
	}
	i := slices.IndexFunc(paperTypes, func(t struct{ begins, kind, suffix string }) bool {
		return strings.HasPrefix(string(content), t.begins)
	})
	if i < 0 || len(content) > paperMost {
		return Paper{}, fault.New(fault.Invalid, op, "a document is a PDF, JPEG or PNG of at most %d MiB", paperMost>>20).
			With(fault.Issue{Column: "document", Text: fault.Textf("a document is a PDF, JPEG or PNG of at most %d MiB", paperMost>>20)})
	}
	p := Paper{Name: path.Base(name), Key: "filings/" + ulid.Make().String() + paperTypes[i].suffix, SHA256: audit.Digest(content), Size: len(content), ContentType: paperTypes[i].kind}
	_, err := s.Documents.Put(ctx, p.Key, content, p.ContentType)
	return p, fault.Wrap(op, err)
}

// Paper returns a document of an application by its number from 1 to whoever
// may read the application (NotFound; Internal when it was changed).
func (s *Service) Paper(ctx context.Context, actor access.Actor, application, number string) (Paper, []byte, error) {
	const op = "standing.Paper"
	a, err := s.Read(ctx, actor, application)
	if err != nil {
		return Paper{}, nil, err
	}
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 || n > len(a.Papers) {
		return Paper{}, nil, fault.New(fault.NotFound, op, "there is no such document")
	}
	p := a.Papers[n-1]
	content, _, err := s.Documents.Get(ctx, p.Key)
	if err != nil {
		return Paper{}, nil, fault.Wrap(op, err)
	}
	if audit.Digest(content) != p.SHA256 {
		return Paper{}, nil, fault.New(fault.Internal, op, "the stored document is not the one that was handed in")
	}
	return p, content, nil
}
