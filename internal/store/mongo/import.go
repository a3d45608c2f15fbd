package mongo

import (
	"context"
	"encoding/json"

	"github.com/oklog/ulid/v2"
	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// imports is the collection of imports under way. An import is recorded first;
// its items are stored under its name, which hides them; then its record is
// changed to pending, and with that write all items are imported; they are
// shown, the entry is told, and the record goes. Cut short before that write
// the import is taken back, cut short after it the import is finished.
const imports = "imports"

// AddItems stores the items of one import as version 1, all or none (Conflict),
// with the entry that they share.
func (s *Store) AddItems(ctx context.Context, list []bank.Item, e audit.Entry) error {
	const op = "mongo.AddItems"
	if len(list) == 0 {
		return nil
	}
	id := ulid.Make().String()
	hidden := make([]bson.D, len(list))
	var all []byte
	for i, item := range list {
		item.Version = 1
		doc, err := json.Marshal(item)
		if err != nil {
			return failure(op, err)
		}
		all = append(all, doc...)
		hidden[i] = append(bson.D{{Key: "_id", Value: item.ID}, {Key: "version", Value: 1}, {Key: "doc", Value: string(doc)},
			{Key: "import", Value: id}}, items.fields(item)...)
	}
	e.Object, e.Version, e.Digest = bank.ImportObject(list[0].Import), len(list), audit.Digest(all)
	p, err := newPending(op, e, nil)
	if err != nil {
		return err
	}
	p.Remove = true

	begun := nanoseconds(s.Now())
	if err := s.insert(ctx, imports, bson.D{{Key: "_id", Value: id}, {Key: "begun", Value: begun}}); err != nil {
		return failure(op, err)
	}
	_, err = s.db.Collection(items.name).InsertMany(ctx, hidden)
	if err == nil {
		err = s.commitImport(ctx, op, id, begun, p)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
	defer cancel()
	if err != nil {
		if back := s.takeBack(ctx, id); back != nil {
			s.log.Warn("an import that failed will be taken back later", "import", id, "error", back)
		}
		return failure(op, items.conflict(op, err))
	}
	if err := s.finishImport(ctx, id, p); err != nil {
		s.log.Warn("an import will be shown later", "import", id, "error", err)
	}
	for i := range list {
		list[i].Version = 1
	}
	return nil
}

// commitImport makes all items of an import imported, unless another instance
// has begun to take it back (Unavailable).
func (s *Store) commitImport(ctx context.Context, op, id string, begun int64, p pending) error {
	result, err := s.db.Collection(imports).UpdateOne(ctx, bson.D{{Key: "_id", Value: id}, {Key: "begun", Value: begun}},
		bson.D{{Key: "$set", Value: bson.D{{Key: "pending", Value: p}}}, {Key: "$unset", Value: bson.D{{Key: "begun", Value: ""}}}})
	if err == nil && result.MatchedCount == 0 {
		return fault.New(fault.Unavailable, op, "this took too long or was given up: try again")
	}
	return err
}

// finishImport shows the items of an import that was committed.
func (s *Store) finishImport(ctx context.Context, id string, p pending) error {
	_, err := s.db.Collection(items.name).UpdateMany(ctx, bson.D{{Key: "import", Value: id}},
		bson.D{{Key: "$unset", Value: bson.D{{Key: "import", Value: ""}}}})
	if err != nil {
		return err
	}
	return s.relay(ctx, imports, id, p)
}

// takeBack removes an import that was not committed, and makes sure first that
// it cannot be any more; one that was is left alone. An import that has no
// record was taken back or is finished: items that still bear its name came
// after that, from an instance that was stopped in between.
func (s *Store) takeBack(ctx context.Context, id string) error {
	c := s.db.Collection(imports)
	begun := bson.D{{Key: "_id", Value: id}, {Key: "begun", Value: bson.D{{Key: "$exists", Value: true}}}}
	result, err := c.UpdateOne(ctx, begun, bson.D{{Key: "$set", Value: bson.D{{Key: "begun", Value: 0}}}})
	if err != nil {
		return err
	}
	if result.MatchedCount == 0 {
		n, err := c.CountDocuments(ctx, bson.D{{Key: "_id", Value: id}})
		if err != nil || n > 0 {
			return err
		}
	}
	if _, err := s.db.Collection(items.name).DeleteMany(ctx, bson.D{{Key: "import", Value: id}}); err != nil {
		return err
	}
	_, err = c.DeleteOne(ctx, begun)
	return err
}

// takeBackStrays removes hidden items whose import has no record.
func (s *Store) takeBackStrays(ctx context.Context) error {
	var names []string
	hidden := bson.D{{Key: "import", Value: bson.D{{Key: "$exists", Value: true}}}}
	if err := s.db.Collection(items.name).Distinct(ctx, "import", hidden).Decode(&names); err != nil {
		return err
	}
	for _, id := range names {
		n, err := s.db.Collection(imports).CountDocuments(ctx, bson.D{{Key: "_id", Value: id}})
		if err == nil && n == 0 {
			err = s.takeBack(ctx, id)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
