package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
)

// collection is one kind of aggregate.
type collection[T any] struct {
	kind    string // in audit objects: "sitting"
	name    string
	key     func(*T) (id string, version *int)
	fields  func(T) bson.D    // what is looked up, beside the JSON
	fresh   bson.D            // fields that only an insert sets
	missing string            // what a NotFound says
	taken   map[string]string // by unique index: what a Conflict says
}

// The sentences of a Conflict where a collection has none of its own.
const (
	existsAlready = "this exists already"
	changedBefore = "somebody has changed this meanwhile: read it again"
)

// record is a stored aggregate.
type record struct {
	ID      string   `bson:"_id"`
	Version int      `bson:"version"`
	Doc     string   `bson:"doc"`     // "" while a dropped one still has its entry to tell
	Pending *pending `bson:"pending"` // nil when the last change is in the audit stream
}

// find returns the aggregate whose field has the value (NotFound).
func (c *collection[T]) find(ctx context.Context, s *Store, op, field, value string) (v T, err error) {
	var found record
	err = s.db.Collection(c.name).FindOne(ctx, bson.D{{Key: field, Value: value}},
		options.FindOne().SetProjection(bson.D{{Key: "doc", Value: 1}})).Decode(&found)
	if errors.Is(err, driver.ErrNoDocuments) || err == nil && found.Doc == "" {
		return v, fault.New(fault.NotFound, op, c.missing)
	}
	if err == nil {
		err = json.Unmarshal([]byte(found.Doc), &v)
	}
	return v, failure(op, err)
}

// list returns the aggregates that a filter selects.
func (c *collection[T]) list(ctx context.Context, s *Store, op string, f filter) ([]T, error) {
	cursor, err := s.db.Collection(c.name).Find(ctx, f.selector(),
		options.Find().SetSort(f.order).SetLimit(int64(f.limit)).SetProjection(bson.D{{Key: "doc", Value: 1}}))
	if err != nil {
		return nil, failure(op, err)
	}
	found, err := all[record](ctx, cursor)
	if err != nil {
		return nil, failure(op, err)
	}
	var list []T
	for _, r := range found {
		var v T
		if err := json.Unmarshal([]byte(r.Doc), &v); err != nil {
			return nil, failure(op, err)
		}
		list = append(list, v)
	}
	return list, nil
}

// count is the length of the list.
func (c *collection[T]) count(ctx context.Context, s *Store, op string, f filter) (int, error) {
	n, err := s.db.Collection(c.name).CountDocuments(ctx, f.selector())
	return int(n), failure(op, err)
}

// lookup is fields of a stored document.
func (c *collection[T]) lookup(doc string) (bson.D, error) {
	var v T
	err := json.Unmarshal([]byte(doc), &v)
	return c.fields(v), err
}

// put stores the next version of v with its audit entry and its jobs, and sets
// the version in v.
func (c *collection[T]) put(ctx context.Context, s *Store, op string, v *T, e audit.Entry, jobs ...outbox.Job) error {
	next := *v
	id, version := c.key(&next)
	*version++
	doc, err := json.Marshal(next)
	if err != nil {
		return failure(op, err)
	}
	e.Object, e.Version, e.Digest = c.kind+"/"+id, *version, audit.Digest(doc)
	p, err := newPending(op, e, jobs)
	if err != nil {
		return err
	}
	set := append(bson.D{{Key: "version", Value: *version}, {Key: "doc", Value: string(doc)}, {Key: "pending", Value: p}}, c.fields(next)...)
	if *version == 1 {
		err = s.insert(ctx, c.name, append(append(bson.D{{Key: "_id", Value: id}}, set...), c.fresh...))
	} else {
		err = s.swap(ctx, op, c.name, id, *version-1, bson.D{{Key: "$set", Value: set}})
	}
	if err != nil {
		return failure(op, c.conflict(op, err))
	}
	s.follow(ctx, c.name, id, p)
	_, stored := c.key(v)
	*stored = *version
	return nil
}

func (s *Store) insert(ctx context.Context, name string, document bson.D) error {
	for tries := 1; ; tries++ {
		_, err := s.db.Collection(name).InsertOne(ctx, document)
		if tries == insertTries || !takenBack(err) {
			return err
		}
	}
}

// insertTries bounds how often an insert is made again that the server took
// back: who loses a race for something unique must learn of it.
const insertTries = 5

// swapTries bounds how often a swap helps the change before it to its stream.
const swapTries = 8

// swap changes exactly this version (Conflict), once the change that made it
// is in the audit stream.
func (s *Store) swap(ctx context.Context, op, name, id string, version int, update bson.D) error {
	c := s.db.Collection(name)
	current := bson.D{{Key: "_id", Value: id}, {Key: "version", Value: version}}
	settled := append(current, bson.E{Key: "pending", Value: bson.D{{Key: "$exists", Value: false}}})
	for range swapTries {
		result, err := c.UpdateOne(ctx, settled, update)
		if err != nil {
			return err
		}
		if result.MatchedCount == 1 {
			return nil
		}
		var found record
		err = c.FindOne(ctx, current, options.FindOne().SetProjection(bson.D{{Key: "pending", Value: 1}})).Decode(&found)
		if errors.Is(err, driver.ErrNoDocuments) {
			break
		}
		if err == nil && found.Pending != nil {
			err = s.relay(ctx, name, id, *found.Pending)
		}
		if err != nil {
			return err
		}
	}
	return fault.New(fault.Conflict, op, changedBefore)
}

// drop removes exactly this version (Conflict). Until its entry is in the
// stream an empty document stays behind, which no read finds.
func (c *collection[T]) drop(ctx context.Context, s *Store, op string, v T, e audit.Entry) error {
	id, version := c.key(&v)
	e.Object, e.Version, e.Digest = c.kind+"/"+id, *version+1, ""
	p, err := newPending(op, e, nil)
	if err != nil {
		return err
	}
	p.Remove = true
	if err := s.swap(ctx, op, c.name, id, *version, gone(e.Version, p, c.fields(v))); err != nil {
		return failure(op, err)
	}
	s.follow(ctx, c.name, id, p)
	return nil
}

// gone is the update that leaves nothing but what is pending.
func gone(version int, p pending, fields bson.D) bson.D {
	empty := bson.D{{Key: "doc", Value: ""}}
	for _, field := range fields {
		empty = append(empty, bson.E{Key: field.Key, Value: ""})
	}
	return bson.D{
		{Key: "$set", Value: bson.D{{Key: "version", Value: version}, {Key: "pending", Value: p}}},
		{Key: "$unset", Value: empty},
	}
}

// conflict makes a Conflict of what a unique index refused.
func (c *collection[T]) conflict(op string, err error) error {
	if !driver.IsDuplicateKeyError(err) {
		return err
	}
	for index, sentence := range c.taken {
		if strings.Contains(err.Error(), index) {
			return fault.New(fault.Conflict, op, sentence).Because(err)
		}
	}
	return fault.New(fault.Conflict, op, existsAlready).Because(err)
}
