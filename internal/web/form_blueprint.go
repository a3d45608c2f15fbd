package web

import (
	"net/url"
	"strconv"
	"strings"

	"kaoping/bank"
	"kaoping/internal/fault"
)

// lineRow is a line of the form as typed.
type lineRow struct {
	Kind      string
	Types     []choice
	Topic     string
	Count     string
	Each      string
	Available string // items that fit, "" for an empty line
	Short     bool   // fewer than asked for
}

// formOf writes a blueprint into the fields of the form.
func formOf(b bank.Blueprint) url.Values {
	form := url.Values{
		"version": {strconv.Itoa(b.Version)}, "name": {b.Name}, "pass_mark": {b.PassMark.String()}, "minutes": {strconv.Itoa(b.Minutes)},
	}
	if b.Trade != "" {
		form.Set("scope", tradeLevelValue(b.Trade, b.Level))
	}
	if b.Partial {
		form.Set("partial", "on")
	}
	for _, line := range b.Lines {
		form.Add("line_type", string(line.Type))
		form.Add("line_topic", line.Topic)
		form.Add("line_count", strconv.Itoa(line.Count))
		form.Add("line_each", line.Each.String())
	}
	return form
}

// lineAt reads one line of the form; ok is false for an empty one.
func lineAt(form url.Values, i int) (line lineRow, ok bool) {
	at := func(field string) string {
		if values := form[field]; i < len(values) {
			return strings.TrimSpace(values[i])
		}
		return ""
	}
	line = lineRow{Kind: at("line_type"), Topic: at("line_topic"), Count: at("line_count"), Each: at("line_each")}
	return line, line.Topic != "" || line.Count != "" || line.Each != ""
}

// lineRows are the lines to show: those that say something, then empty ones,
// so that a row number means the same line in the form and in a refusal.
func (r *request) lineRows(form url.Values, items stock, scope string) []lineRow {
	var rows []lineRow
	for i := range form["line_type"] {
		line, ok := lineAt(form, i)
		if !ok {
			continue
		}
		there := items.count(scope, bank.ItemType(line.Kind), line.Topic)
		wanted, err := strconv.Atoi(line.Count)
		line.Available, line.Short = strconv.Itoa(there), err == nil && there < wanted
		line.Types = r.kindChoices(line.Kind)
		rows = append(rows, line)
	}
	for len(rows) < blueprintLines {
		rows = append(rows, lineRow{Types: r.kindChoices("")})
	}
	return rows
}

// readBlueprint reads the form; empty lines are left out and do not count. Its
// issues name the lines and fields that hold no number.
func readBlueprint(form url.Values) (bank.Blueprint, []fault.Issue) {
	var issues []fault.Issue
	points := func(row int, column, text string) bank.Points {
		p, err := bank.ParsePoints(text)
		if err != nil {
			issues = append(issues, fault.Issue{Row: row, Column: column, Text: fault.Textf("“%s” is not a number of points (0 to 10000, at most two decimals)", text)})
		}
		return p
	}
	whole := func(row int, column, text string) int {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 0 || n > 10_000 {
			issues = append(issues, fault.Issue{Row: row, Column: column, Text: fault.Textf("“%s” is not a whole number", text)})
			return 0
		}
		return n
	}
	b := bank.Blueprint{Name: strings.TrimSpace(form.Get("name")), Partial: form.Get("partial") != ""}
	b.Trade, b.Level = parseTradeLevel(form.Get("scope"))
	b.PassMark = points(0, "合格线", form.Get("pass_mark"))
	b.Minutes = whole(0, "时长", form.Get("minutes"))
	for i := range form["line_type"] {
		line, ok := lineAt(form, i)
		if !ok {
			continue
		}
		row := len(b.Lines) + 1
		b.Lines = append(b.Lines, bank.BlueprintLine{
			Type: bank.ItemType(line.Kind), Topic: line.Topic, Count: whole(row, "题数", line.Count), Each: points(row, "每题分值", line.Each),
		})
	}
	return b, issues
}

// parseSeed reads a seed; 0, a random one, for an empty field.
func parseSeed(text string) (uint64, error) {
	if text = strings.TrimSpace(text); text == "" {
		return 0, nil
	}
	seed, err := strconv.ParseUint(text, 10, 64)
	if err != nil || seed == 0 {
		return 0, fault.New(fault.Invalid, "web.parseSeed", "a seed is a whole number from 1 on").
			With(fault.Issue{Column: "seed", Text: fault.Textf("a seed is a whole number from 1 on")})
	}
	return seed, nil
}
