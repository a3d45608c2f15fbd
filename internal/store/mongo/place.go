package mongo

import (
	"context"
	"errors"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/fault"
	"kaoping/internal/store/transfer"
)

// importLanes is how many batches of an import are on their way at a time: one
// waits for the majority and its disks while another is on the wire.
const importLanes = 4

// Import stores records of a kind as they are. One that is there already must
// be equal (Conflict, naming it); after any error some may be stored.
func (s *Store) Import(ctx context.Context, kind transfer.Kind, records []transfer.Record) error {
	ctx, cancel := context.WithTimeout(ctx, moveTimeout)
	defer cancel()
	var group sync.WaitGroup
	var errs [importLanes]error
	size := (len(records) + importLanes - 1) / importLanes
	for i := range errs {
		batch := records[min(i*size, len(records)):min((i+1)*size, len(records))]
		group.Go(func() { errs[i] = s.importBatch(ctx, kind, batch) })
	}
	group.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// importBatch inserts what is missing until nothing is, or nothing more can be.
func (s *Store) importBatch(ctx context.Context, kind transfer.Kind, records []transfer.Record) error {
	const op = "mongo.Import"
	for before := -1; len(records) > 0 && len(records) != before; {
		before = len(records)
		documents := make([]any, len(records))
		for i, r := range records {
			var err error
			if documents[i], err = shapes[kind].write(r); err != nil {
				return failure(op, err)
			}
		}
		_, err := s.db.Collection(string(kind)).InsertMany(ctx, documents, options.InsertMany().SetOrdered(false))
		if err == nil {
			return nil
		}
		if !driver.IsDuplicateKeyError(err) {
			return failure(op, err)
		}
		if records, err = s.missing(ctx, op, kind, records); err != nil {
			return failure(op, err)
		}
	}
	if len(records) > 0 {
		return fault.New(fault.Conflict, op, "%s/%s cannot be imported: what is unique in it is taken by another record", string(kind), records[0].Key)
	}
	return nil
}

// missing are the records that are not stored yet. Those that are must be equal.
func (s *Store) missing(ctx context.Context, op string, kind transfer.Kind, records []transfer.Record) (missing []transfer.Record, err error) {
	keys := make([]string, len(records))
	for i, r := range records {
		keys[i] = r.Key
	}
	list, err := s.records(ctx, kind, bson.D{{Key: "$in", Value: keys}}, 0)
	if err != nil {
		return nil, err
	}
	stored := map[string]transfer.Record{}
	for _, r := range list {
		stored[r.Key] = r
	}
	for _, r := range records {
		found, there := stored[r.Key]
		if there && !found.Equal(r) {
			return nil, fault.New(fault.Conflict, op, "%s/%s is there already and is another one", string(kind), r.Key)
		}
		if !there {
			missing = append(missing, r)
		}
	}
	return missing, nil
}

func writeDocument(lookup func(doc string) (bson.D, error)) func(transfer.Record) (any, error) {
	return func(r transfer.Record) (any, error) {
		fields, err := lookup(r.Doc)
		return append(bson.D{{Key: "_id", Value: r.Key}, {Key: "version", Value: r.Version}, {Key: "doc", Value: r.Doc}}, fields...), err
	}
}

func writeAttempt(r transfer.Record) (any, error) {
	if r.Attempt == nil {
		return nil, errors.New("an attempt has no lease")
	}
	a := *r.Attempt
	fields, err := attempts.lookup(r.Doc)
	if err != nil {
		return nil, err
	}
	held := map[string]any{"lease": a.Lease, "open": a.Open, "deadline": a.Deadline, "due": a.Due}
	document := bson.D{{Key: "_id", Value: r.Key}, {Key: "version", Value: r.Version}, {Key: "doc", Value: r.Doc}}
	for _, field := range fields {
		if value, is := held[field.Key]; is {
			field.Value = value
		}
		document = append(document, field)
	}
	document = append(document, bson.E{Key: "seq", Value: a.Seq}, bson.E{Key: "digest", Value: a.Digest}, bson.E{Key: "saved", Value: a.Saved})
	if len(a.Answers) > 0 {
		var answers bson.D
		for _, b := range a.Answers {
			answers = append(answers, bson.E{Key: b.Question, Value: answer{Answer: b.Answer, Flagged: b.Flagged, Seq: b.Seq, Saved: b.Saved, Late: b.Late}})
		}
		document = append(document, bson.E{Key: "answers", Value: answers})
	}
	return document, nil
}

// writeEntry names the change after the entry's place: the one that made it is
// in its stream for good.
func writeEntry(r transfer.Record) (any, error) {
	stream, seq, err := transfer.ParseEntryKey(r.Key)
	return told{ID: entryID(stream, seq), Stream: stream, Change: r.Key, Entry: r.Doc}, err
}

func writeCounter(r transfer.Record) (any, error) { return counter{r.Key, r.Count}, nil }

func writeJob(r transfer.Record) (any, error) {
	if r.Job == nil {
		return nil, errors.New("a job has no kind")
	}
	j := *r.Job
	return job{ID: r.Key, Kind: j.Kind, Key: j.Key, Due: j.Due, Tries: j.Tries, Fence: j.Fence, Failed: j.Failed, Failure: j.Failure, Dead: j.Dead}, nil
}
