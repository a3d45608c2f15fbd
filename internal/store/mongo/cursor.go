package mongo

import (
	"context"

	driver "go.mongodb.org/mongo-driver/v2/mongo"
)

// all decodes what a cursor has and closes it. The driver's own Cursor.All sets
// no limit of time to what it asks the server for after the first batch, where
// the caller's context has none: a server that stalls would hold it for ever.
func all[T any](ctx context.Context, cursor *driver.Cursor) (list []T, err error) {
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
		defer cancel()
		_ = cursor.Close(ctx) // the server ends cursors that nobody asks of, too
	}()
	for cursor.Next(ctx) {
		var v T
		if err := cursor.Decode(&v); err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	return list, cursor.Err()
}
