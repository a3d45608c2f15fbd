package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"kaoping/exam"
)

// RawLimit measures how many saves a second a new file at path takes at most:
// bare group commits of so many saves each, by the connection, the statements
// and the tables that SaveAnswers uses, and nothing else. No save is encoded,
// looked up, checked, undone by itself, queued or waited for. They go round so
// many attempts and a hundred questions, for as long as it may take.
func RawLimit(ctx context.Context, path string, attempts, batch int, long time.Duration) (perSecond float64, err error) {
	name, err := create(path)
	if err != nil {
		return 0, err
	}
	conn, err := connect(ctx, name+"?"+writing)
	if err != nil {
		return 0, err
	}
	t := &tx{conn: conn, prepared: map[string]*sql.Stmt{}}
	defer func() { err = errors.Join(err, t.close()) }()
	if err := migrate(ctx, conn, scripts, slog.New(slog.DiscardHandler)); err != nil {
		return 0, err
	}
	saves := make([]exam.Save, attempts)
	err = t.together(func() error {
		for i := range saves {
			saves[i] = exam.Save{Attempt: rawID(i), Digest: "0123456789abcdef", Changes: make([]exam.Change, 1)}
			if _, err := t.exec("INSERT INTO leases (attempt, lease, open, deadline, due, seq, digest, saved) VALUES (?, '', 1, 0, 0, 0, '', 0)", saves[i].Attempt); err != nil {
				return err
			}
		}
		return nil
	})
	answer := []string{`{"Choice":[1],"Text":null}`}
	done := 0
	began := time.Now()
	for err == nil && time.Since(began) < long {
		err = t.together(func() error {
			for range batch {
				save := &saves[done%attempts]
				save.Seq++
				save.At = began
				save.Changes[0].Question = fmt.Sprintf("q%03d", save.Seq%100)
				if err := t.save(*save, answer, false); err != nil {
					return err
				}
				done++
			}
			return ctx.Err()
		})
	}
	return float64(done) / time.Since(began).Seconds(), err
}

func rawID(n int) string { return fmt.Sprintf("01RAW%021d", n) }

// together runs do in one transaction. After an error nothing can be told.
func (t *tx) together(do func() error) error {
	if _, err := t.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	if err := do(); err != nil {
		return err
	}
	_, err := t.exec("COMMIT")
	return err
}
