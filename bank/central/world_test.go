package central

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/internal/vault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
)

// memory is a store that keeps the documents as an engine would.
type memory struct {
	mu      sync.Mutex
	order   []string
	docs    map[string][]byte
	entries []audit.Entry
	jobs    []outbox.Job
}

func (m *memory) CentralPaper(_ context.Context, id string) (p Paper, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	raw, ok := m.docs[id]
	if !ok {
		return p, fault.New(fault.NotFound, "memory", "there is no such paper")
	}
	return p, json.Unmarshal(raw, &p)
}

func (m *memory) CentralPapers(ctx context.Context, q Query) (list []Paper, err error) {
	for i := len(m.order) - 1; i >= 0; i-- {
		if q.Before == "" || m.order[i] < q.Before {
			p, err := m.CentralPaper(ctx, m.order[i])
			if err != nil {
				return nil, err
			}
			if list = append(list, p); q.Limit > 0 && len(list) == q.Limit {
				break
			}
		}
	}
	return list, nil
}

func (m *memory) PutCentralPaper(_ context.Context, p *Paper, e audit.Entry, jobs ...outbox.Job) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var before Paper
	if raw, ok := m.docs[p.ID]; ok {
		if err := json.Unmarshal(raw, &before); err != nil {
			return err
		}
	} else {
		m.order = append(m.order, p.ID)
	}
	if before.Version != p.Version {
		return fault.New(fault.Conflict, "memory", "somebody has changed this meanwhile")
	}
	p.Version++
	raw, err := json.Marshal(p)
	m.docs[p.ID], m.entries, m.jobs = raw, append(m.entries, e), append(m.jobs, jobs...)
	return err
}

func (m *memory) Body(context.Context, string) (standing.Body, error) {
	return standing.Body{ID: "body", Region: "411221"}, nil
}

// office is a service with its people and its clock.
type office struct {
	*Service
	*memory
	t    *testing.T
	now  time.Time
	logs bytes.Buffer
}

var start = time.Date(2026, 12, 1, 9, 0, 0, 0, rulebook.Shanghai)

func newOffice(t *testing.T) *office {
	t.Helper()
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	o := &office{memory: &memory{docs: map[string][]byte{}}, t: t, now: start.AddDate(0, 0, -5)}
	clock := func() time.Time { return o.now }
	policy, err := access.Open(book.Lineage, clock)
	if err != nil {
		t.Fatal(err)
	}
	o.Service = &Service{
		Store: o.memory, Bodies: o.memory, Policy: policy, Book: book, Keys: ring(t, 1), Now: clock,
		Log:     slog.New(slog.NewTextHandler(io.MultiWriter(&o.logs), nil)),
		Touched: func(context.Context, string) (Touched, error) { return Touched{Sittings: 2, Writing: 5}, nil },
	}
	return o
}

func ring(t *testing.T, keys ...byte) *vault.Keyring {
	t.Helper()
	var all [][]byte
	for _, b := range keys {
		all = append(all, bytes.Repeat([]byte{b}, vault.KeySize))
	}
	r, err := vault.NewKeyring(all[0], all[1:]...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func who(name string, role access.Role) access.Actor {
	return access.Actor{ID: name, Name: name, From: "192.0.2.1", Grants: []access.Grant{{Role: role, Region: "411200"}}}
}

var (
	setter, reviewer     = who("setter", access.Setter), who("reviewer", access.Setter)
	keeper, second       = who("keeper", access.Keeper), who("second", access.Keeper)
	officer, countersign = who("officer", access.Officer), who("countersign", access.Reviewer)
	auditor              = who("auditor", access.Auditor)
	scheduler            = access.Actor{ID: "scheduler", Grants: []access.Grant{{Role: access.Scheduler, Body: "body"}}}
	stranger             = access.Actor{ID: "stranger", Grants: []access.Grant{{Role: access.Keeper, Region: "410423"}}}
	candidate            = access.Actor{ID: "e", Enrolment: "e"}
)

const secret = "暗标内容"

func content(letter string) FormInput {
	in := FormInput{Each: map[bank.ItemType]bank.Points{bank.Single: 10_00, bank.FillIn: 50_00}, Tasks: []Task{{Name: secret + "任务" + letter, Points: 100_00, Text: secret}}}
	in.Items = append(in.Items, bank.Item{Type: bank.FillIn, Topic: "x", Stem: secret + letter + "____", Accept: [][]string{{secret}}})
	for i := range 5 {
		in.Items = append(in.Items, bank.Item{Type: bank.Single, Topic: "x", Stem: fmt.Sprint(secret, letter, i), Options: []string{"甲", "乙"}, Key: []int{0}})
	}
	return in
}

func draft() Draft {
	return Draft{Region: "411200", Track: rulebook.Completion, Trade: "6-31-01-03", Level: rulebook.JuniorWorker, Name: "统一卷", StartsAt: start, Minutes: 90, PassMark: 60_00}
}

// must fails the test where a step does not go well.
func (o *office) must(p Paper, err error) Paper {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// drafted is a paper with both forms.
func (o *office) drafted() string {
	o.t.Helper()
	id := o.must(o.Create(o.t.Context(), setter, draft())).ID
	for _, letter := range Letters {
		o.must(o.PutForm(o.t.Context(), setter, id, letter, content(letter)))
	}
	return id
}

// sealed is a paper that two keepers have sealed.
func (o *office) sealed() string {
	o.t.Helper()
	ctx, id := o.t.Context(), o.drafted()
	o.must(o.Submit(ctx, setter, id))
	o.must(o.Review(ctx, reviewer, id))
	o.must(o.Seal(ctx, keeper, id))
	o.must(o.Seal(ctx, second, id))
	return id
}

func (o *office) unsealed() string {
	o.t.Helper()
	id := o.sealed()
	o.now = start.Add(-10 * time.Minute)
	o.must(o.Unseal(o.t.Context(), keeper, id))
	o.must(o.Unseal(o.t.Context(), second, id))
	return id
}

// refusedBy fails the test unless the error is of a code and, where one is
// named, a rule.
func refusedBy(t *testing.T, what string, err error, code fault.Code, rule string) {
	t.Helper()
	var f *fault.Error
	if !fault.Is(err, code) || !asFault(err, &f) || rule != "" && (f.Rule == nil || f.Rule.ID != rule) {
		t.Errorf("%s: %v, want %s %s", what, err, code, rule)
	}
}

func dataKey(key []byte) vault.DataKey { return vault.DataKey(key) }
