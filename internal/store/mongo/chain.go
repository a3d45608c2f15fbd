package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"sync"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/audit"
)

const auditCollection = "audit"

// separator stands between a stream's name and the number of an entry in its
// _id. It comes before every character of a name, so that the order of the ids
// is that of the streams and of the entries in them.
const separator = '#'

// told is a stored audit entry.
type told struct {
	ID     string `bson:"_id"`
	Stream string `bson:"stream"`
	Change string `bson:"change"`
	Entry  string `bson:"entry"` // JSON
}

// entryID is the _id of an entry: ids of a stream are in the order of its entries.
func entryID(stream string, seq int64) string {
	return fmt.Sprintf("%s%c%019d", stream, separator, seq)
}

// afterStream comes after the ids of all entries of a stream.
func afterStream(stream string) string { return stream + string(separator) + ":" }

// chains appends to the audit streams. Between processes the unique _id decides
// who comes next and the loser follows the winner; within this process those
// who append to one stream at the same time share a write, so that a hall that
// starts together does not wait in line.
type chains struct {
	entries *driver.Collection
	turns   [64]turn
}

// turn is where those wait who append to one of the streams that share it.
type turn struct {
	mu      sync.Mutex
	waiting []*appending
	busy    bool        // somebody writes: it takes those who come meanwhile along
	last    audit.Entry // what was appended last, to save a look: it may be behind, never wrong
}

// appending is one entry on its way into its stream.
type appending struct {
	change string
	entry  audit.Entry
	done   chan error // gets one answer
}

// appendMost is how many entries share a write.
const appendMost = 128

func (c *chains) init(entries *driver.Collection) { c.entries = entries }

// append completes an entry and appends it to its stream, unless the change
// has its entry there already. A context that ends leaves it open whether it did.
func (c *chains) append(ctx context.Context, change string, e audit.Entry) error {
	hash := fnv.New32a()
	hash.Write([]byte(e.Stream))
	t := &c.turns[hash.Sum32()%uint32(len(c.turns))]
	a := &appending{change, e, make(chan error, 1)}
	t.mu.Lock()
	t.waiting = append(t.waiting, a)
	if !t.busy {
		t.busy = true
		go c.write(t)
	}
	t.mu.Unlock()
	select {
	case err := <-a.done:
		return err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// write appends until nobody waits.
func (c *chains) write(t *turn) {
	for {
		t.mu.Lock()
		if len(t.waiting) == 0 {
			t.busy = false
			t.mu.Unlock()
			return
		}
		stream := t.waiting[0].entry.Stream
		var batch, others []*appending
		for _, a := range t.waiting {
			if a.entry.Stream == stream && len(batch) < appendMost {
				batch = append(batch, a)
			} else {
				others = append(others, a)
			}
		}
		t.waiting = others
		t.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), callTimeout)
		err := c.appendAll(ctx, t, stream, batch)
		cancel()
		for _, a := range batch {
			a.done <- err
		}
	}
}

// appendAll appends entries to their stream, in their order, but for those
// that are there. An error may come after some of them: appending again finds out.
func (c *chains) appendAll(ctx context.Context, t *turn, stream string, batch []*appending) error {
	last := t.last
	t.last = audit.Entry{}
	for {
		if last.Stream != stream {
			var err error
			if last, err = c.last(ctx, stream); err != nil {
				return err
			}
		}
		entries := make([]told, len(batch))
		for i, a := range batch {
			last = audit.Follow(last, a.entry)
			line, err := json.Marshal(last)
			if err != nil {
				return err
			}
			entries[i] = told{ID: entryID(stream, last.Seq), Stream: stream, Change: a.change, Entry: string(line)}
		}
		_, err := c.entries.InsertMany(ctx, entries) // in order: the first that is taken ends it
		if err == nil {
			t.last = last
			return nil
		}
		if !driver.IsDuplicateKeyError(err) {
			return err
		}
		if batch, err = c.missing(ctx, stream, batch); err != nil || len(batch) == 0 {
			return err
		}
		last = audit.Entry{}
	}
}

// missing are the entries whose changes have none in the stream yet.
func (c *chains) missing(ctx context.Context, stream string, batch []*appending) ([]*appending, error) {
	changes := make([]string, len(batch))
	for i, a := range batch {
		changes[i] = a.change
	}
	cursor, err := c.entries.Find(ctx, bson.D{{Key: "stream", Value: stream}, {Key: "change", Value: bson.D{{Key: "$in", Value: changes}}}},
		options.Find().SetProjection(bson.D{{Key: "change", Value: 1}}))
	if err != nil {
		return nil, err
	}
	found, err := all[told](ctx, cursor)
	if err != nil {
		return nil, err
	}
	there := map[string]bool{}
	for _, entry := range found {
		there[entry.Change] = true
	}
	var left []*appending
	for _, a := range batch {
		if !there[a.change] {
			left = append(left, a)
			there[a.change] = true // the same change twice at a time is one entry
		}
	}
	return left, nil
}

// last is the last entry of a stream, the zero Entry where there is none.
func (c *chains) last(ctx context.Context, stream string) (e audit.Entry, err error) {
	var found told
	err = c.entries.FindOne(ctx, ofStream(stream, 0), options.FindOne().SetSort(by("-_id"))).Decode(&found)
	if errors.Is(err, driver.ErrNoDocuments) {
		return audit.Entry{}, nil
	}
	if err == nil {
		err = json.Unmarshal([]byte(found.Entry), &e)
	}
	return e, err
}

// ofStream selects the entries of a stream after a sequence number.
func ofStream(stream string, after int64) bson.D {
	return bson.D{
		{Key: "stream", Value: stream}, // so that a sharded cluster asks one shard
		{Key: "_id", Value: bson.D{{Key: "$gt", Value: entryID(stream, after)}, {Key: "$lt", Value: afterStream(stream)}}},
	}
}
