package mongo

import (
	"context"
	"errors"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// write is a save that was accepted, and the lease that it was accepted by.
type write struct {
	*change
	lease  lease
	repeat bool // of what is stored already
}

// commit decides a batch against the leases as they are known, and writes what
// was accepted by compare-and-set on what was known. It answers everybody but
// those whose attempt has a save before them in this batch, and those whose
// attempt was not as known: it returns them.
func (l *lane) commit(batch []*change) (open []*change) {
	ctx, cancel := context.WithTimeout(context.Background(), saveTimeout)
	defer cancel()
	if err := l.look(ctx, batch); err != nil {
		l.note(err, len(batch))
		for _, c := range batch {
			c.answer(exam.Receipt{}, err)
		}
		return nil
	}
	var writes []write
	taken := map[string]bool{}
	for _, c := range batch {
		lease, exists := l.known[c.save.Attempt]
		if !exists {
			c.answer(exam.Receipt{}, fault.New(fault.NotFound, opSave, noAttempt))
			continue
		}
		if taken[c.save.Attempt] {
			open = append(open, c)
			continue
		}
		repeat, err := lease.state().Accepts(c.save)
		if err != nil {
			c.answer(exam.Receipt{}, err)
			continue
		}
		taken[c.save.Attempt] = !repeat
		writes = append(writes, write{change: c, lease: lease, repeat: repeat})
	}
	if len(writes) == 0 {
		return open
	}
	return append(l.write(ctx, writes), open...)
}

// look reads the leases of a batch that are not known, and those by which a
// save would be refused: another instance may have changed them since.
func (l *lane) look(ctx context.Context, batch []*change) error {
	if len(l.known) > knownMost {
		clear(l.known)
	}
	var ids []string
	for _, c := range batch {
		known, exists := l.known[c.save.Attempt]
		if exists {
			if _, err := known.state().Accepts(c.save); err == nil {
				continue
			}
		}
		ids = append(ids, c.save.Attempt)
	}
	if len(ids) == 0 {
		return nil
	}
	for _, id := range ids {
		delete(l.known, id)
	}
	cursor, err := l.attempts.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find().SetProjection(leaseFields))
	if err != nil {
		return err
	}
	found, err := all[lease](ctx, cursor)
	if err != nil {
		return err
	}
	for _, lease := range found {
		l.known[lease.Attempt] = lease
	}
	return nil
}

// write stores the accepted saves in one unordered bulk write and answers them.
// The server does not tell which of them it matched: where it matched all, all
// are durable; where it missed one, all are returned, and the next look finds
// those that went in to be repeats of themselves.
func (l *lane) write(ctx context.Context, writes []write) (missed []*change) {
	models := make([]driver.WriteModel, len(writes))
	for i, w := range writes {
		models[i] = w.model()
	}
	result, err := l.attempts.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	l.commits.Add(1)
	l.changes.Add(int64(len(writes)))
	var bulk driver.BulkWriteException
	refused := map[int]error{}
	if errors.As(err, &bulk) && bulk.WriteConcernError == nil {
		for _, e := range bulk.WriteErrors { // each refused by itself: a document that grew too large
			refused[e.Index] = e
		}
		err = nil
	}
	l.note(err, len(writes))
	all := err == nil && int(result.MatchedCount) == len(writes)-len(refused)
	for i, w := range writes {
		if all && refused[i] == nil {
			after := w.after()
			l.known[w.save.Attempt] = after
			w.answer(exam.Receipt{Seq: after.Seq, SavedAt: moment(after.Saved), Deadline: moment(after.Deadline)}, nil)
			continue
		}
		delete(l.known, w.save.Attempt)
		switch {
		case err != nil:
			w.answer(exam.Receipt{}, err)
		case refused[i] != nil:
			w.answer(exam.Receipt{}, refused[i])
		case w.misses == missMost:
			w.answer(exam.Receipt{}, fault.New(fault.Unavailable, opSave, "too many changes are waiting to be stored: try again"))
		default:
			w.misses++
			missed = append(missed, w.change)
		}
	}
	return missed
}

// after is the lease when the write is durable.
func (w write) after() lease {
	l := w.lease
	if !w.repeat {
		l.Seq, l.Digest, l.Saved = w.save.Seq, w.save.Digest, nanoseconds(w.save.At)
	}
	return l
}

// model is the conditional update of one save. A repeat changes nothing and is
// written all the same: its acknowledgement says that what it repeats has
// reached the majority, which the read alone does not.
func (w write) model() driver.WriteModel {
	set := bson.D{{Key: "seq", Value: w.save.Seq}}
	if !w.repeat {
		set = append(set, bson.E{Key: "digest", Value: w.save.Digest}, bson.E{Key: "saved", Value: nanoseconds(w.save.At)})
		late := !w.save.At.Before(moment(w.lease.Deadline))
		for i, c := range w.save.Changes {
			a := w.answers[i]
			a.Late = late
			set = append(set, bson.E{Key: "answers." + c.Question, Value: a})
		}
	}
	return driver.NewUpdateOneModel().
		SetFilter(bson.D{{Key: "_id", Value: w.save.Attempt}, {Key: "version", Value: w.lease.Version}, {Key: "seq", Value: w.lease.Seq}}).
		SetUpdate(bson.D{{Key: "$set", Value: set}})
}
