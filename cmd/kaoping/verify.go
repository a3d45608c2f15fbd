package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"

	"kaoping/internal/audit"
)

type verifyCommand struct {
	JSON bool `help:"Report as one JSON object."`
}

// verdict is verify's report.
type verdict struct {
	audit.Checked
	Documents int            `json:"documents"`
	Unclaimed int            `json:"unclaimed"` // documents that no record names
	Damaged   []audit.Damage `json:"damaged"`
}

var errDamaged = errors.New("damaged records were found")

// Run recomputes everything that can be recomputed; the first line of the
// report is the first damaged record.
func (cmd verifyCommand) Run(ctx context.Context, c *config) error {
	a, err := open(ctx, c)
	if err != nil {
		return err
	}
	defer a.engines.Close()
	v, err := a.verify(ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		err = json.NewEncoder(os.Stdout).Encode(v)
	} else {
		for _, d := range v.Damaged {
			fmt.Printf("damaged: %s: %s\n", d.Record, d.What)
		}
		fmt.Printf("checked %d audit streams with %d entries, %d records, %d documents: %d damaged\n", v.Streams, v.Entries, v.Objects, v.Documents, len(v.Damaged))
		if v.Unclaimed > 0 {
			fmt.Printf("%d documents are named by no record: uploads that were cut short, and what was replaced or withdrawn\n", v.Unclaimed)
		}
	}
	if err == nil && len(v.Damaged) > 0 {
		err = errDamaged
	}
	return err
}

// verify checks chains and records, then the answers of marked attempts, the
// documents of issued certificates and those that other records name, and the
// counts of the mixes (R06).
func (a *app) verify(ctx context.Context) (verdict, error) {
	v := verdict{Damaged: []audit.Damage{}}
	report := func(d audit.Damage) { v.Damaged = append(v.Damaged, d) }
	var err error
	if v.Checked, err = audit.Verify(ctx, a.store, report); err != nil {
		return v, err
	}
	for object, err := range a.store.Objects(ctx) {
		if err != nil {
			return v, err
		}
		kind, id, _ := strings.Cut(object.Name, "/")
		switch kind {
		case "attempt":
			ok, err := a.exam.VerifyAnswers(ctx, id)
			if err != nil {
				return v, err
			}
			if !ok {
				report(audit.Damage{Record: object.Name, What: "the answers are not those that were marked"})
			}
		case "certificate":
			v.Documents++
			wrong, err := a.certify.VerifyDocument(ctx, id)
			if err != nil {
				return v, err
			}
			if wrong != "" {
				report(audit.Damage{Record: object.Name, What: wrong})
			}
		}
		list, err := a.attachments(ctx, kind, id)
		if err != nil {
			return v, err
		}
		for _, at := range list {
			v.Documents++
			wrong, err := a.wrong(ctx, at)
			if err != nil {
				return v, err
			}
			if wrong != "" {
				report(audit.Damage{Record: object.Name, What: wrong})
			}
		}
	}
	if v.Unclaimed, err = a.unclaimed(ctx); err != nil {
		return v, err
	}
	return v, a.certify.VerifyMixes(ctx, report)
}
