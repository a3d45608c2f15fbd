package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"iter"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/bank"
	"kaoping/internal/audit"
)

// aggregates are the kinds that the audit compares, with their collections and
// what is looked up in them.
var aggregates = []struct {
	kind, name string
	lookup     func(doc string) (bson.D, error)
}{
	{sittings.kind, sittings.name, sittings.lookup},
	{enrolments.kind, enrolments.name, enrolments.lookup},
	{attempts.kind, attempts.name, attempts.lookup},
	{certificates.kind, certificates.name, certificates.lookup},
	{mixes.kind, mixes.name, mixes.lookup}, {waitings.kind, waitings.name, waitings.lookup},
	{bodies.kind, bodies.name, bodies.lookup},
	{bars.kind, bars.name, bars.lookup},
	{applications.kind, applications.name, applications.lookup},
	{caseFiles.kind, caseFiles.name, caseFiles.lookup},
	{plans.kind, plans.name, plans.lookup}, {visits.kind, visits.name, visits.lookup}, {credits.kind, credits.name, credits.lookup},
	{accounts.kind, accounts.name, accounts.lookup},
	{blueprints.kind, blueprints.name, blueprints.lookup},
	{papers.kind, papers.name, papers.lookup}, {centralPapers.kind, centralPapers.name, centralPapers.lookup},
	{ruleChanges.kind, ruleChanges.name, ruleChanges.lookup},
	{calendarYears.kind, calendarYears.name, calendarYears.lookup},
	{ruleEditions.kind, ruleEditions.name, ruleEditions.lookup},
}

// Streams yields the names of the audit streams in byte order, after the
// entries of a process that died have been appended.
func (s *Store) Streams(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if err := s.Recover(ctx); err != nil {
			yield("", err)
			return
		}
		for after := ""; ; {
			var found told
			err := s.db.Collection(auditCollection).FindOne(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}},
				options.FindOne().SetSort(by("_id")).SetProjection(bson.D{{Key: "stream", Value: 1}})).Decode(&found)
			if errors.Is(err, driver.ErrNoDocuments) {
				return
			}
			if err != nil {
				yield("", failure("mongo.Streams", err))
				return
			}
			if !yield(found.Stream, nil) {
				return
			}
			after = afterStream(found.Stream)
		}
	}
}

// Entries lists the entries of a stream after a sequence number, at most limit.
func (s *Store) Entries(ctx context.Context, stream string, after int64, limit int) ([]audit.Entry, error) {
	const op = "mongo.Entries"
	cursor, err := s.db.Collection(auditCollection).Find(ctx, ofStream(stream, after), options.Find().SetSort(by("_id")).SetLimit(int64(limit)))
	if err != nil {
		return nil, failure(op, err)
	}
	found, err := all[told](ctx, cursor)
	if err != nil {
		return nil, failure(op, err)
	}
	var list []audit.Entry
	for _, line := range found {
		var e audit.Entry
		if err := json.Unmarshal([]byte(line.Entry), &e); err != nil {
			return nil, failure(op, err)
		}
		list = append(list, e)
	}
	return list, nil
}

// rowsPage is how many documents one read takes.
const rowsPage = 256

// Objects yields every aggregate, as its stored bytes are, by kind and id,
// after what was pending has reached the streams.
func (s *Store) Objects(ctx context.Context) iter.Seq2[audit.Object, error] {
	return func(yield func(audit.Object, error) bool) {
		if err := s.Recover(ctx); err != nil {
			yield(audit.Object{}, err)
			return
		}
		for _, k := range aggregates {
			for r, err := range s.rows(ctx, k.name) {
				if !yield(audit.Object{Name: k.kind + "/" + r.ID, Version: r.Version, Digest: audit.Digest([]byte(r.Doc))}, err) || err != nil {
					return
				}
			}
		}
		imports := bank.Imports{}
		for r, err := range s.rows(ctx, items.name) {
			if err != nil {
				yield(audit.Object{}, err)
				return
			}
			imports.Add(r.ID, []byte(r.Doc))
		}
		for _, object := range imports.Objects() {
			if !yield(object, nil) {
				return
			}
		}
	}
}

// rows yields a collection of documents by id, without what is hidden: dropped
// ones that still have their entry to tell, and items of imports under way.
func (s *Store) rows(ctx context.Context, name string) iter.Seq2[record, error] {
	return func(yield func(record, error) bool) {
		for after, more := "", true; more; {
			page, err := s.rowsAfter(ctx, name, after)
			if err != nil {
				yield(record{}, failure("mongo.rows", err))
				return
			}
			for _, r := range page {
				if r.Doc != "" && !yield(r, nil) {
					return
				}
				after = r.ID
			}
			more = len(page) == rowsPage
		}
	}
}

func (s *Store) rowsAfter(ctx context.Context, name, after string) ([]record, error) {
	shown := bson.D{{Key: "_id", Value: bson.D{{Key: "$gt", Value: after}}}, {Key: "import", Value: bson.D{{Key: "$exists", Value: false}}}}
	cursor, err := s.db.Collection(name).Find(ctx, shown,
		options.Find().SetSort(by("_id")).SetLimit(rowsPage).SetProjection(bson.D{{Key: "version", Value: 1}, {Key: "doc", Value: 1}}))
	if err != nil {
		return nil, err
	}
	return all[record](ctx, cursor)
}
