package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank"
)

var items = collection[bank.Item]{
	kind: "item", name: "items",
	key: func(it *bank.Item) (string, *int) { return it.ID, &it.Version },
	fields: func(it bank.Item) bson.D {
		return bson.D{{Key: "owner", Value: it.Owner}, {Key: "trade", Value: it.Trade}, {Key: "type", Value: string(it.Type)},
			{Key: "topic", Value: it.Topic}, {Key: "stem", Value: it.Stem}}
	},
}

// Items lists items by id.
func (s *Store) Items(ctx context.Context, q bank.ItemQuery) ([]bank.Item, error) {
	f := drawn(q)
	f.order, f.limit = by("_id"), q.Limit
	f.after("_id", q.After)
	return items.list(ctx, s, "mongo.Items", f)
}

// CountItems counts what Items would list on all pages.
func (s *Store) CountItems(ctx context.Context, q bank.ItemQuery) (int, error) {
	return items.count(ctx, s, "mongo.CountItems", drawn(q))
}

// drawn selects items, without those of an import under way.
func drawn(q bank.ItemQuery) (f filter) {
	f.is("owner", q.Owner)
	f.is("trade", q.Trade)
	f.is("type", string(q.Type))
	f.is("topic", q.Topic)
	f.has(q.Text, "stem")
	f.and("import", bson.D{{Key: "$exists", Value: false}})
	return f
}
