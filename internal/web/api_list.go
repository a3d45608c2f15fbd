package web

import (
	"slices"

	"kaoping/internal/fault"
)

// Paging is the part of an input that walks through a list.
type Paging struct {
	Cursor string `query:"cursor" maxLength:"64" doc:"next of the page before; none for the first page"`
	Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"50" doc:"At most so many entries"`
}

// more is what a service is asked for: one over the limit says whether there is
// another page.
func (p Paging) more() int { return p.Limit + 1 }

// listJSON is a page of a list.
type listJSON[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"cursor of the next page; absent on the last one"`
	Total *int   `json:"total,omitempty" doc:"Entries on all pages, where they are counted"`
}

// page is the first page of what is left of a list.
func page[T, J any](left []T, p Paging, key func(T) string, form func(T) J) listJSON[J] {
	list := listJSON[J]{Items: []J{}}
	if len(left) > p.Limit {
		left = left[:p.Limit]
		list.Next = key(left[p.Limit-1])
	}
	for _, entry := range left {
		list.Items = append(list.Items, form(entry))
	}
	return list
}

// whole is a page of a list that its service gives only as a whole.
func whole[T, J any](all []T, p Paging, key func(T) string, form func(T) J) (listJSON[J], error) {
	left := all
	if p.Cursor != "" {
		at := slices.IndexFunc(all, func(entry T) bool { return key(entry) == p.Cursor })
		if at < 0 {
			return listJSON[J]{}, fault.New(fault.Invalid, "web.api", "the cursor is of no entry of this list: start again without it")
		}
		left = all[at+1:]
	}
	list := page(left, p, key, form)
	list.Total = new(len(all))
	return list, nil
}

// every is a list without pages, for reference.
func every[T, J any](all []T, form func(T) J) listJSON[J] {
	list := page(all, Paging{Limit: len(all)}, func(T) string { return "" }, form)
	list.Total = new(len(all))
	return list
}
