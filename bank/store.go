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
	// AddItems stores new items, all of them or none.
	AddItems(ctx context.Context, items []Item, e audit.Entry) error
	Blueprint(ctx context.Context, id string) (Blueprint, error)
	Blueprints(ctx context.Context, owner string) ([]Blueprint, error)
	PutBlueprint(ctx context.Context, b *Blueprint, e audit.Entry) error
	Paper(ctx context.Context, id string) (Paper, error)
	Papers(ctx context.Context, owner string) ([]Paper, error)
	AddPaper(ctx context.Context, p *Paper, e audit.Entry) error
}
