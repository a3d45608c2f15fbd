package main

import (
	"bytes"
	"context"
	"database/sql"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerifyFindsWhatWasTampered changes one stored thing at a time behind the
// service's back, on an installation with a whole finished story.
func TestVerifyFindsWhatWasTampered(t *testing.T) {
	t.Parallel()
	story := newApp(t)
	ctx := context.Background()
	if err := story.finished(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	v, err := story.verify(ctx)
	if err != nil || len(v.Damaged) != 0 || v.Documents == 0 {
		t.Fatalf("an honest installation: %+v %v", v, err)
	}
	if err := story.engines.Close(); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ what, sql, record string }{
		{"a raised theory score", `UPDATE enrolments SET doc = json_set(doc, '$.Theory', 10000) WHERE id = (SELECT max(id) FROM enrolments)`, "enrolment/"},
		{"a certificate for another name", `UPDATE certificates SET doc = json_set(doc, '$.Name', '冒名') WHERE id = (SELECT min(id) FROM certificates)`, "certificate/"},
		{"a changed answer", `UPDATE answers SET answer = json_set(answer, '$.Choice', json('[7]')) WHERE question = 'q001'`, "attempt/"},
		{"a removed audit entry", `DELETE FROM audit WHERE stream LIKE 'sitting/%' AND seq = 3`, "sitting/"},
		{"a rewritten audit entry", `UPDATE audit SET entry = replace(entry, 'result:confirm', 'result:publish') WHERE entry LIKE '%result:confirm%'`, "sitting/"},
		{"another key in the bank", `UPDATE items SET doc = json_set(doc, '$.Key', json('[1]')) WHERE id = (SELECT max(id) FROM items)`, "import/"},
		{"an item taken out of the bank", `DELETE FROM items WHERE id = (SELECT min(id) FROM items)`, "import/"},
		{"a deleted certificate", `DELETE FROM certificates WHERE id = (SELECT max(id) FROM certificates)`, "certificate/"},
	} {
		t.Run(c.what, func(t *testing.T) {
			data := t.TempDir()
			if err := os.CopyFS(data, os.DirFS(story.config.Data)); err != nil {
				t.Fatal(err)
			}
			tamper(t, filepath.Join(data, "kaoping.db"), c.sql)
			damagedFirst(t, openApp(t, data, testNow), c.record)
		})
	}
	t.Run("a tampered PDF", func(t *testing.T) {
		data := t.TempDir()
		if err := os.CopyFS(data, os.DirFS(story.config.Data)); err != nil {
			t.Fatal(err)
		}
		var pdf string
		filepath.WalkDir(filepath.Join(data, "documents"), func(path string, d os.DirEntry, err error) error {
			if err == nil && strings.Contains(path, "certificates") && !d.IsDir() {
				pdf = path
			}
			return err
		})
		raw, err := os.ReadFile(pdf)
		if err != nil {
			t.Fatal(err)
		}
		raw[len(raw)/2] ^= 1
		if err := os.Chmod(pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(pdf, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		damagedFirst(t, openApp(t, data, testNow), "certificate/")
	})
}

func tamper(t *testing.T, file, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	result, err := db.Exec(statement)
	if err != nil {
		t.Fatal(err)
	}
	if n, _ := result.RowsAffected(); n == 0 {
		t.Fatal("the tampering changed nothing")
	}
}

func damagedFirst(t *testing.T, a *testApp, record string) {
	t.Helper()
	v, err := a.verify(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Damaged) == 0 || !strings.HasPrefix(v.Damaged[0].Record, record) {
		t.Errorf("the first damaged record should be %s…: %+v", record, v.Damaged)
	}
}

// TestVerifyLooksAtEveryDocument loses and changes what other records than
// certificates name, and leaves one that nobody names.
func TestVerifyLooksAtEveryDocument(t *testing.T) {
	t.Parallel()
	ctx, a := t.Context(), newApp(t)
	_, list := a.runningSitting(t, 1)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewGray(image.Rect(0, 0, 30, 40))); err != nil {
		t.Fatal(err)
	}
	if err := a.exam.SetPhoto(ctx, a.people["scheduler"], list[0].ID, picture.Bytes()); err != nil {
		t.Fatal(err)
	}
	a.heardCase(t, map[string]string{"body": a.body.ID}, "blacklist")
	paper, err := a.standing.KeepPaper(ctx, a.people["scheduler"], "申请书.pdf", []byte("%PDF-1.7"))
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.verify(ctx)
	if err != nil || len(v.Damaged) > 0 || v.Documents != 2 || v.Unclaimed != 1 {
		t.Fatalf("a photo, a piece of evidence and a paper without its application (%s): %+v %v", paper.Key, v, err)
	}
	for folder, record := range map[string]string{"photos": "enrolment/", "cases": "case/"} {
		files, err := filepath.Glob(filepath.Join(a.config.documentFolder(), "documents", folder, "*", "*"))
		if err != nil || len(files) != 1 {
			t.Fatal(files, err)
		}
		whole, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, harm := range []func() error{
			func() error { return os.Remove(files[0]) },
			func() error { return os.WriteFile(files[0], append([]byte("x"), whole...), 0o600) },
		} {
			if err := harm(); err != nil {
				t.Fatal(err)
			}
			damagedFirst(t, a, record)
		}
		if err := os.WriteFile(files[0], whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
