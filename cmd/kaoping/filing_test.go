package main

import (
	"net/http"
	"strings"
	"testing"

	"kaoping/policies/access"
)

// aFiling is a first filing as a counter types it.
func aFiling(region string) map[string]any {
	return map[string]any{"kind": "file", "proposal": map[string]any{
		"name": "鲁山县第三示范中心", "kind": "social", "region": region,
		"scopes": []map[string]any{{"trade": demoTrade, "levels": []int{5, 4}}},
		"sites":  []map[string]any{{"serial": "000003", "name": "第三示范机房", "cameras": 4, "rooms": []map[string]any{{"name": "第一考场", "seats": 30}}}},
		"staff":  []map[string]any{{"name": "陈示例", "id_number": "410499198001010013"}},
	}}
}

func TestABodyIsFiledByTwoPeopleAndGivesNoticeAfterwards(t *testing.T) {
	t.Parallel()
	a := newApp(t)
	both, err := a.accounts.Create(t.Context(), access.System(), "both", "双岗示例", demoPassword, []access.Grant{{Role: access.Standing, Region: demoCounty}, {Role: access.Reviewer, Region: demoCounty}})
	if err != nil {
		t.Fatal(err)
	}
	same, reviewer, scheduler := a.as(t, both.Login).inEnglish(), a.as(t, "reviewer").inEnglish(), a.as(t, "scheduler").inEnglish()
	same.post("/api/v1/filings", aFiling(demoNeighbour)).refused(t, http.StatusForbidden, "forbidden") // another county's counter
	scheduler.post("/api/v1/filings", aFiling(demoCounty)).refused(t, http.StatusForbidden, "forbidden")
	wrong := aFiling(demoCounty)
	wrong["proposal"].(map[string]any)["staff"] = []map[string]any{{"name": "陈示例", "id_number": "410499198001010011"}}
	same.post("/api/v1/filings", wrong).refused(t, http.StatusUnprocessableEntity, "invalid")

	made := same.post("/api/v1/filings", aFiling(demoCounty)).ok(t, http.StatusCreated)
	path := "/api/v1/filings/" + made.text("id")
	if strings.Contains(made.body, "410499198001010013") {
		t.Error("the ID number is answered in full", made.body)
	}
	a.as(t, "neighbour").get(path).refused(t, http.StatusForbidden, "forbidden")
	reviewer.post(path+"/review", map[string]string{"to": "granted"}).refused(t, http.StatusUnprocessableEntity, "refused")
	same.post(path+"/examination", map[string]string{"to": "sent_back"}).refused(t, http.StatusUnprocessableEntity, "invalid")
	same.post(path+"/examination", map[string]string{"to": "sent_back", "reason": "缺场地证明"}).ok(t, http.StatusOK)
	mended := aFiling(demoNeighbour)["proposal"].(map[string]any)
	if back := same.post(path+"/mend", mended).ok(t, http.StatusOK); back.text("region") != demoCounty || back.text("proposal.region") != demoCounty {
		t.Error("an application leaves its county", back.body)
	}
	same.post(path+"/examination", map[string]string{"to": "examined"}).ok(t, http.StatusOK)
	same.post(path+"/review", map[string]string{"to": "granted"}).refused(t, http.StatusUnprocessableEntity, "refused") // one person for both

	public := a.client(t)
	if list := public.get("/api/v1/directory?region="+demoCounty).ok(t, http.StatusOK); strings.Contains(list.body, "鲁山县第三示范中心") {
		t.Error("a body is listed before it is filed")
	}
	granted := reviewer.post(path+"/review", map[string]string{"to": "granted"}).ok(t, http.StatusOK)
	body := granted.text("body")
	list := public.get("/api/v1/directory?region="+demoCounty+"&trade="+demoTrade+"&level=4").ok(t, http.StatusOK)
	if !strings.Contains(list.body, "鲁山县第三示范中心") || strings.Contains(list.body, "陈示例") {
		t.Error(list.body)
	}
	reviewer.post(path+"/review", map[string]string{"to": "declined", "reason": "x"}).refused(t, http.StatusUnprocessableEntity, "refused")

	if _, err := a.accounts.Create(t.Context(), access.System(), "third", "考务示例", demoPassword, []access.Grant{{Role: access.Scheduler, Body: body}}); err != nil {
		t.Fatal(err)
	}
	third := a.as(t, "third").inEnglish()
	filed := third.get("/api/v1/bodies/"+body).ok(t, http.StatusOK)
	sites := filed.json["sites"].([]any)[0].(map[string]any)
	draft := func(level int) apiReply {
		return third.post("/api/v1/sittings", map[string]any{"body": body, "site": sites["id"], "trade": demoTrade, "level": level, "track": "skill_level", "starts_at": testNow.AddDate(0, 0, 10)})
	}
	refusal := draft(3)
	refusal.refused(t, http.StatusUnprocessableEntity, "refused")
	if refusal.text("rule.id") != "R30" {
		t.Error(refusal.body)
	}
	sitting := draft(5).ok(t, http.StatusCreated)
	third.post("/api/v1/sittings/"+sitting.text("id")+"/notice", nil).ok(t, http.StatusOK)

	third.post("/api/v1/filings", map[string]any{"kind": "withdraw", "body": a.body.ID}).refused(t, http.StatusForbidden, "forbidden")
	third.post("/api/v1/filings", map[string]any{"kind": "renew", "body": body}).ok(t, http.StatusCreated)
	third.post("/api/v1/filings", map[string]any{"kind": "withdraw", "body": body}).refused(t, http.StatusConflict, "conflict")
	if own := third.get("/api/v1/filings").ok(t, http.StatusOK); len(own.json["items"].([]any)) != 1 {
		t.Error(own.body)
	}
	a.isSound(t)
}
