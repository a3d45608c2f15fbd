package mongo

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/store/transfer"
)

// moveTimeout ends a call of a move: sums and large batches take longer than
// what a page waits for.
const moveTimeout = 5 * time.Minute

// shape is how a kind of records is read from its collection and written to it.
// The _id of a document is the record's key.
type shape struct {
	read  func(bson.Raw) (transfer.Record, error)
	write func(transfer.Record) (any, error)
}

// shapes are the kinds of records that a move carries: all collections but
// sessions, tallies and what is under way.
var shapes = func() map[transfer.Kind]shape {
	all := map[transfer.Kind]shape{
		auditCollection:           {readEntry, writeEntry},
		counterCollection:         {readCounter, writeCounter},
		jobCollection:             {readJob, writeJob},
		transfer.Kind(items.name): {readDocument, writeDocument(items.lookup)},
	}
	for _, a := range aggregates {
		all[transfer.Kind(a.name)] = shape{readDocument, writeDocument(a.lookup)}
	}
	all[transfer.Attempts] = shape{readAttempt, writeAttempt}
	return all
}()

// Kinds lists the kinds of records by name.
func (s *Store) Kinds() []transfer.Kind { return slices.Sorted(maps.Keys(shapes)) }

// exportPage is how many records one read takes.
const exportPage = 500

// Export yields the records of a kind whose key comes after one, in byte order
// of their keys.
func (s *Store) Export(ctx context.Context, kind transfer.Kind, after string) iter.Seq2[transfer.Record, error] {
	return func(yield func(transfer.Record, error) bool) {
		for {
			page, err := s.records(ctx, kind, bson.D{{Key: "$gt", Value: after}}, exportPage)
			if err != nil {
				yield(transfer.Record{}, failure("mongo.Export", err))
				return
			}
			for _, r := range page {
				if !yield(r, nil) {
					return
				}
			}
			if len(page) < exportPage {
				return
			}
			after = page[len(page)-1].Key
		}
	}
}

// records reads those whose key is selected.
func (s *Store) records(ctx context.Context, kind transfer.Kind, key bson.D, limit int) (page []transfer.Record, err error) {
	ctx, cancel := context.WithTimeout(ctx, moveTimeout)
	defer cancel()
	cursor, err := s.db.Collection(string(kind)).Find(ctx, bson.D{{Key: "_id", Value: key}}, options.Find().SetSort(by("_id")).SetLimit(int64(limit)))
	if err != nil {
		return nil, err
	}
	defer cursor.Close(ctx)
	for cursor.Next(ctx) {
		r, err := shapes[kind].read(cursor.Current)
		if err != nil {
			return nil, err
		}
		page = append(page, r)
	}
	return page, cursor.Err()
}

// underWay refuses a document whose change is not finished.
func underWay(raw bson.Raw) error {
	for _, field := range []string{"pending", "import"} {
		if _, err := raw.LookupErr(field); err == nil {
			return errors.New("a change is under way: stop every instance")
		}
	}
	return nil
}

func readDocument(raw bson.Raw) (transfer.Record, error) {
	var found record
	err := bson.Unmarshal(raw, &found)
	if err == nil {
		err = underWay(raw)
	}
	return transfer.Record{Key: found.ID, Version: found.Version, Doc: found.Doc}, err
}

func readAttempt(raw bson.Raw) (transfer.Record, error) {
	r, err := readDocument(raw)
	if err != nil {
		return r, err
	}
	var l lease
	var rest struct {
		Due     int64             `bson:"due"`
		Answers map[string]answer `bson:"answers"`
	}
	if err := errors.Join(bson.Unmarshal(raw, &l), bson.Unmarshal(raw, &rest)); err != nil {
		return r, err
	}
	r.Attempt = &transfer.Attempt{Lease: l.Lease, Open: l.Open, Deadline: l.Deadline, Due: rest.Due, Seq: l.Seq, Digest: l.Digest, Saved: l.Saved}
	for _, question := range slices.Sorted(maps.Keys(rest.Answers)) {
		a := rest.Answers[question]
		r.Attempt.Answers = append(r.Attempt.Answers, transfer.Answer{
			Question: question, Answer: a.Answer, Flagged: a.Flagged, Seq: a.Seq, Saved: a.Saved, Late: a.Late,
		})
	}
	return r, nil
}

func readEntry(raw bson.Raw) (transfer.Record, error) {
	var found told
	err := bson.Unmarshal(raw, &found)
	return transfer.Record{Key: found.ID, Doc: found.Entry}, err
}

func readCounter(raw bson.Raw) (transfer.Record, error) {
	var found counter
	err := bson.Unmarshal(raw, &found)
	return transfer.Record{Key: found.Name, Count: found.N}, err
}

func readJob(raw bson.Raw) (transfer.Record, error) {
	var j job
	err := bson.Unmarshal(raw, &j)
	if err == nil {
		err = underWay(raw)
	}
	return transfer.Record{Key: j.ID, Job: &transfer.Job{
		Kind: j.Kind, Key: j.Key, Due: j.Due, Tries: j.Tries, Fence: j.Fence, Failed: j.Failed, Failure: j.Failure, Dead: j.Dead,
	}}, err
}

// total is what a collection adds up to.
func (s *Store) total(ctx context.Context, name string, sums bson.D) (string, error) {
	cursor, err := s.db.Collection(name).Aggregate(ctx, driver.Pipeline{bson.D{{Key: "$group", Value: append(bson.D{{Key: "_id", Value: nil}}, sums...)}}})
	if err != nil {
		return "", err
	}
	type sum struct {
		A int64 `bson:"a"`
		B int64 `bson:"b"`
	}
	found, err := all[sum](ctx, cursor)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %v\n", name, found), nil
}
