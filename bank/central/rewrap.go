package central

import (
	"context"

	"kaoping/internal/fault"
	"kaoping/internal/vault"
	"kaoping/policies/access"
)

// rewrapPage is how many papers one look takes.
const rewrapPage = 50

// Rewrapped says what a rotation has done.
type Rewrapped struct {
	Papers  int // looked at
	Changed int // of them wrapped anew
	Keys    int // wrapped anew
}

// Rewrap wraps every form's keys by the present key-encryption key (密钥轮换).
// Contents are not touched. Cut short, it goes on where it was when it is run
// again; run again afterwards it changes nothing.
func (s *Service) Rewrap(ctx context.Context) (Rewrapped, error) {
	const op = "central.Rewrap"
	var done Rewrapped
	err := s.each(ctx, func(id string) error {
		done.Papers++
		keys := 0
		err := fault.Retry(func() error {
			p, err := s.Store.CentralPaper(ctx, id)
			if err != nil {
				return err
			}
			if keys, err = s.rewrap(&p); err != nil || keys == 0 {
				return err
			}
			return s.Store.PutCentralPaper(ctx, &p, s.entry(access.System(), &p, "paper:rewrap"))
		})
		if err == nil && keys > 0 {
			done.Changed++
			done.Keys += keys
		}
		return err
	})
	return done, fault.Wrap(op, err)
}

func (s *Service) rewrap(p *Paper) (keys int, err error) {
	for i := range p.Forms {
		f := &p.Forms[i]
		for purpose, w := range f.wrapped(p.ID) {
			if len(w.Key) == 0 || w.KeyID == s.Keys.Present() {
				continue
			}
			key, err := s.Keys.Unwrap(purpose, *w)
			if err != nil {
				return 0, err
			}
			if *w, err = s.Keys.Wrap(purpose, key); err != nil {
				return 0, err
			}
			keys++
		}
	}
	return keys, nil
}

func (f *Form) wrapped(paper string) map[string]*vault.Wrapped {
	return map[string]*vault.Wrapped{contentPurpose(paper, f.Letter): &f.Key, roomPurpose(paper, f.Letter): &f.RoomKey}
}

// Custody counts the wrapped keys by whether the keyring opens them.
type Custody struct {
	Present int // wrapped by the present key
	Old     int // wrapped by an old one that is still configured
	Lost    int // wrapped by a key that is not configured
}

// Custody looks through all papers.
func (s *Service) Custody(ctx context.Context) (Custody, error) {
	var c Custody
	err := s.each(ctx, func(id string) error {
		p, err := s.Store.CentralPaper(ctx, id)
		if err != nil {
			return err
		}
		for i := range p.Forms {
			for _, w := range p.Forms[i].wrapped(id) {
				switch {
				case len(w.Key) == 0:
				case w.KeyID == s.Keys.Present():
					c.Present++
				case s.Keys.Holds(w.KeyID):
					c.Old++
				default:
					c.Lost++
				}
			}
		}
		return nil
	})
	return c, fault.Wrap("central.Custody", err)
}

// each calls do with the id of every paper, newest first.
func (s *Service) each(ctx context.Context, do func(id string) error) error {
	q := Query{Limit: rewrapPage}
	for {
		page, err := s.Store.CentralPapers(ctx, q)
		if err != nil {
			return err
		}
		for _, p := range page {
			if err := do(p.ID); err != nil {
				return err
			}
		}
		if len(page) < rewrapPage {
			return nil
		}
		q.Before = page[len(page)-1].ID
	}
}
