package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"
	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
)

// pending is what a change brings about in other collections. It is stored
// with the change, in one write; relay carries it on, once or many times, to
// the same result.
type pending struct {
	Change string `bson:"change"` // names the change in its stream, so that its entry is appended once
	Entry  string `bson:"entry"`  // JSON, without its place in the chain
	Jobs   []job  `bson:"jobs,omitempty"`
	Remove bool   `bson:"remove,omitempty"` // the document itself goes, too
}

func newPending(op string, e audit.Entry, jobs []outbox.Job) (pending, error) {
	if e.Stream == "" || strings.ContainsFunc(e.Stream, func(r rune) bool { return r <= separator }) {
		return pending{}, fault.New(fault.Invalid, op, "“%s” is no name of an audit stream", e.Stream)
	}
	line, err := json.Marshal(e)
	if err != nil {
		return pending{}, failure(op, err)
	}
	p := pending{Change: ulid.Make().String(), Entry: string(line)}
	for _, j := range jobs {
		p.Jobs = append(p.Jobs, newJob(j))
	}
	return p, nil
}

// follow relays a change that was just stored. A failure is no failure of the
// change: it is durable, and the next writer or Recover relays it.
func (s *Store) follow(ctx context.Context, name, id string, p pending) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	if err := s.relay(ctx, name, id, p); err != nil {
		s.log.Warn("the audit entry of a change will follow later", "collection", name, "id", id, "error", err)
	}
}

// relay appends the entry, records the jobs and then forgets that they were
// pending. A relay that comes late may record a job again that was finished:
// jobs run at least once.
func (s *Store) relay(ctx context.Context, name, id string, p pending) error {
	var e audit.Entry
	if err := json.Unmarshal([]byte(p.Entry), &e); err != nil {
		return err
	}
	if err := s.chains.append(ctx, p.Change, e); err != nil {
		return err
	}
	if err := s.enqueue(ctx, p.Jobs); err != nil {
		return err
	}
	c, this := s.db.Collection(name), bson.D{{Key: "_id", Value: id}, {Key: "pending.change", Value: p.Change}}
	if p.Remove {
		_, err := c.DeleteOne(ctx, this)
		return err
	}
	_, err := c.UpdateOne(ctx, this, bson.D{{Key: "$unset", Value: bson.D{{Key: "pending", Value: ""}}}})
	return err
}

// Recover finishes what a process that died has left: entries and jobs that
// did not reach their collections, and imports. Any instance may call it at any
// moment, and should do so every few seconds.
func (s *Store) Recover(ctx context.Context) error {
	const op = "mongo.Recover"
	if err := s.recoverImports(ctx, s.Now().Add(-importMost)); err != nil {
		return failure(op, err)
	}
	names := []string{jobCollection}
	for _, a := range aggregates {
		names = append(names, a.name)
	}
	for _, name := range names {
		err := s.eachPending(ctx, name, func(id string, p pending) error { return s.relay(ctx, name, id, p) })
		if err != nil {
			return failure(op, err)
		}
	}
	return nil
}

// pendingPage is how many documents with something pending one read takes.
const pendingPage = 256

// eachPending calls do, which makes it pending no more, for every document of a
// collection that has something pending.
func (s *Store) eachPending(ctx context.Context, name string, do func(id string, p pending) error) error {
	for {
		cursor, err := s.db.Collection(name).Find(ctx, bson.D{{Key: "pending.change", Value: bson.D{{Key: "$gt", Value: ""}}}},
			options.Find().SetProjection(bson.D{{Key: "pending", Value: 1}}).SetLimit(pendingPage))
		if err != nil {
			return err
		}
		found, err := all[record](ctx, cursor)
		if err != nil {
			return err
		}
		for _, r := range found {
			if err := do(r.ID, *r.Pending); err != nil {
				return err
			}
		}
		if len(found) < pendingPage {
			return nil
		}
	}
}

// importMost is how long an import may be under way before another instance
// takes it for one that was cut short.
const importMost = 10 * time.Minute

// recoverImports finishes the imports that were committed, and takes back those
// that began before a time and were not.
func (s *Store) recoverImports(ctx context.Context, before time.Time) error {
	if err := s.eachPending(ctx, imports, func(id string, p pending) error { return s.finishImport(ctx, id, p) }); err != nil {
		return err
	}
	cursor, err := s.db.Collection(imports).Find(ctx, bson.D{{Key: "begun", Value: bson.D{{Key: "$lt", Value: nanoseconds(before)}}}})
	if err != nil {
		return err
	}
	cut, err := all[record](ctx, cursor)
	if err != nil {
		return err
	}
	for _, r := range cut {
		if err := s.takeBack(ctx, r.ID); err != nil {
			return err
		}
	}
	return s.takeBackStrays(ctx)
}

// ignoreTaken drops the error of what exists already. Of an insert of many it is
// kept where another document failed for another reason: that one is not there.
func ignoreTaken(err error) error {
	var many driver.BulkWriteException
	if errors.As(err, &many) {
		other := func(e driver.BulkWriteError) bool { return !driver.IsDuplicateKeyError(e) }
		if many.WriteConcernError != nil || slices.ContainsFunc(many.WriteErrors, other) {
			return err
		}
	}
	if driver.IsDuplicateKeyError(err) {
		return nil
	}
	return err
}
