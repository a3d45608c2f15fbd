package mongo

import (
	"context"

	"go.mongodb.org/mongo-driver/v2/bson"

	"kaoping/bank"
	"kaoping/internal/audit"
)

var blueprints = collection[bank.Blueprint]{
	kind: "blueprint", name: "blueprints",
	key: func(b *bank.Blueprint) (string, *int) { return b.ID, &b.Version },
	fields: func(b bank.Blueprint) bson.D {
		return bson.D{{Key: "owner", Value: b.Owner}}
	},
	missing: "there is no such blueprint",
}

// Blueprint returns a blueprint (NotFound).
func (s *Store) Blueprint(ctx context.Context, id string) (bank.Blueprint, error) {
	return blueprints.find(ctx, s, "mongo.Blueprint", "_id", id)
}

// Blueprints lists an owner's blueprints, newest first.
func (s *Store) Blueprints(ctx context.Context, owner string) ([]bank.Blueprint, error) {
	return blueprints.list(ctx, s, "mongo.Blueprints", ofOwner(owner))
}

// ofOwner selects what one owner has, newest first; nobody owns what "" does.
func ofOwner(owner string) filter {
	f := filter{order: by("-_id")}
	f.and("owner", owner)
	return f
}

// PutBlueprint stores a blueprint with its entry (Conflict).
func (s *Store) PutBlueprint(ctx context.Context, v *bank.Blueprint, e audit.Entry) error {
	return blueprints.put(ctx, s, "mongo.PutBlueprint", v, e)
}
