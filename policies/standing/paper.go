package standing

import (
	"context"
	"net/http"
	"path"
	"strconv"

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

// The largest document of an application, and how it begins: nothing that a
// browser would run.
const paperMost = 8 << 20

var paperTypes = map[string]string{"application/pdf": ".pdf", "image/jpeg": ".jpg", "image/png": ".png"}

// KeepPaper stores a document for an application (Invalid unless a PDF, JPEG or
// PNG of at most 8 MiB; Forbidden for who may hand in none).
func (s *Service) KeepPaper(ctx context.Context, actor access.Actor, name string, content []byte) (Paper, error) {
	const op = "standing.KeepPaper"
	if !actor.Has(access.Standing) && !actor.Has(access.Scheduler) {
		return Paper{}, fault.New(fault.Forbidden, op, "your roles do not allow %s here", access.Action("filing:apply"))
	}
	kind := http.DetectContentType(content)
	if paperTypes[kind] == "" || len(content) > paperMost {
		return Paper{}, fault.New(fault.Invalid, op, "a document is a PDF, JPEG or PNG of at most %d MiB", paperMost>>20).
			With(fault.Issue{Column: "paper", Text: fault.Textf("a document is a PDF, JPEG or PNG of at most %d MiB", paperMost>>20)})
	}
	p := Paper{Name: path.Base(name), Key: "filings/" + ulid.Make().String() + paperTypes[kind], SHA256: audit.Digest(content), Size: len(content), ContentType: kind}
	_, err := s.Documents.Put(ctx, p.Key, content, kind)
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
