package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"regexp"
	"testing"

	"kaoping/exam"
	"kaoping/policies/rulebook"
)

var (
	nextPage = regexp.MustCompile(`href="([^"]+)">(?:Next page|下一页)<`)
	rowsSaid = regexp.MustCompile(`(?:第|rows) ?(\d+)–(\d+)`)
)

// TestLongListsAreWalkedPageByPage follows a list's own links from its first
// page to its last: each row stands there once, the filter stays, and rows are
// numbered on.
func TestLongListsAreWalkedPageByPage(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := context.Background()
	const many = 120
	if _, err := a.hire(ctx, many+2); err != nil { // two are there already
		t.Fatal(err)
	}
	if err := a.buildRooms(ctx, many); err != nil {
		t.Fatal(err)
	}
	scheduler := a.people["scheduler"]
	sitting, err := a.exam.Draft(ctx, scheduler, exam.Draft{
		Body: a.body.ID, Site: a.body.Sites[0].ID, Trade: demoTrade, Level: demoLevel, Track: rulebook.SkillLevel, StartsAt: testNow.AddDate(0, 0, 10),
	})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.exam.Enrol(ctx, scheduler, sitting.ID, hallRows(many)); err != nil {
		t.Fatal(err)
	}

	for _, list := range []struct {
		login, path string
		row         string // matches each row once
		most        int
	}{
		{"scheduler", "/sittings/" + sitting.ID, `考生示例\d{4}`, many},
		{"admin", "/accounts?q=watcher", `watcher\d{3}</a>`, many},
	} {
		client, row := a.as(t, list.login), regexp.MustCompile(list.row)
		seen, pages := map[string]int{}, 0
		for path := list.path; path != ""; pages++ {
			page := client.get(path)
			if page.status != http.StatusOK {
				t.Fatalf("%s: %d", path, page.status)
			}
			before := len(seen)
			for _, found := range row.FindAllString(page.body, -1) {
				seen[found]++
			}
			if said := rowsSaid.FindStringSubmatch(page.body); said == nil || said[1] != fmt.Sprint(before+1) || said[2] != fmt.Sprint(len(seen)) {
				t.Errorf("%s shows rows %d to %d and says %v", path, before+1, len(seen), said)
			}
			path = ""
			if next := nextPage.FindStringSubmatch(page.body); next != nil {
				path = html.UnescapeString(next[1])
			}
		}
		if len(seen) != list.most || pages != 3 {
			t.Errorf("%s has %d rows on %d pages, want %d on 3", list.path, len(seen), pages, list.most)
		}
		for found, times := range seen {
			if times != 1 {
				t.Errorf("%s: %s stands there %d times", list.path, found, times)
			}
		}
	}
}
