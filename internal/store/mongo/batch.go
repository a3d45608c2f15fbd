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

// write is a save that was accepted, and the state of the lease that it was
// accepted against.
type write struct {
	*change
	lease   lease
	receipt exam.Receipt // when it is durable
	repeat  bool
}

// commit decides a batch against the leases as they are read, and writes what
// was accepted by compare-and-set on what was read. It answers everybody but
// those whose attempt has a save before them in this batch, and those whose
// attempt changed between the read and the write: it returns them.
func (s *saver) commit(batch []*change) (open []*change) {
	ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
	defer cancel()
	leases, err := s.read(ctx, batch)
	if err != nil {
		s.note(err, len(batch))
		for _, c := range batch {
			c.answer(exam.Receipt{}, err)
		}
		return nil
	}
	var writes []write
	taken := map[string]bool{}
	for _, c := range batch {
		l, exists := leases[c.save.Attempt]
		if !exists {
			c.answer(exam.Receipt{}, fault.New(fault.NotFound, opSave, noAttempt))
			continue
		}
		if taken[c.save.Attempt] {
			open = append(open, c)
			continue
		}
		repeat, err := l.state().Accepts(c.save)
		if err != nil {
			c.answer(exam.Receipt{}, err)
			continue
		}
		w := write{change: c, lease: l, repeat: repeat, receipt: exam.Receipt{Seq: c.save.Seq, SavedAt: c.save.At, Deadline: moment(l.Deadline)}}
		if repeat {
			w.receipt.SavedAt = moment(l.Saved)
		} else {
			taken[c.save.Attempt] = true
		}
		writes = append(writes, w)
	}
	if len(writes) == 0 {
		return open
	}
	return append(s.write(ctx, writes), open...)
}

// read finds the leases of a batch.
func (s *saver) read(ctx context.Context, batch []*change) (map[string]lease, error) {
	ids := make([]string, 0, len(batch))
	leases := make(map[string]lease, len(batch))
	for _, c := range batch {
		if _, seen := leases[c.save.Attempt]; !seen {
			leases[c.save.Attempt] = lease{}
			ids = append(ids, c.save.Attempt)
		}
	}
	cursor, err := s.attempts.Find(ctx, bson.D{{Key: "_id", Value: bson.D{{Key: "$in", Value: ids}}}}, options.Find().SetProjection(leaseFields))
	if err != nil {
		return nil, err
	}
	var found []lease
	if err := cursor.All(ctx, &found); err != nil {
		return nil, err
	}
	clear(leases)
	for _, l := range found {
		leases[l.Attempt] = l
	}
	return leases, nil
}

// write stores the accepted saves in one unordered bulk write and answers them.
// The server does not tell which of them it matched: where it matched all, all
// are durable; where it missed one, all are returned, and the next look finds
// those that went in to be repeats of themselves.
func (s *saver) write(ctx context.Context, writes []write) (missed []*change) {
	models := make([]driver.WriteModel, len(writes))
	for i, w := range writes {
		models[i] = w.model()
	}
	result, err := s.attempts.BulkWrite(ctx, models, options.BulkWrite().SetOrdered(false))
	var bulk driver.BulkWriteException
	refused := map[int]error{}
	if errors.As(err, &bulk) && bulk.WriteConcernError == nil {
		for _, e := range bulk.WriteErrors { // each refused by itself: a document that grew too large
			refused[e.Index] = e
		}
		err = nil
	}
	s.note(err, len(writes))
	all := err == nil && int(result.MatchedCount) == len(writes)-len(refused)
	for i, w := range writes {
		switch {
		case err != nil:
			w.answer(exam.Receipt{}, err)
		case refused[i] != nil:
			w.answer(exam.Receipt{}, refused[i])
		case all:
			w.answer(w.receipt, nil)
		case w.misses == missMost:
			w.answer(exam.Receipt{}, fault.New(fault.Unavailable, opSave, "too many changes are waiting to be stored: try again"))
		default:
			w.misses++
			missed = append(missed, w.change)
		}
	}
	return missed
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
