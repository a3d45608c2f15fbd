package bank

import (
	"context"

	"kaoping/internal/audit"
)

// ItemQuery selects items of one owner; empty fields select all.
type ItemQuery struct {
	Owner string
	Trade string
	Type  ItemType
	Topic string
	Text  string // part of the stem
	After string // id of the last item of the page before
	Limit int    // at most this many; 0: all
}

// Store keeps items, blueprints and papers. A paper is never changed.
type Store interface {
	Items(ctx context.Context, q ItemQuery) ([]Item, error)
	CountItems(ctx context.Context, q ItemQuery) (int, error)
	// AddItems stores the new items of one import, by ascending ids, as version 1,
	// all of them or none (Conflict). They share one entry: its object is
	// "import/<id>", its version their number, its digest that of their documents.
	AddItems(ctx context.Context, items []Item, e audit.Entry) error
	Blueprint(ctx context.Context, id string) (Blueprint, error)
	Blueprints(ctx context.Context, owner string) ([]Blueprint, error) // newest first
	PutBlueprint(ctx context.Context, b *Blueprint, e audit.Entry) error
	Paper(ctx context.Context, id string) (Paper, error)
	Papers(ctx context.Context, owner string) ([]Paper, error) // newest first
	AddPaper(ctx context.Context, p *Paper, e audit.Entry) error
}
