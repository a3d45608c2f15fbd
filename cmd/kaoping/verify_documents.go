package main

import (
	"context"
	"path"
	"slices"
	"strings"

	"kaoping/certify"
	"kaoping/internal/fault"
	"kaoping/internal/store/transfer"
	"kaoping/policies/standing"
)

// attachment is a document that a record names, with the hash that it has there.
type attachment struct{ key, sha256 string }

// attachments are the documents that a record names; those of certificates are
// certify's. A record that was dropped meanwhile names none.
func (a *app) attachments(ctx context.Context, kind, id string) (list []attachment, err error) {
	switch kind {
	case "enrolment":
		e, found := a.store.Enrolment(ctx, id)
		if err = found; e.Photo != "" {
			list = append(list, attachment{e.Photo, path.Base(e.Photo)})
		}
	case "application":
		application, found := a.store.Application(ctx, id)
		err = found
		for _, p := range application.Papers {
			list = append(list, attachment{p.Key, p.SHA256})
		}
	case "case":
		c, found := a.store.Case(ctx, id)
		err = found
		for _, e := range c.Evidence {
			if e.Key != "" {
				list = append(list, attachment{e.Key, e.SHA256})
			}
		}
	case "visit":
		v, found := a.store.Visit(ctx, id)
		err = found
		for _, p := range v.Photos {
			list = append(list, attachment{p.Key, p.SHA256})
		}
	}
	if fault.Is(err, fault.NotFound) {
		return nil, nil
	}
	return list, err
}

// wrong is what is wrong with an attachment, "" for nothing.
func (a *app) wrong(ctx context.Context, at attachment) (string, error) {
	hash, err := a.engines.documents.Hash(ctx, at.key)
	switch {
	case fault.Is(err, fault.NotFound):
		return "its document " + at.key + " is gone", nil
	case err == nil && hash != at.sha256:
		return "its document " + at.key + " is not the one that was stored", nil
	}
	return "", err
}

// unclaimed counts the stored documents that no record names: what an upload
// left that was cut short, and what was replaced or withdrawn. The key of a
// document says whose it is, but for those of applications, which are few.
func (a *app) unclaimed(ctx context.Context) (n int, err error) {
	files, ok := a.engines.documents.(transfer.Files)
	if !ok {
		return 0, nil
	}
	filed := map[string]bool{}
	for q := (standing.ApplicationQuery{Limit: 200}); ; {
		page, err := a.store.Applications(ctx, q)
		if err != nil {
			return 0, err
		}
		for _, application := range page {
			q.Before = application.ID
			for _, p := range application.Papers {
				filed[p.Key] = true
			}
		}
		if len(page) < q.Limit {
			break
		}
	}
	owners := map[string]string{"photos": "enrolment", "cases": "case", "inspections": "visit"}
	for key, err := range files.Keys(ctx, "") {
		if err != nil {
			return n, err
		}
		folder, rest, _ := strings.Cut(key, "/")
		owner, _, _ := strings.Cut(rest, "/")
		claimed := filed[key]
		if folder+"/" == certify.DocumentPrefix {
			_, err = a.store.Certificate(ctx, strings.TrimSuffix(rest, ".pdf"))
			if claimed = err == nil; fault.Is(err, fault.NotFound) {
				err = nil
			}
		} else if kind, known := owners[folder]; known {
			var list []attachment
			list, err = a.attachments(ctx, kind, owner)
			claimed = slices.ContainsFunc(list, func(at attachment) bool { return at.key == key })
		}
		if err != nil {
			return n, err
		}
		if !claimed {
			n++
		}
	}
	return n, nil
}
