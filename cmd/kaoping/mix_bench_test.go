package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"testing"
	"time"

	"kaoping/certify"
	"kaoping/internal/store/transfer"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// How many certificates are stored when the board is measured, and how many wait.
const (
	boardCertificates = 1_000_000
	boardWaiting      = 1_000
)

// BenchmarkBoard reads the board of a city and the head of its queue, with a
// million certificates stored, and recounts them all once as kaoping verify does.
func BenchmarkBoard(b *testing.B) {
	b.Run("sqlite", func(b *testing.B) { benchmarkBoard(b, testConfig(b.TempDir())) })
	b.Run("mongo", func(b *testing.B) {
		if os.Getenv("KAOPING_TEST_MONGO_URI") == "" {
			b.Skip("needs servers: deploy/services.sh run -- go test …")
		}
		benchmarkBoard(b, productionConfig(b.TempDir(), os.Getenv))
	})
}

func benchmarkBoard(b *testing.B, c *config) {
	ctx := b.Context()
	e, err := openEngines(ctx, c, quiet())
	if err != nil {
		b.Fatal(err)
	}
	defer e.Close()
	a, err := wire(c, e, func() time.Time { return testNow }, quiet())
	if err != nil {
		b.Fatal(err)
	}
	begun := time.Now()
	city := a.book.City(demoCounty)
	if err := loadBoard(ctx, a, city); err != nil {
		b.Fatal(err)
	}
	loaded := time.Now()
	clerk := access.Actor{ID: "clerk", Grants: []access.Grant{{Role: access.Officer, Region: city}}}
	for b.Loop() {
		board, err := a.certify.Board(ctx, clerk, city, testNow.Year())
		if err != nil || board.CityWide.All != boardCertificates || board.Waiting != boardWaiting {
			b.Fatalf("%+v, %v", board.CityWide, err)
		}
		queue, err := a.certify.Queue(ctx, clerk, certify.QueueQuery{City: city})
		if err != nil || len(queue) != 50 {
			b.Fatalf("%d, %v", len(queue), err)
		}
	}
	b.Logf("%d certificates were loaded in %.0f s", boardCertificates, loaded.Sub(begun).Seconds())
}

// loadBoard stores certificates, their count and a queue, as an import would.
func loadBoard(ctx context.Context, a *app, city string) error {
	counties := []string{"410402", "410403", "410404", "410411", "410421", "410422", "410423", "410425", "410471", "410472", "410481", "410482"}
	tracks := []rulebook.Track{rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SkillLevel, rulebook.SkillLevel, rulebook.Qualification, rulebook.SpecialWork, rulebook.Equipment, rulebook.Completion}
	m := certify.Mix{ID: certify.MixID(city, testNow.Year()), Version: 1, City: city, Year: testNow.Year(), Tail: boardWaiting}
	cells := map[certify.Cell]int{}
	var batch []transfer.Record
	flush := func(kind transfer.Kind) error {
		err := a.store.Import(ctx, kind, batch)
		batch = batch[:0]
		return err
	}
	add := func(key string, v any) error {
		doc, err := json.Marshal(v)
		batch = append(batch, transfer.Record{Key: key, Version: 1, Doc: string(doc)})
		return err
	}
	for n := range boardCertificates {
		cell := certify.Cell{Month: time.Month(1 + n%11), County: counties[n%len(counties)], Track: tracks[n%len(tracks)], Level: rulebook.Level(1 + n%5)}
		c := certify.Certificate{
			Number: fmt.Sprintf("S%021d", n), Version: 1, Enrolment: fmt.Sprint(n), Region: cell.County, Track: cell.Track, Level: cell.Level, Person: fmt.Sprint("person-", n),
			IssuedOn: testNow, State: certify.Issued, Counted: certify.Counted{Mix: m.ID, Month: cell.Month},
		}
		cells[cell]++
		if err := add(c.Number, c); err != nil {
			return err
		}
		if len(batch) == 5000 {
			if err := flush("certificates"); err != nil {
				return err
			}
		}
	}
	for cell, n := range cells {
		cell.N = n
		m.Cells = append(m.Cells, cell)
	}
	for n := range boardWaiting {
		w := certify.Waiting{Enrolment: fmt.Sprint("w", n), Version: 1, City: city, County: demoCounty, Place: n + 1, Track: rulebook.Completion, State: certify.InQueue, Since: testNow}
		if err := add(w.Enrolment, w); err != nil {
			return err
		}
	}
	if err := flush("waitings"); err != nil {
		return err
	}
	if err := add(m.ID, m); err != nil {
		return err
	}
	return flush("mixes")
}
