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
	// AddItems stores new items of one owner as version 1, all of them or none
	// (Conflict). They share one entry, with the digest of all documents in order.
	AddItems(ctx context.Context, items []Item, e audit.Entry) error
	Blueprint(ctx context.Context, id string) (Blueprint, error)
	Blueprints(ctx context.Context, owner string) ([]Blueprint, error) // newest first
	PutBlueprint(ctx context.Context, b *Blueprint, e audit.Entry) error
	Paper(ctx context.Context, id string) (Paper, error)
	Papers(ctx context.Context, owner string) ([]Paper, error) // newest first
	AddPaper(ctx context.Context, p *Paper, e audit.Entry) error
}
