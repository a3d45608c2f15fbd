package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"kaoping/bank"
	"kaoping/bank/exchange"
	"kaoping/internal/fault"
)

type itemsCommands struct {
	Check itemsCheckCommand `cmd:"" help:"Check item sheets (.xlsx, .csv) as an import would, without importing."`
}

type itemsCheckCommand struct {
	Files []string `arg:"" type:"existingfile" help:"Item sheets."`
	JSON  bool     `help:"Report as one JSON object."`
}

// itemsReport is what items check says of one file.
type itemsReport struct {
	File    string                `json:"file"`
	Rows    int                   `json:"rows"`
	Good    int                   `json:"good"`
	Types   map[bank.ItemType]int `json:"types"`
	Error   string                `json:"error,omitempty"`
	Rejects []rejectedRow         `json:"rejects"`
}

type rejectedRow struct {
	Row    int    `json:"row"`
	Column string `json:"column"`
	Reason string `json:"reason"`
}

// Run checks each file; it fails when a row of any would be rejected.
func (cmd itemsCheckCommand) Run() error {
	var reports []itemsReport
	bad := 0
	for _, path := range cmd.Files {
		report, err := checkItems(path)
		if err != nil {
			return err
		}
		if len(report.Rejects) > 0 || report.Error != "" {
			bad++
		}
		reports = append(reports, report)
	}
	if cmd.JSON {
		if err := json.NewEncoder(os.Stdout).Encode(map[string]any{"files": reports}); err != nil {
			return err
		}
	} else {
		for _, r := range reports {
			r.print()
		}
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d files have rows that would be rejected", bad, len(reports))
	}
	return nil
}

func checkItems(path string) (itemsReport, error) {
	report := itemsReport{File: path, Types: map[bank.ItemType]int{}, Rejects: []rejectedRow{}}
	f, err := os.Open(path)
	if err != nil {
		return report, err
	}
	defer f.Close()
	result, err := exchange.Read(filepath.Base(path), f, exchange.Limits{})
	if err != nil {
		if fault.CodeOf(err) == fault.Internal {
			return report, err
		}
		report.Error = err.Error()
		return report, nil
	}
	report.Rows, report.Good = result.Rows, len(result.Items)
	for _, item := range result.Items {
		report.Types[item.Type]++
	}
	for _, issue := range result.Issues {
		report.Rejects = append(report.Rejects, rejectedRow{issue.Row, issue.Column, issue.Text.String()})
	}
	return report, nil
}

func (r itemsReport) print() {
	if r.Error != "" {
		fmt.Printf("%s: cannot be read: %s\n", r.File, r.Error)
		return
	}
	fmt.Printf("%s: %d of %d rows are good items", r.File, r.Good, r.Rows)
	for _, t := range bank.ItemTypes {
		if n := r.Types[t]; n > 0 {
			fmt.Printf(", %d %s", n, t.Chinese())
		}
	}
	fmt.Println()
	for _, x := range r.Rejects {
		fmt.Printf("  row %d, %s: %s\n", x.Row, x.Column, x.Reason)
	}
}
