package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/store/examine"
)

// contents is what the records tell of the keys and documents that belong to them.
type contents struct {
	checks   []examine.Finding
	document string // the key of one that must be there, "" for none
}

// examineContents holds the records against the keys, and looks for work that was
// given up. It opens the records only when they are of this release: then that
// makes and migrates nothing.
func examineContents(ctx context.Context, c *config, before []examine.Finding) (found contents) {
	if !fit(before) {
		return found
	}
	if _, err := os.Stat(c.recordFile()); c.MongoURI == "" && errors.Is(err, fs.ErrNotExist) {
		return found
	}
	a, err := c.reading(ctx)
	if err != nil {
		return contents{checks: []examine.Finding{examine.Fail("contents", err.Error(), "see the other checks, and run this as the user of the service")}}
	}
	defer a.engines.Close()
	for _, check := range []func(context.Context) (examine.Finding, error){a.examineNumbers, a.examineCustody, a.examineJobs} {
		f, err := check(ctx)
		if err != nil {
			f = examine.Fail("contents", "the records cannot be read: "+err.Error(), "run this again; kaoping verify names what is damaged")
		}
		if found.checks = append(found.checks, f); err != nil {
			return found
		}
	}
	list, err := a.store.Certificates(ctx, certify.Query{Limit: 1})
	if err == nil && len(list) > 0 && list[0].SHA256 != "" {
		found.document = list[0].Document
	}
	return found
}

// fit reports whether the records can be opened without a change to them.
func fit(checks []examine.Finding) bool {
	migrated := false
	for _, f := range checks {
		if f.State == examine.Failed {
			return false
		}
		migrated = migrated || f.Name == "migrations" && f.State == examine.Good && !strings.HasPrefix(f.Found, "no installation")
	}
	return migrated
}

// reading wires the services for a look: without documents, and with the keys
// that there are.
func (c *config) reading(ctx context.Context) (*app, error) {
	v, err := c.vault() // there is one: fit
	if err != nil {
		return nil, err
	}
	e := &engines{vault: v, now: time.Now}
	if text, err := c.paperKeyText(false); err == nil && text != "" {
		if e.keys, err = c.keyring(); err != nil {
			return nil, err
		}
	}
	log := slog.New(slog.DiscardHandler)
	if e.store, err = openRecords(ctx, c, log); err != nil {
		return nil, err
	}
	a, err := wire(c, e, e.now, log)
	if err != nil {
		return nil, errors.Join(err, e.Close())
	}
	return a, nil
}

func (a *app) examineNumbers(ctx context.Context) (examine.Finding, error) {
	const name = "numbers"
	list, err := a.store.Enrolments(ctx, exam.EnrolmentQuery{Limit: 1})
	if err != nil || len(list) == 0 {
		return examine.OK(name, "nobody is enrolled yet"), err
	}
	if _, err := a.exam.IDNumber(list[0]); err != nil {
		return examine.Fail(name, "the key does not open the ID numbers of these records", "do not start the service: restore the key that belongs to these records from its backup"), nil
	}
	return examine.OK(name, "the key opens the ID numbers"), nil
}

func (a *app) examineCustody(ctx context.Context) (examine.Finding, error) {
	const name, restore = "custody", "restore the paper_key that belongs to these records, or name it in paper_keys_old"
	if a.central.Keys == nil {
		list, err := a.store.CentralPapers(ctx, central.Query{Limit: 1})
		if err != nil || len(list) == 0 {
			return examine.OK(name, "there are no central papers"), err
		}
		return examine.Fail(name, "there are central papers, and no paper_key that opens them", restore), nil
	}
	held, err := a.central.Custody(ctx)
	switch {
	case err != nil:
		return examine.Finding{}, err
	case held.Lost > 0:
		return examine.Fail(name, fmt.Sprintf("%d keys of central papers are not opened by paper_key nor by paper_keys_old", held.Lost), restore), nil
	case held.Old > 0:
		return examine.Warn(name, fmt.Sprintf("%d keys of central papers are wrapped by an old key", held.Old), "run kaoping papers rewrap, then take the old key out of paper_keys_old"), nil
	}
	return examine.OK(name, fmt.Sprintf("paper_key opens %d keys of central papers", held.Present)), nil
}

func (a *app) examineJobs(ctx context.Context) (examine.Finding, error) {
	const name = "background work"
	counts, err := a.store.CountJobs(ctx, a.now())
	if err != nil {
		return examine.Finding{}, err
	}
	if len(counts.Dead) > 0 {
		kinds := strings.Join(slices.Sorted(maps.Keys(counts.Dead)), ", ")
		return examine.Warn(name, "given up after many tries: "+kinds, "see on the page 后台任务 why, remove the cause, and have it run again"), nil
	}
	return examine.OK(name, fmt.Sprintf("nothing was given up, %d wait", counts.Waiting+counts.Due)), nil
}

// examineDocument looks for a document that the records name.
func examineDocument(ctx context.Context, c *config, key string) examine.Finding {
	const name = "certificates"
	documents, err := openDocuments(ctx, c)
	if err == nil {
		_, err = documents.Hash(ctx, key)
	}
	switch {
	case fault.Is(err, fault.NotFound):
		return examine.Fail(name, key+" is not among the documents", "name the folder or bucket that belongs to these records, or restore it from a backup; kaoping verify names every document that is missing")
	case err != nil:
		return examine.Fail(name, key+" cannot be read: "+err.Error(), "see the check of the documents")
	}
	return examine.OK(name, key+" is there")
}
