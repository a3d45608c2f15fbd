package storetest

import (
	"reflect"
	"testing"

	"kaoping/bank"
	"kaoping/internal/fault"
)

func papersAddedOnce(t *testing.T, s Store) {
	ctx := t.Context()
	_, err := s.Paper(ctx, id(1))
	wantCode(t, "get before add", err, fault.NotFound)
	p, e := paper(1), entry("stream", "paper/"+id(1), "paper:assemble")
	must(t, s.AddPaper(ctx, &p, e))
	if got, err := s.Paper(ctx, id(1)); err != nil || got.Version != 1 || !reflect.DeepEqual(got, p) {
		t.Errorf("stored:\n %+v, %v, want version 1 of\n %+v", got, err, p)
	}
	same, next := paper(1), p
	wantCode(t, "add it again", s.AddPaper(ctx, &same, e), fault.Conflict)
	next.Name = "changed"
	wantCode(t, "change it", s.AddPaper(ctx, &next, e), fault.Conflict)
	checkAudit(t, s, map[string]int{"paper/" + id(1): 1})
}

func itemsAllOrNone(t *testing.T, s Store) {
	ctx, e := t.Context(), entry("stream", "", "item:import")
	list := []bank.Item{item(1), item(2), item(3)}
	for i := range list {
		list[i].Version = 0
	}
	must(t, s.AddItems(ctx, list, e))
	want := []bank.Item{item(1), item(2), item(3)} // with Version 1
	if !reflect.DeepEqual(list, want) {
		t.Errorf("the caller's items are not at version 1: %+v", list)
	}
	got, err := s.Items(ctx, bank.ItemQuery{Owner: "body-1"})
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("stored:\n %+v, %v, want\n %+v", got, err, want)
	}

	wantCode(t, "add a new one with an old one", s.AddItems(ctx, []bank.Item{item(4), item(2)}, e), fault.Conflict)
	if n, err := s.CountItems(ctx, bank.ItemQuery{}); err != nil || n != 3 {
		t.Errorf("after the refused import: %d items, %v, want 3", n, err)
	}
	must(t, s.AddItems(ctx, nil, e))

	entries, err := s.Entries(ctx, "stream", 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Object != bank.ImportObject(item(1).Import) || entries[0].Version != 3 || entries[0].Digest == "" {
		t.Errorf("entries: %+v, %v; want one for the three items", entries, err)
	}

	next := item(5)
	next.Import = id(1001)
	must(t, s.AddItems(ctx, []bank.Item{next}, e))
	checkAudit(t, s, map[string]int{bank.ImportObject(item(1).Import): 1, bank.ImportObject(next.Import): 1})
}
