package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"

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
// who append to one stream take turns, so that they do not race each other.
type chains struct {
	entries *driver.Collection
	turns   [64]turn
}

// turn is held by who appends to one of the streams that share it.
type turn struct {
	held chan struct{}
	last audit.Entry // what was appended in the last turn, to save a look: it may be behind, never wrong
}

func (c *chains) init(entries *driver.Collection) {
	c.entries = entries
	for i := range c.turns {
		c.turns[i].held = make(chan struct{}, 1)
	}
}

// append completes an entry and appends it to its stream, unless the change
// has its entry there already.
func (c *chains) append(ctx context.Context, change string, e audit.Entry) error {
	hash := fnv.New32a()
	hash.Write([]byte(e.Stream))
	t := &c.turns[hash.Sum32()%uint32(len(c.turns))]
	select {
	case t.held <- struct{}{}:
		defer func() { <-t.held }()
	case <-ctx.Done():
		return ctx.Err()
	}
	last := t.last
	if last.Stream != e.Stream {
		var err error
		if last, err = c.last(ctx, e.Stream); err != nil {
			return err
		}
	}
	for {
		next := audit.Follow(last, e)
		line, err := json.Marshal(next)
		if err != nil {
			return err
		}
		_, err = c.entries.InsertOne(ctx, told{ID: entryID(e.Stream, next.Seq), Stream: e.Stream, Change: change, Entry: string(line)})
		if err == nil {
			t.last = next
			return nil
		}
		if !driver.IsDuplicateKeyError(err) {
			return err
		}
		n, err := c.entries.CountDocuments(ctx, bson.D{{Key: "stream", Value: e.Stream}, {Key: "change", Value: change}})
		if err != nil || n > 0 {
			return err
		}
		if last, err = c.last(ctx, e.Stream); err != nil {
			return err
		}
	}
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
