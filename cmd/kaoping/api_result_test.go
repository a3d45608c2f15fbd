package main

import (
	"bytes"
	"context"
	"image"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"kaoping/certify/document"
	"kaoping/exam"
	"kaoping/policies/access"
)

// examined is a sitting whose candidates have all handed in at 40 minutes.
func (a *testApp) examined(t *testing.T, percents ...int) (exam.Sitting, []exam.Enrolment) {
	t.Helper()
	sitting, list := a.runningSitting(t, len(percents))
	for i, e := range list {
		if err := a.sit(context.Background(), e, percents[i], testNow.Add(40*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}
	a.clock.set(testNow.Add(time.Hour))
	return sitting, list
}

// practical is a full sheet of the demonstration's tasks, less some points of the first.
func practical(less string) map[string]any {
	return map[string]any{"items": []string{less, "40", "25", "15"}}
}

func TestOnlyTheSittingsExaminersScore(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	if _, err := a.accounts.Create(context.Background(), access.System(), "examiner9", "吴未派", demoPassword, []access.Grant{{Role: access.Examiner, Body: a.body.ID}}); err != nil {
		t.Fatal(err)
	}
	sitting, list := a.examined(t, 90)
	at := "/api/v1/enrolments/" + list[0].ID + "/practical"
	for _, login := range []string{"examiner9", "scheduler", "officer", "invigilator1", "auditor", rival} {
		a.as(t, login).put(at, practical("20")).refused(t, http.StatusForbidden, "forbidden")
	}
	for _, login := range []string{"examiner9", rival} {
		a.as(t, login).get("/api/v1/sittings/"+sitting.ID+"/scoring").refused(t, http.StatusForbidden, "forbidden")
	}
	first, second, third := a.as(t, "examiner1").inEnglish(), a.as(t, "examiner2"), a.as(t, "examiner3")
	for _, in := range []any{
		practical("20.5"), practical("-1"), practical("many"), practical("1.234"),
		map[string]any{"items": []string{"20"}}, map[string]any{"items": []int{20, 40, 25, 15}},
	} {
		first.put(at, in).refused(t, http.StatusUnprocessableEntity, "invalid")
	}
	if list := first.put(at, practical("many")).issues(t); len(list) != 1 || list[0].Column != "items[0]" {
		t.Errorf("%+v", list)
	}
	if r := first.put(at, practical("15.5")).ok(t, http.StatusOK); r.text("own.total") != "95.5" || r.text("mean") != "" || r.json["scored"] != 1.0 {
		t.Error(r.body)
	}
	if r := second.get("/api/v1/sittings/"+sitting.ID+"/scoring").ok(t, http.StatusOK); strings.Contains(r.body, "95.5") || !strings.Contains(r.body, `"scored":1`) {
		t.Error("another examiner's score is shown:", r.body)
	}
	second.put(at, practical("20")).ok(t, http.StatusOK)
	if r := third.put(at, practical("20")).ok(t, http.StatusOK); r.text("mean") != "98.5" {
		t.Error(r.body)
	}
	first.put(at, practical("20")).refused(t, http.StatusUnprocessableEntity, "refused") // it stands
}

func TestFarApartExaminersScoreTwice(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	_, list := a.examined(t, 90)
	at := "/api/v1/enrolments/" + list[0].ID + "/practical"
	a.as(t, "examiner1").put(at, practical("20")).ok(t, http.StatusOK)
	a.as(t, "examiner2").put(at, practical("20")).ok(t, http.StatusOK)
	r := a.as(t, "examiner3").put(at, map[string]any{"items": []string{"0", "0", "25", "15"}}).ok(t, http.StatusOK)
	if r.json["round"] != 2.0 || r.json["scored"] != 0.0 || r.text("mean") != "" || r.json["own"] != nil {
		t.Error(r.body)
	}
}

// TestASheetCountsOnceInItsRound sends sheets again, as a balancer or a slow
// line does: none is counted in a round that it was not given in.
func TestASheetCountsOnceInItsRound(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	_, list := a.examined(t, 90)
	at := "/api/v1/enrolments/" + list[0].ID + "/practical"
	sheet := func(round int, first string) map[string]any {
		return map[string]any{"round": round, "items": []string{first, first, "25", "15"}}
	}
	one, two, three := a.as(t, "examiner1"), a.as(t, "examiner2"), a.as(t, "examiner3")
	one.put(at, sheet(2, "20")).refused(t, http.StatusUnprocessableEntity, "refused") // there is none yet
	for range 2 {
		one.put(at, sheet(1, "20")).ok(t, http.StatusOK)
	}
	two.put(at, sheet(1, "20")).ok(t, http.StatusOK)
	for _, examiner := range []*client{three, three, one} { // the second round begins with the first of these
		sheetAgain := sheet(1, "0")
		if examiner == one {
			sheetAgain = sheet(1, "20")
		}
		if r := examiner.put(at, sheetAgain).ok(t, http.StatusOK); r.json["round"] != 2.0 || r.json["scored"] != 0.0 {
			t.Error("a sheet of the first round counts in the second:", r.body)
		}
	}
	three.put(at, sheet(1, "10")).refused(t, http.StatusUnprocessableEntity, "refused")
	for _, examiner := range []*client{one, two, three, one} {
		examiner.put(at, sheet(2, "20")).ok(t, http.StatusOK)
	}
	one.put(at, sheet(2, "19")).refused(t, http.StatusUnprocessableEntity, "refused")
	stored, err := a.store.Enrolment(context.Background(), list[0].ID)
	if err != nil || len(stored.Practical.Before) != 3 || len(stored.Practical.Scores) != 3 {
		t.Errorf("%+v %v", stored.Practical, err)
	}
}

// TestACorrectionStandsAgainstAnOlderSheet: the first sheet comes a second time,
// late, and does not take the place of what the examiner has put right since.
func TestACorrectionStandsAgainstAnOlderSheet(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	_, list := a.examined(t, 90)
	at := "/api/v1/enrolments/" + list[0].ID + "/practical"
	sheet := func(number int, first string) map[string]any {
		return map[string]any{"round": 1, "sheet": number, "items": []string{first, "40", "25", "15"}}
	}
	examiner := a.as(t, "examiner1").inEnglish()
	examiner.put(at, sheet(1, "20")).ok(t, http.StatusOK)
	if r := examiner.put(at, sheet(2, "15.5")).ok(t, http.StatusOK); r.json["own"].(map[string]any)["sheet"] != 2.0 {
		t.Error(r.body)
	}
	late := examiner.put(at, sheet(1, "20"))
	late.refused(t, http.StatusUnprocessableEntity, "refused")
	if !strings.Contains(late.body, "corrected this sheet") {
		t.Error(late.body)
	}
	if r := examiner.put(at, sheet(2, "15.5")).ok(t, http.StatusOK); r.text("own.total") != "95.5" {
		t.Error("the correction did not stand:", r.body)
	}
}

func TestResultsWaitForEveryScoreAndTheirConfirmation(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	ctx := context.Background()
	sitting, list := a.examined(t, 95, 20)
	scheduler, officer := a.as(t, "scheduler").inEnglish(), a.as(t, "officer").inEnglish()
	at := "/api/v1/sittings/" + sitting.ID
	scheduler.post(at+"/publication", nil).refused(t, http.StatusUnprocessableEntity, "refused") // it runs
	a.as(t, "invigilator1").post(at+"/closing", map[string]bool{"record_absent": true}).ok(t, http.StatusNoContent)
	if err := a.scorePractical(ctx, list[0], 90); err != nil {
		t.Fatal(err)
	}
	r := scheduler.post(at+"/publication", nil)
	r.refused(t, http.StatusUnprocessableEntity, "refused")
	if missing := r.issues(t); len(missing) != 1 || missing[0].Column != list[1].Ticket || !strings.Contains(missing[0].Text, "0 of 3") {
		t.Error(r.body)
	}
	if err := a.scorePractical(ctx, list[1], 90); err != nil {
		t.Fatal(err)
	}
	own := a.consulting(t, list[0])
	if r := own.get("/api/v1/result").ok(t, http.StatusOK); strings.Contains(r.body, `"theory"`) || strings.Contains(r.body, `"outcome"`) {
		t.Error("a result is told before it is public:", r.body)
	}
	officer.post(at+"/publication", nil).refused(t, http.StatusForbidden, "forbidden")
	officer.post(at+"/confirmation", nil).refused(t, http.StatusUnprocessableEntity, "refused")
	if r := scheduler.post(at+"/publication", nil).ok(t, http.StatusOK); r.text("state") != "publicised" || r.text("published_at") == "" {
		t.Error(r.body)
	}
	if r := own.get("/api/v1/result").ok(t, http.StatusOK); r.text("result.outcome") != "passed" || r.text("result.practical") == "" {
		t.Error(r.body)
	}
	scheduler.post("/api/v1/enrolments/"+list[0].ID+"/certificate", nil).refused(t, http.StatusUnprocessableEntity, "refused")
	scheduler.post(at+"/confirmation", nil).refused(t, http.StatusForbidden, "forbidden")
	a.sign(t, sitting.ID)
	if r := officer.post(at+"/confirmation", nil).ok(t, http.StatusOK); r.text("state") != "confirmed" {
		t.Error(r.body)
	}
	failed := scheduler.post("/api/v1/enrolments/"+list[1].ID+"/certificate", nil)
	failed.refused(t, http.StatusUnprocessableEntity, "refused")
	if failed.text("rule.id") != "R15" {
		t.Error(failed.body)
	}
	results := scheduler.get(at+"/results?limit=1").ok(t, http.StatusOK)
	if results.json["total"] != 2.0 || !strings.Contains(results.body, `"outcome":"passed"`) || results.text("next") != list[0].Ticket {
		t.Error(results.body)
	}
	if rest := scheduler.get(at+"/results?limit=1&cursor="+results.text("next")).ok(t, http.StatusOK); !strings.Contains(rest.body, `"outcome":"failed"`) || rest.text("next") != "" {
		t.Error(rest.body)
	}
	scheduler.get(at+"/results?cursor=elsewhere").refused(t, http.StatusUnprocessableEntity, "invalid")
}

// consulting is a candidate who came for the result.
func (a *testApp) consulting(t *testing.T, e exam.Enrolment) *client {
	t.Helper()
	id, err := a.exam.IDNumber(e)
	if err != nil {
		t.Fatal(err)
	}
	c := a.client(t).inEnglish()
	c.post("/api/v1/result/login", map[string]string{"ticket": e.Ticket, "last_six": id.LastSix()}).ok(t, http.StatusNoContent)
	return c
}

func TestACertificateIsIssuedOnceAndVerifiedByAnyone(t *testing.T) {
	t.Parallel()
	if _, err := document.FindFonts(); err != nil {
		missing(t, "a Chinese TrueType font (deploy/fonts.sh)")
	}
	a := newApp(t)
	ctx := context.Background()
	sitting, list := a.examined(t, 95, 92)
	at := "/api/v1/sittings/" + sitting.ID
	a.as(t, "invigilator1").post(at+"/closing", map[string]bool{"record_absent": true}).ok(t, http.StatusNoContent)
	for _, e := range list {
		if err := a.scorePractical(ctx, e, 90); err != nil {
			t.Fatal(err)
		}
	}
	scheduler := a.as(t, "scheduler").inEnglish()
	scheduler.post(at+"/publication", nil).ok(t, http.StatusOK)
	a.sign(t, sitting.ID)
	a.as(t, "officer").post(at+"/confirmation", nil).ok(t, http.StatusOK)
	issue := "/api/v1/enrolments/" + list[0].ID + "/certificate"
	for _, login := range []string{"officer", "examiner1", "auditor", rival} {
		a.as(t, login).post(issue, nil).refused(t, http.StatusForbidden, "forbidden")
	}
	issued := scheduler.post(issue, nil).ok(t, http.StatusOK)
	number := issued.text("number")
	if len(number) != 22 || issued.text("state") != "issued" || issued.text("issued_on") != "2026-11-21" || len(issued.text("sha256")) != 64 {
		t.Error(issued.body)
	}
	if again := scheduler.post(issue, nil).ok(t, http.StatusOK); again.body != issued.body {
		t.Error("issuing again gives another certificate:", again.body)
	}
	scheduler.post("/api/v1/enrolments/"+list[1].ID+"/certificate", nil).ok(t, http.StatusOK)

	own, other := a.consulting(t, list[0]), a.consulting(t, list[1])
	for _, reader := range []*client{scheduler, a.as(t, "officer"), own} {
		reader.get("/api/v1/certificates/"+number).ok(t, http.StatusOK)
		r := reader.get("/api/v1/certificates/"+number+"/document").ok(t, http.StatusOK)
		if !strings.HasPrefix(r.body, "%PDF-") || r.header.Get("Content-Type") != "application/pdf" || !strings.Contains(r.header.Get("Content-Disposition"), number) {
			t.Error(r.header)
		}
	}
	for _, stranger := range []*client{a.as(t, rival), a.as(t, "neighbour"), other} {
		stranger.get("/api/v1/certificates/"+number).refused(t, http.StatusForbidden, "forbidden")
		stranger.get("/api/v1/certificates/"+number+"/document").refused(t, http.StatusForbidden, "forbidden")
	}
	a.client(t).get("/api/v1/certificates/"+number).refused(t, http.StatusUnauthorized, "unauthenticated")
	page := scheduler.get("/api/v1/certificates?limit=1&sitting="+sitting.ID).ok(t, http.StatusOK)
	if rest := scheduler.get("/api/v1/certificates?limit=1&cursor="+page.text("next")).ok(t, http.StatusOK); strings.Count(rest.body, `"number"`) != 1 || rest.text("next") != "" {
		t.Error(page.body, rest.body)
	}
	if r := a.as(t, rival).get("/api/v1/certificates").ok(t, http.StatusOK); strings.Contains(r.body, `"number"`) {
		t.Error(r.body)
	}

	anyone := a.client(t).inEnglish()
	r := anyone.get("/api/v1/verify/"+number).ok(t, http.StatusOK)
	if strings.Contains(r.body, list[0].Name) || !strings.Contains(r.text("name"), "*") || r.json["name_match"] != nil || r.text("sha256") != issued.text("sha256") || r.json["listed"] != true {
		t.Error(r.body)
	}
	if r := anyone.get("/api/v1/verify/"+number+"?name="+url.QueryEscape(list[0].Name)).ok(t, http.StatusOK); r.json["name_match"] != true {
		t.Error(r.body)
	}
	if r := anyone.get("/api/v1/verify/"+number+"?name="+url.QueryEscape("李示例")).ok(t, http.StatusOK); r.json["name_match"] != false || strings.Contains(r.body, list[0].Name) {
		t.Error(r.body)
	}
	anyone.get("/api/v1/verify/S000041000001265999999").refused(t, http.StatusNotFound, "not_found")
}

func TestAPhotoIsAPhoto(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	scheduler := a.as(t, "scheduler").inEnglish()
	sitting := a.drafted(t, scheduler, testNow.AddDate(0, 0, 10))
	row := a.candidates(1)[0]
	scheduler.post("/api/v1/sittings/"+sitting+"/candidates", map[string]string{"name": row.Name, "id_number": row.IDNumber}).ok(t, http.StatusNoContent)
	var found struct {
		Items []struct {
			ID    string
			Photo bool
		}
	}
	scheduler.get("/api/v1/sittings/"+sitting+"/enrolments").ok(t, http.StatusOK).into(t, &found)
	put := func(c *client, content []byte) apiReply {
		request, err := http.NewRequest(http.MethodPut, a.url+"/api/v1/enrolments/"+found.Items[0].ID+"/photo", bytes.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "image/png")
		return c.send(request)
	}
	var photo bytes.Buffer
	if err := png.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 40))); err != nil {
		t.Fatal(err)
	}
	put(scheduler, []byte("GIF89a")).refused(t, http.StatusUnprocessableEntity, "invalid")
	put(scheduler, make([]byte, 600<<10)).refused(t, http.StatusUnprocessableEntity, "invalid")
	put(scheduler, make([]byte, 1<<20+1<<10)).refused(t, http.StatusRequestEntityTooLarge, "invalid")
	put(a.as(t, rival), photo.Bytes()).refused(t, http.StatusForbidden, "forbidden")
	put(scheduler, photo.Bytes()).ok(t, http.StatusNoContent)
	scheduler.get("/api/v1/sittings/"+sitting+"/enrolments").ok(t, http.StatusOK).into(t, &found)
	if !found.Items[0].Photo {
		t.Error("the photo is not there")
	}
	scheduler.do(http.MethodDelete, "/api/v1/enrolments/"+found.Items[0].ID, nil).ok(t, http.StatusNoContent)
	scheduler.do(http.MethodDelete, "/api/v1/enrolments/"+found.Items[0].ID, nil).refused(t, http.StatusNotFound, "not_found")
}
