package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"kaoping/policies/standing"
)

// notifiedCase takes a report by the API to the notice to its party.
func (a *testApp) notifiedCase(t *testing.T, party map[string]string, intended string) (path string) {
	t.Helper()
	officer := a.as(t, "standing").inEnglish()
	path = "/api/v1/cases/" + officer.post("/api/v1/cases", map[string]any{"party": party, "region": demoCounty, "title": "考场违纪", "text": "示例。"}).ok(t, http.StatusCreated).text("id")
	officer.post(path+"/evidence", map[string]string{"text": "监控录像"}).ok(t, http.StatusCreated)
	officer.post(path+"/establishment", nil).ok(t, http.StatusOK)
	officer.post(path+"/notice", map[string]any{"facts": "经查属实。", "intended": []string{intended}}).ok(t, http.StatusOK)
	return path
}

// late fails the test unless a deadline's rule refuses.
func (r apiReply) late(t *testing.T) {
	t.Helper()
	r.refused(t, http.StatusGone, "late")
	if r.text("rule.id") != "K11" {
		t.Errorf("late by %q, want K11: %s", r.text("rule.id"), r.body)
	}
}

func TestACandidateAnswersACaseAboutTheOwnRecordAndNoOther(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	_, list := a.examined(t, 95, 90)
	path := a.notifiedCase(t, map[string]string{"enrolment": list[0].ID}, "year_barred")
	own := "/api/v1/my" + strings.TrimPrefix(path, "/api/v1")
	candidate, other := a.consulting(t, list[0]), a.consulting(t, list[1])

	told := candidate.get("/api/v1/my/cases").ok(t, http.StatusOK)
	if !strings.Contains(told.body, "经查属实。") || strings.Contains(told.body, "监控录像") || strings.Contains(told.body, "许监管") {
		t.Error("the candidate reads too much or too little", told.body)
	}
	if none := other.get("/api/v1/my/cases").ok(t, http.StatusOK); len(none.json["items"].([]any)) != 0 {
		t.Error(none.body)
	}
	statement := map[string]any{"text": "本人独立作答。", "hearing": true}
	other.get(own).refused(t, http.StatusForbidden, "forbidden")
	other.post(path+"/statement", statement).refused(t, http.StatusForbidden, "forbidden")
	candidate.get(path).refused(t, http.StatusForbidden, "forbidden") // the bureau's view
	a.as(t, "scheduler").get(own).refused(t, http.StatusForbidden, "forbidden")
	candidate.post(path+"/statement", statement).ok(t, http.StatusOK)
	if got := candidate.get(own).ok(t, http.StatusOK); got.text("hearing_asked") == "" || got.text("statement") != "本人独立作答。" {
		t.Error(got.body)
	}

	officer := a.as(t, "standing").inEnglish()
	officer.post(path+"/hearing", map[string]string{"text": "x"}).refused(t, http.StatusUnprocessableEntity, "refused") // asked for one in person
	hearing := a.clock.now().Add(48 * time.Hour)
	officer.post(path+"/summons", map[string]any{"at": hearing, "place": "鲁山县示范路 1 号"}).ok(t, http.StatusOK)
	if got := candidate.get(own); got.text("hearing_place") != "鲁山县示范路 1 号" {
		t.Error(got.body)
	}
	a.clock.set(hearing.Add(time.Hour))
	officer, candidate = a.as(t, "standing").inEnglish(), a.consulting(t, list[0])
	officer.post(path+"/hearing", map[string]string{"text": "已听取。"}).ok(t, http.StatusOK)
	officer.post(path+"/proposal", map[string]any{"facts": "替考。", "measures": []map[string]any{{"kind": "year_barred"}}}).ok(t, http.StatusOK)
	if got := candidate.get(own); got.json["decision"] != nil {
		t.Error("the candidate reads what is only proposed", got.body)
	}
	decided := a.as(t, "reviewer").post(path+"/approval", nil).ok(t, http.StatusOK)

	page := candidate.get("/my/cases/" + strings.TrimPrefix(path, "/api/v1/cases/"))
	if page.status != http.StatusOK || !strings.Contains(page.body, "R43") || !strings.Contains(page.body, "K11") {
		t.Error(page.status, page.body)
	}
	a.consulting(t, list[1]).post(path+"/appeal", map[string]string{"text": "x"}).refused(t, http.StatusForbidden, "forbidden")
	due, err := time.Parse(time.RFC3339, decided.text("due"))
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(due.AddDate(0, 0, 1))
	a.consulting(t, list[0]).post(path+"/appeal", map[string]string{"text": "本人参加考试。"}).late(t)
	a.clock.set(due)
	appealed := a.consulting(t, list[0]).post(path+"/appeal", map[string]string{"text": "本人参加考试。"}).ok(t, http.StatusOK)
	if appealed.text("state") != "appealed" {
		t.Error(appealed.body)
	}
	a.isSound(t)
}

