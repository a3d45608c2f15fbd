package cases

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"
	"unicode/utf8"

	"github.com/oklog/ulid/v2"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// The largest file of evidence, in bytes, and the most pieces of a case.
const (
	FileMost     = 10 << 20
	EvidenceMost = 100
)

// fileTypes are the files that evidence can be, by their first bytes: what a
// name says is not believed.
var fileTypes = []struct {
	at           int
	magic, media string
}{
	{0, "\xff\xd8\xff", "image/jpeg"},
	{0, "\x89PNG\r\n\x1a\n", "image/png"},
	{0, "%PDF-", "application/pdf"},
	{0, "PK\x03\x04", packed}, // also the sheets and texts of office programs
	{4, "ftyp", "video/mp4"},
}

const packed = "application/zip"

// File is a file that comes with a piece of evidence.
type File struct {
	Name    string
	Content []byte
}

// AddEvidence adds a text, a file, or both to a case (case:handle; Invalid for
// nothing, for a file past FileMost and for one that is no picture, PDF, video
// or office file).
func (s *Service) AddEvidence(ctx context.Context, actor access.Actor, id, text string, file *File) (Case, error) {
	const op = "cases.AddEvidence"
	e := Evidence{ID: ulid.Make().String(), At: s.Now(), By: actor.ID, Name: actor.Name, Text: strings.TrimSpace(text)}
	if n := utf8.RuneCountInString(e.Text); n > TextMost || n == 0 && file == nil {
		return Case{}, fault.New(fault.Invalid, op, "describe the evidence in at most %d characters, or choose a file", TextMost).
			With(fault.Issue{Column: "text", Text: fault.Textf("describe the evidence in at most %d characters, or choose a file", TextMost)})
	}
	if file != nil {
		if err := e.take(*file); err != nil {
			return Case{}, err
		}
	}
	stored := false
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpEvidence); err != nil {
			return step{}, err
		}
		if len(c.Evidence) >= EvidenceMost {
			return step{}, fault.New(fault.Refused, op, "a case has at most %d pieces of evidence", EvidenceMost)
		}
		if file != nil && !stored {
			e.Key = fmt.Sprintf("cases/%s/%s", id, e.ID)
			if _, err := s.Documents.Put(ctx, e.Key, file.Content, e.Type); err != nil {
				return step{}, err
			}
			stored = true
		}
		c.Evidence = append(c.Evidence[:len(c.Evidence):len(c.Evidence)], e)
		return step{Step: Step{What: OpEvidence, Text: e.Text}}, nil
	})
}

// take reads a file into a piece of evidence.
func (e *Evidence) take(f File) error {
	const op = "cases.AddEvidence"
	wrong := func(format string, args ...any) error {
		return fault.New(fault.Invalid, op, format, args...).With(fault.Issue{Column: "file", Text: fault.Textf(format, args...)})
	}
	if len(f.Content) > FileMost {
		return wrong("a file has at most %d MiB", FileMost>>20)
	}
	for _, t := range fileTypes {
		if len(f.Content) > t.at && bytes.HasPrefix(f.Content[t.at:], []byte(t.magic)) {
			if e.Type = t.media; t.media == packed {
				e.Type = office(f.Name)
			}
			break
		}
	}
	if e.Type == "" {
		return wrong("a file is a picture, a PDF, a video or an office file")
	}
	e.File, e.Size, e.SHA256 = path.Base(strings.ReplaceAll(f.Name, `\`, "/")), len(f.Content), audit.Digest(f.Content)
	return nil
}

// office is the media type of a packed file by its ending.
func office(name string) string {
	switch strings.ToLower(path.Ext(name)) {
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".docx":
		return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	}
	return packed
}

// EvidenceFile returns a file of the evidence (case:read; Internal when it is
// not the one that was stored).
func (s *Service) EvidenceFile(ctx context.Context, actor access.Actor, id, evidence string) (Evidence, []byte, error) {
	const op = "cases.EvidenceFile"
	c, err := s.Case(ctx, actor, id)
	if err != nil {
		return Evidence{}, nil, err
	}
	for _, e := range c.Evidence {
		if e.ID != evidence || e.Key == "" {
			continue
		}
		content, _, err := s.Documents.Get(ctx, e.Key)
		if err == nil && audit.Digest(content) != e.SHA256 {
			err = fault.New(fault.Internal, op, "the file is not the one that was stored")
		}
		return e, content, fault.Wrap(op, err)
	}
	return Evidence{}, nil, fault.New(fault.NotFound, op, "the case has no such evidence")
}

// Establish says that the evidence of a case is complete (case:handle; Refused
// without a party or without evidence).
func (s *Service) Establish(ctx context.Context, actor access.Actor, id string) (Case, error) {
	const op = "cases.Establish"
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpEstablish); err != nil {
			return step{}, err
		}
		if c.Party == (standing.Party{}) {
			return step{}, fault.New(fault.Refused, op, "nobody is identified yet: say whom the case is about")
		}
		if len(c.Evidence) == 0 {
			return step{}, fault.New(fault.Refused, op, "there is no evidence yet: add what shows it")
		}
		next := noticeDays
		if c.Kind == Repair {
			next = decisionDays
		}
		st := step{Step: Step{What: OpEstablish}}
		c.State = Evidenced
		c.Due, st.rule = s.due(c.Region, next, s.Now())
		return st, nil
	})
}

// Dismiss ends a reported case that is not taken up (不予受理), with the reason
// (case:handle). Once there is evidence, two people decide.
func (s *Service) Dismiss(ctx context.Context, actor access.Actor, id, reason string) (Case, error) {
	const op = "cases.Dismiss"
	reason, err := said(op, "reason", reason)
	if err != nil {
		return Case{}, err
	}
	return s.change(ctx, actor, "case:handle", id, func(c *Case) (step, error) {
		if err := c.may(op, OpDismiss); err != nil {
			return step{}, err
		}
		c.State = Dismissed
		return step{Step: Step{What: OpDismiss, Text: reason}}, nil
	})
}

// said is a text that must be given (Invalid).
func said(op, column, text string) (string, error) {
	text = strings.TrimSpace(text)
	if n := utf8.RuneCountInString(text); n == 0 || n > TextMost {
		return "", fault.New(fault.Invalid, op, "write this in at most %d characters", TextMost).
			With(fault.Issue{Column: column, Text: fault.Textf("write this in at most %d characters", TextMost)})
	}
	return text, nil
}
