package main

import (
	"bufio"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/policies/rulebook"
)

// centralSitting takes a sitting with a central paper to the moment, twenty
// minutes before its hour, when it is unsealed and its room is open.
func (a *testApp) centralSitting(t *testing.T, hour time.Time, candidates int) (exam.Sitting, central.Paper) {
	t.Helper()
	ctx := context.Background()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	paper, err := a.centralPaper(ctx, "电工五级统一试卷（测试）", rulebook.SkillLevel, hour, hour.AddDate(0, 0, -6), true)
	must(err)
	sitting, err := a.notified(ctx, "电工 · 五级 · 统一试卷场次", hour, hour.AddDate(0, 0, -5), candidates)
	must(err)
	a.clock.set(hour.AddDate(0, 0, -4))
	_, err = a.exam.Accept(ctx, a.people["officer"], sitting.ID)
	must(err)
	_, err = a.exam.Staff(ctx, a.people["scheduler"], sitting.ID, exam.Staffing{
		Paper: paper.ID, Invigilators: map[string][]string{"第一考场": {a.people["invigilator1"].ID, a.people["invigilator2"].ID}},
		Examiners: []string{a.people["examiner1"].ID, a.people["examiner2"].ID, a.people["examiner3"].ID},
	})
	must(err)
	a.clock.set(hour.Add(-20 * time.Minute))
	for _, who := range []string{"keeper1", "keeper2"} {
		paper, err = a.central.Unseal(ctx, a.people[who], paper.ID)
		must(err)
	}
	sitting, err = a.exam.OpenRoom(ctx, a.people["invigilator1"], sitting.ID, "第一考场")
	must(err)
	return sitting, paper
}

// A waiting page loads a paper that says nothing, hears of the release, and the
// start gives it a key and an order instead of questions. Who has not loaded it
// gets the questions.
func TestARoomOpensTheSealedPaperItHasLoaded(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	hour := testNow.Add(3 * time.Hour).Truncate(time.Minute)
	sitting, _ := a.centralSitting(t, hour, 2)
	list, err := a.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		t.Fatal(err)
	}
	one, two := a.candidate(t, sitting, list[0]), a.candidate(t, sitting, list[1])

	wait := one.get("/room/wait")
	address := regexp.MustCompile(`data-paper="(/room/paper/[0-9a-f]{64})"`).FindStringSubmatch(wait.body)
	if wait.status != http.StatusOK || address == nil {
		t.Fatalf("the waiting page has no paper to load: %d", wait.status)
	}
	sealed := one.get(address[1])
	if sealed.status != http.StatusOK || !strings.Contains(sealed.header.Get("Cache-Control"), "immutable") {
		t.Fatalf("%d, %v", sealed.status, sealed.header)
	}
	if strings.Contains(sealed.body, "电") || strings.Contains(sealed.body, "stem") {
		t.Error("the sealed paper can be read")
	}
	if reply := a.client(t).get(address[1]); strings.Contains(reply.body, sealed.body) {
		t.Error("a stranger loads the sealed paper")
	}
	digest := strings.TrimPrefix(address[1], "/room/paper/")
	one.post("/api/v1/attempts", map[string]string{"paper": digest}).refused(t, http.StatusForbidden, "early")

	events, err := one.http.Get(one.url + "/room/release")
	if err != nil {
		t.Fatal(err)
	}
	defer events.Body.Close()
	time.AfterFunc(time.Second, func() { a.clock.set(hour) })
	var data string
	for lines := bufio.NewScanner(events.Body); lines.Scan() && data == ""; {
		data, _ = strings.CutPrefix(lines.Text(), "data: ")
		if !strings.HasPrefix(lines.Text(), "data: ") {
			data = ""
		}
	}
	var release struct{ Paper, Opens string }
	if err := json.Unmarshal([]byte(data), &release); err != nil || release.Opens == "" {
		t.Fatalf("no release: %q, %v", data, err)
	}

	started := one.post("/api/v1/attempts", map[string]string{"paper": digest}).ok(t, http.StatusOK)
	if started.text("opens") != release.Opens || strings.Contains(started.body, `"stem"`) {
		t.Errorf("the start gives questions beside the key: %.300s", started.body)
	}
	key, err := base64.StdEncoding.DecodeString(release.Opens)
	if err != nil {
		t.Fatal(err)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		t.Fatal(err)
	}
	gcm, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := gcm.Open(nil, []byte(sealed.body)[:12], []byte(sealed.body)[12:], nil)
	if err != nil {
		t.Fatal(err)
	}
	var paper central.RoomPaper
	if err := json.Unmarshal(plain, &paper); err != nil || len(paper.Questions) != 65 || len(started.json["order"].([]any)) != 65 {
		t.Errorf("%d questions, %v", len(paper.Questions), err)
	}
	if other := two.post("/api/v1/attempts", struct{}{}).ok(t, http.StatusOK); !strings.Contains(other.body, paper.Questions[0].Stem) || strings.Contains(other.body, `"opens"`) {
		t.Error("who has loaded nothing gets no questions")
	}
}

// The browser opens the sealed paper itself: the questions never travel after the start.
func TestABrowserOpensTheSealedPaper(t *testing.T) {
	t.Parallel()
	a, c := newApp(t), startChrome(t)
	hour := testNow.Add(3 * time.Hour).Truncate(time.Minute)
	sitting, paper := a.centralSitting(t, hour, 1)
	list, err := a.store.Enrolments(t.Context(), exam.EnrolmentQuery{Sitting: sitting.ID})
	if err != nil {
		t.Fatal(err)
	}
	number, err := a.exam.IDNumber(list[0])
	if err != nil {
		t.Fatal(err)
	}
	w := c.window("candidate", a.url)
	w.open("/room")
	w.fill("[name=ticket]", list[0].Ticket, "[name=last_six]", number.LastSix(), "[name=code]", sitting.Rooms[0].Code)
	w.press("#enter")
	w.sees("#countdown", "")
	a.clock.set(hour)
	w.sees(".stem", "")
	attempt, err := a.store.Attempt(t.Context(), list[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	opened, err := a.central.Open(t.Context(), paper.ID, central.FormA)
	if err != nil {
		t.Fatal(err)
	}
	first := opened.Theory.Questions[opened.Theory.Order(attempt.Seed).Questions[0]]
	w.sees(".stem", strings.Split(first.Stem, "____")[0])
	loaded := read[[]string](w, `performance.getEntriesByType("resource").map(e => e.name + " " + e.transferSize)`)
	if !strings.Contains(strings.Join(loaded, "\n"), "/room/paper/") {
		t.Error("the page has not loaded the sealed paper:", loaded)
	}
}
