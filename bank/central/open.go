package central

import (
	"context"
	"fmt"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

// Opened is a form after its release, for the exam room and marking.
type Opened struct {
	Theory bank.Paper // with its keys
	Tasks  []Task
}

// Open hands a released form to the exam room and to marking. It asks no actor
// and must not reach a page or an API. Refused by R20 while it is sealed, Early
// before its hour; only what is released is remembered.
func (s *Service) Open(ctx context.Context, id, letter string) (Opened, error) {
	const op = "central.Open"
	if o, ok := s.released.Load(PaperRef(id, letter)); ok {
		return o.(Opened), nil
	}
	p, form, err := s.releasedForm(ctx, op, id, letter)
	if err != nil {
		return Opened{}, err
	}
	content, err := s.decrypt(id, form)
	if err != nil {
		return Opened{}, fault.Wrap(op, err)
	}
	o := Opened{p.theory(letter, content), content.Tasks}
	s.released.Store(PaperRef(id, letter), o)
	return o, nil
}

// releasedForm finds a form that is released: unsealed by all its keepers, at
// or after the hour.
func (s *Service) releasedForm(ctx context.Context, op, id, letter string) (Paper, *Form, error) {
	p, err := s.Store.CentralPaper(ctx, id)
	if err != nil {
		return Paper{}, nil, fault.Wrap(op, err)
	}
	form, err := p.Form(letter)
	if err != nil {
		return Paper{}, nil, err
	}
	need, rule := s.keepers(p)
	if len(form.Unsealed) < need {
		return Paper{}, nil, by(fault.New(fault.Early, op, "the paper is not unsealed yet"), rule)
	}
	if s.Now().Before(p.StartsAt) {
		return Paper{}, nil, by(fault.New(fault.Early, op, "the examination starts at %s", p.StartsAt), rule)
	}
	return p, form, nil
}

// RoomCipher is a sealed form for the rooms to load before the start: the
// questions without keys (RoomPaper as JSON) under AES-256-GCM, a nonce of 12
// bytes before them, the tag behind. Refused before the paper is sealed.
func (s *Service) RoomCipher(ctx context.Context, id, letter string) ([]byte, error) {
	const op = "central.RoomCipher"
	p, err := s.Store.CentralPaper(ctx, id)
	if err != nil {
		return nil, fault.Wrap(op, err)
	}
	form, err := p.Form(letter)
	if err != nil {
		return nil, err
	}
	if form.Room == nil {
		return nil, fault.New(fault.Early, op, "the paper is not sealed yet")
	}
	return form.Room, nil
}

// RoomKey is the key of RoomCipher, 32 bytes, from the release on (Early, as Open).
func (s *Service) RoomKey(ctx context.Context, id, letter string) ([]byte, error) {
	const op = "central.RoomKey"
	_, form, err := s.releasedForm(ctx, op, id, letter)
	if err != nil {
		return nil, err
	}
	key, err := s.Keys.Unwrap(roomPurpose(id, letter), form.RoomKey)
	return key, fault.Wrap(op, err)
}

// copiesMost bounds what is printed at once.
const copiesMost = 2000

// Print opens the form that is sat for printing, once it is unsealed, and
// counts the copies (paper:print; Invalid outside 1 to 2000). The copies are
// recorded before anything is shown.
func (s *Service) Print(ctx context.Context, actor access.Actor, id string, copies int) (Paper, Opened, error) {
	const op = "central.Print"
	var opened Opened
	p, err := s.act(ctx, actor, "paper:print", id, func(p *Paper) (audit.Entry, []outbox.Job, error) {
		if copies < 1 || copies > copiesMost {
			return audit.Entry{}, nil, fault.New(fault.Invalid, op, "print 1 to %d copies", copiesMost).With(fault.Issue{Column: "copies", Text: fault.Textf("print 1 to %d copies", copiesMost)})
		}
		if err := p.in(op, Unsealed); err != nil {
			return audit.Entry{}, nil, err
		}
		form, err := p.Form(p.Current)
		if err != nil {
			return audit.Entry{}, nil, err
		}
		content, err := s.decrypt(p.ID, form)
		if err != nil {
			return audit.Entry{}, nil, err
		}
		opened = Opened{p.theory(form.Letter, content), content.Tasks}
		p.Copies += copies
		return s.entry(actor, p, "paper:print", "form="+form.Letter, fmt.Sprintf("copies=%d", copies)), nil, nil
	})
	if err != nil {
		return p, Opened{}, err
	}
	return p, opened, nil
}
