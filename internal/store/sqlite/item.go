package sqlite

import (
	"context"

	"kaoping/bank"
	"kaoping/internal/audit"
)

var items = collection[bank.Item]{
	kind: "item", table: "items",
	key: func(it *bank.Item) (string, *int) { return it.ID, &it.Version },
}

// Items lists items by id.
func (s *Store) Items(ctx context.Context, q bank.ItemQuery) ([]bank.Item, error) {
	f := drawn(q)
	f.order, f.limit = "id", q.Limit
	if q.After != "" {
		f.and("id > ?", q.After)
	}
	return items.list(ctx, s, "sqlite.Items", f)
}

// CountItems counts what Items would list on all pages.
func (s *Store) CountItems(ctx context.Context, q bank.ItemQuery) (int, error) {
	return items.count(ctx, s, "sqlite.CountItems", drawn(q))
}

func drawn(q bank.ItemQuery) (f filter) {
	f.is("owner", q.Owner)
	f.is("trade", q.Trade)
	f.is("type", string(q.Type))
	f.is("topic", q.Topic)
	f.has(q.Text, "stem")
	return f
}

// AddItems stores the items of one import as version 1, all or none (Conflict),
// with the entry that they share.
func (s *Store) AddItems(ctx context.Context, list []bank.Item, e audit.Entry) error {
	const op = "sqlite.AddItems"
	if len(list) == 0 {
		return nil
	}
	rows := make([]stored, len(list))
	var all []byte
	for i, item := range list {
		item.Version = 0
		var err error
		if rows[i], err = items.next(&item); err != nil {
			return failure(op, err)
		}
		all = append(all, rows[i].doc...)
	}
	err := s.write(ctx, op, func(t *tx) error {
		for _, row := range rows {
			if err := items.store(t, op, row); err != nil {
				return err
			}
		}
		e.Object, e.Version, e.Digest = bank.ImportObject(list[0].Import), len(rows), audit.Digest(all)
		return t.record(e)
	})
	if err == nil {
		for i := range list {
			list[i].Version = 1
		}
	}
	return err
}