func TestAStatementOfThePartyIsLateAfterItsDay(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	body := a.notifiedCase(t, map[string]string{"body": a.body.ID}, "blacklist")
	due, err := time.Parse(time.RFC3339, a.as(t, "standing").get(body).text("due"))
	if err != nil {
		t.Fatal(err)
	}
	a.clock.set(due.AddDate(0, 0, 1))
	statement := map[string]string{"text": "说明。"}
	a.as(t, "scheduler").inEnglish().post(body+"/statement", statement).late(t)
	a.as(t, "standing").post(body+"/statement", statement).ok(t, http.StatusOK) // came in time, on paper
}

func TestAnExaminerAnswersACaseAboutTheOwnPerson(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	const number = "410499198001010013"
	a.changeBody(t, func(b *standing.Body) {
		b.Staff = []standing.Staff{{ID: "1", Name: "吴考评甲", IDHash: a.exam.Vault.Hash("id-number", number)}, {ID: "2", Name: "陈示例", IDHash: "2"}}
	})
	admin, register := a.as(t, "admin").inEnglish(), "/api/v1/bodies/"+a.body.ID+"/register"
	account := map[string]string{"account": a.people["examiner1"].ID}
	a.as(t, "scheduler").put(register+"/1/account", account).refused(t, http.StatusForbidden, "forbidden")
	admin.put(register+"/1/account", account).ok(t, http.StatusNoContent)
	admin.put(register+"/2/account", account).refused(t, http.StatusUnprocessableEntity, "refused") // one person, one account
	admin.put(register+"/none/account", account).refused(t, http.StatusNotFound, "not_found")
	if list := admin.get(register).ok(t, http.StatusOK); !strings.Contains(list.body, a.people["examiner1"].ID) {
		t.Error(list.body)
	}
	path := a.notifiedCase(t, map[string]string{"id_number": number, "name": "吴考评甲"}, "staff_bar")
	own, page := "/api/v1/my"+strings.TrimPrefix(path, "/api/v1"), "/received/"+strings.TrimPrefix(path, "/api/v1/cases/")
	examiner, other, scheduler := a.as(t, "examiner1").inEnglish(), a.as(t, "examiner2").inEnglish(), a.as(t, "scheduler").inEnglish()
	for _, stranger := range []*client{other, scheduler} {
		stranger.get(own).refused(t, http.StatusForbidden, "forbidden")
		stranger.post(path+"/statement", map[string]string{"text": "x"}).refused(t, http.StatusForbidden, "forbidden")
		if none := stranger.get("/received"); none.status != http.StatusOK || strings.Contains(none.body, "考场违纪") {
			t.Error("a case about another person is listed", none.status)
		}
	}
	if list := examiner.get("/received"); !strings.Contains(list.body, page) {
		t.Error(list.body)
	}
	if shown := examiner.get(page); shown.status != http.StatusOK || strings.Contains(shown.body, "监控录像") {
		t.Error(shown.status, shown.body)
	}
	examiner.post(path+"/statement", map[string]string{"text": "证书已更换。"}).ok(t, http.StatusOK)
	if letter := examiner.get("/cases/" + strings.TrimPrefix(path, "/api/v1/cases/") + "/letters/notice"); letter.status != http.StatusOK || !strings.Contains(letter.body, page) {
		t.Error("the letter does not lead back to the notice", letter.status)
	}
}
