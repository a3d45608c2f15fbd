package main

import (
	"bytes"
	"image"
	"image/png"
	"strings"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// question is how an operation of the API is asked, so that after the decision it
// is refused for another reason or changes nothing that matters.
type question struct {
	operation   string
	action      access.Action
	or          []access.Action // that allow it as well
	ofCandidate access.Action   // where a candidate is asked about another one
	candidates  bool            // the thing is a candidate's own: nobody else is let to it
	own         string          // the one place of a request that names none
	stranger    fault.Code      // what others than a candidate are told instead of forbidden
	listed      func(at spot) string
	request     string // {s} sitting, {e} enrolment, {b} body, {c} certificate, {p} blueprint, {a} account, {r} change of a rule, {k} case, {m} case about the candidate, {f} application, {i} plan, {v} visit, {g} grade, {w} waiting enrolment, {q} central paper
	body        func(w *world, who person, at spot) any
	form        map[string]string
	file        string
}

func (p question) call(w *world, who person, at spot) call {
	method, path, _ := strings.Cut(p.request, " ")
	path = strings.NewReplacer("{s}", at.sitting.ID, "{e}", at.enrolment.ID, "{b}", at.body.ID, "{c}", at.certificate.Number, "{p}", at.blueprint.ID, "{a}", at.account.ID, "{r}", at.change.ID, "{k}", at.violation.ID, "{m}", at.personal.ID,
		"{f}", at.filing.ID, "{i}", at.plan.ID, "{v}", at.visit.ID, "{g}", at.grade.ID, "{w}", at.waiting.Enrolment, "{q}", at.paper.ID).Replace(path)
	c := call{method: method, path: path, form: p.form, file: p.file}
	if p.body != nil {
		c.body = p.body(w, who, at)
	}
	return c
}

// object is a body that is the same everywhere.
func object(fields map[string]any) func(*world, person, spot) any {
	return func(*world, person, spot) any { return fields }
}

// aSitting is a draft whose trade is none, so that nothing is drafted.
func aSitting(body string) map[string]any {
	draft := map[string]any{"site": "x", "trade": "none", "level": 5, "track": "skill_level", "starts_at": "2027-01-01T09:00:00+08:00"}
	if body != "" {
		draft["body"] = body
	}
	return draft
}

// aPaperDraft is a paper whose trade is none, so that nothing is set.
func aPaperDraft() map[string]any {
	return map[string]any{"track": "completion", "trade": "none", "level": 5, "name": "x", "starts_at": "2027-01-01T09:00:00+08:00", "minutes": 90, "pass_mark": "60"}
}

// aGrant is a grant in a place: in the region, or in the body where the place is one.
func aGrant(at spot) map[string]any {
	if at.account.Grants[0].Body != "" {
		return map[string]any{"role": "scheduler", "body": at.body.ID}
	}
	return map[string]any{"role": "statistician", "region": at.region}
}

var aPhoto = func() []byte {
	var out bytes.Buffer
	if err := png.Encode(&out, image.NewGray(image.Rect(0, 0, 3, 4))); err != nil {
		panic(err)
	}
	return out.Bytes()
}()

// withoutAction are the operations that no action guards, and why.
var withoutAction = map[string]string{
	"login": "the way in", "enterRoom": "the way in", "consultResult": "the way in", "logout": "the way out",
	"me": "the own account", "listRoles": "the policy itself, for who has logged in",
	"verifyCertificate": "public", "listTrades": "public", "listRegions": "public", "listRules": "public", "getItemTemplate": "public", "getRule": "public", "listCalendarYears": "public", "countDays": "public",
	"complain": "public", "getComplaint": "public", "listExits": "public", "listDirectory": "public", "getGrade": "public", "listReported": "the own reports", "listMyCases": "those about the own person", "listOverrides": "those of candidates whom the caller may read",
	"saveAnswer": "by lease", "submitAttempt": "by lease", "attemptClock": "by lease", "attemptEvents": "by lease",
}

var questions = []question{
	{operation: "applyFiling", action: "filing:accept", request: "POST /filings", body: func(_ *world, _ person, at spot) any {
		return map[string]any{"kind": "file", "proposal": map[string]any{"name": "", "region": at.region, "scopes": []any{}, "sites": []any{}}}
	}},
	{operation: "applyFiling", action: "filing:apply", request: "POST /filings", body: func(_ *world, _ person, at spot) any {
		return map[string]any{"kind": "change", "body": at.body.ID, "proposal": map[string]any{"name": "", "scopes": []any{}, "sites": []any{}}}
	}},
	{operation: "mendFiling", action: "filing:apply", request: "POST /filings/{f}/mend", body: object(map[string]any{"name": "", "scopes": []any{}, "sites": []any{}})},
	{operation: "listFilings", action: "body:read", request: "GET /filings?limit=500", listed: func(at spot) string { return at.filing.ID }},
	{operation: "getFiling", action: "body:read", request: "GET /filings/{f}"},
	{operation: "examineFiling", action: "filing:decide", request: "POST /filings/{f}/examination", body: object(map[string]any{"to": "examined"})},
	{operation: "reviewFiling", action: "filing:review", request: "POST /filings/{f}/review", body: object(map[string]any{"to": "granted"})},

	{operation: "proposeInspection", action: "inspection:plan", request: "POST /inspections", body: func(_ *world, _ person, at spot) any {
		return map[string]any{"region": at.region, "kind": "special", "title": "", "from": "2026-11-21", "to": "2026-12-31", "share": 10000, "checklist": []string{}}
	}},
	{operation: "listInspections", action: "body:read", own: "o", request: "GET /inspections?limit=500", listed: func(at spot) string { return at.plan.ID }},
	{operation: "getInspection", action: "body:read", own: "o", request: "GET /inspections/{i}"},
	{operation: "drawInspection", action: "inspection:draw", request: "POST /inspections/{i}/draw", body: object(map[string]any{})},
	{operation: "inspectionBoard", action: "body:read", own: "o", request: "GET /inspection-board?region=" + matrixCity},
	{operation: "listVisits", action: "body:read", request: "GET /visits?limit=500", listed: func(at spot) string { return at.visit.ID }},
	{operation: "getVisit", action: "body:read", request: "GET /visits/{v}"},
	{operation: "noteVisit", action: "inspection:visit", request: "PUT /visits/{v}/record", body: object(map[string]any{"on": "2026-11-20", "checks": []any{}})},
	{operation: "signVisit", action: "inspection:visit", request: "POST /visits/{v}/signature"},
	{operation: "followFinding", action: "finding:follow", request: "POST /visits/{v}/findings/none", body: object(map[string]any{"text": "x"})},
	{operation: "rateBody", action: "credit:grade", request: "POST /bodies/{b}/grades", body: object(map[string]any{"from": "2026-11-21", "to": "2026-11-20"})},
	{operation: "approveGrade", action: "credit:approve", request: "POST /grades/{g}/approval"},
	{operation: "appealGrade", action: "credit:appeal", request: "POST /grades/{g}/appeal", body: object(map[string]any{"text": "x"})},
	{operation: "upholdGrade", action: "credit:approve", request: "POST /grades/{g}/answer", body: object(map[string]any{"text": "x"})},

	{operation: "listRegister", action: "account:manage", request: "GET /bodies/{b}/register"},
	{operation: "tieAccount", action: "account:manage", request: "PUT /bodies/{b}/register/none/account", body: object(map[string]any{"account": ""})},

	{operation: "listCases", action: "case:read", request: "GET /cases?limit=500", listed: func(at spot) string { return at.violation.ID }},
	{operation: "getCase", action: "case:read", request: "GET /cases/{k}"},
	{operation: "reportCase", action: "case:report", request: "POST /cases", body: func(_ *world, _ person, at spot) any {
		return map[string]any{"party": map[string]string{"body": at.body.ID}, "title": "", "text": ""}
	}},
	{operation: "listReceived", action: "case:own", ofCandidate: "case:read", request: "GET /bodies/{b}/cases", listed: func(at spot) string { return at.violation.ID }},
	{operation: "getReceived", action: "case:own", ofCandidate: "case:read", request: "GET /bodies/{b}/cases/{k}"},
	{operation: "getMyCase", action: "case:own", candidates: true, request: "GET /my/cases/{m}"},
	{operation: "identifyParty", action: "case:handle", request: "POST /cases/{k}/party", body: object(map[string]any{"platform": "x"})},
	{operation: "addEvidence", action: "case:handle", request: "POST /cases/{k}/evidence", body: object(map[string]any{"text": "x"})},
	{operation: "establishCase", action: "case:handle", request: "POST /cases/{k}/establishment"},
	{operation: "dismissCase", action: "case:handle", request: "POST /cases/{k}/dismissal", body: object(map[string]any{"text": "x"})},
	{operation: "notifyParty", action: "case:handle", request: "POST /cases/{k}/notice", body: object(map[string]any{"facts": "x", "intended": []string{"interview"}})},
	{operation: "stateCase", action: "case:state", ofCandidate: "case:read", request: "POST /cases/{k}/statement", body: object(map[string]any{"text": "x"})},
	{operation: "summonParty", action: "case:handle", request: "POST /cases/{k}/summons", body: object(map[string]any{"at": "2027-01-01T09:00:00+08:00", "place": "x"})},
	{operation: "hearCase", action: "case:handle", request: "POST /cases/{k}/hearing", body: object(map[string]any{"text": "x"})},
	{operation: "proposeDecision", action: "case:decide", request: "POST /cases/{k}/proposal", body: object(map[string]any{"facts": "x", "measures": []any{}})},
	{operation: "returnDecision", action: "case:approve", request: "POST /cases/{k}/proposal/return", body: object(map[string]any{"text": "x"})},
	{operation: "approveDecision", action: "case:approve", request: "POST /cases/{k}/approval"},
	{operation: "appealCase", action: "case:appeal", ofCandidate: "case:read", request: "POST /cases/{k}/appeal", body: object(map[string]any{"text": "x"})},
	{operation: "proposeRuling", action: "case:decide", request: "POST /cases/{k}/ruling", body: object(map[string]any{"uphold": false, "reason": "x"})},
	{operation: "returnRuling", action: "case:approve", request: "POST /cases/{k}/ruling/return", body: object(map[string]any{"text": "x"})},
	{operation: "approveRuling", action: "case:approve", request: "POST /cases/{k}/ruling/approval"},
	{operation: "acceptRectification", action: "case:handle", request: "POST /cases/{k}/rectification", body: object(map[string]any{"text": "x"})},
	{operation: "applyRepair", action: "case:appeal", ofCandidate: "case:read", request: "POST /cases/{k}/repair", body: object(map[string]any{"text": "x"})},
	{operation: "listAccounts", action: "account:manage", request: "GET /accounts?limit=500", listed: func(at spot) string { return at.account.ID }},
	{operation: "getAccount", action: "account:manage", request: "GET /accounts/{a}"},
	{operation: "createAccount", action: "account:manage", request: "POST /accounts", body: func(_ *world, _ person, at spot) any {
		return map[string]any{"login": "x", "name": "x", "password": "short", "grants": []any{aGrant(at)}}
	}},
	{operation: "grantRole", action: "account:manage", request: "POST /accounts/{a}/grants", body: object(map[string]any{"role": "officer", "region": ""})},
	{operation: "revokeGrant", action: "account:manage", request: "DELETE /accounts/{a}/grants?key=none"},
	{operation: "disableAccount", action: "account:manage", request: "PUT /accounts/{a}/disabled", body: object(map[string]any{"disabled": false})},
	{operation: "explainAccess", action: "account:manage", request: "GET /accounts/{a}/why?action=none&region=410423"},
	{operation: "issueToken", action: "account:manage", request: "POST /accounts/{a}/tokens", body: object(map[string]any{"name": "x", "scopes": []string{"sitting:read"}, "until": "2026-12-01"})},
	{operation: "revokeToken", action: "account:manage", request: "DELETE /accounts/{a}/tokens/none"},
	{operation: "delegateGrant", action: "grant:delegate", own: "o", request: "POST /delegations", body: func(_ *world, who person, _ spot) any {
		original := "none"
		if len(who.actor.Grants) > 0 {
			original = who.actor.Grants[0].Key()
		}
		return map[string]any{"original": original, "to": "nobody"}
	}},

	{operation: "listJobs", action: "outbox:read", own: "p", request: "GET /jobs"},
	{operation: "retryJob", action: "outbox:retry", own: "p", request: "POST /jobs/none/retry"},

	{operation: "listRuleChanges", action: "rule:propose", or: []access.Action{"rule:approve", "audit:read"}, request: "GET /rule-changes?limit=500", listed: func(at spot) string { return at.change.ID }},
	{operation: "proposeRule", action: "rule:propose", request: "POST /rule-changes", body: func(_ *world, _ person, at spot) any {
		return map[string]any{"name": "none", "region": at.region, "from": "2027-01-01", "value": "1", "document": "x", "clause": "x", "quote": "x"}
	}},
	{operation: "approveRule", action: "rule:approve", request: "POST /rule-changes/{r}/approve"},
	{operation: "rejectRule", action: "rule:approve", request: "POST /rule-changes/{r}/reject", body: object(map[string]any{"reason": "x"})},
	{operation: "addCalendarYear", action: "calendar:add", own: "p", request: "POST /calendar", body: object(map[string]any{"year": 2030, "notice": "", "holidays": []any{}, "work": []string{}})},

	{operation: "listBodies", action: "body:read", request: "GET /bodies?limit=500", listed: func(at spot) string { return at.body.ID }},
	{operation: "getBody", action: "body:read", request: "GET /bodies/{b}"},

	{operation: "importItems", action: "item:import", request: "POST /bodies/{b}/items", form: map[string]string{"trade": "none", "level": "5"}, file: itemSheet},
	{operation: "listItems", action: "item:read", request: "GET /bodies/{b}/items"},
	{operation: "saveBlueprint", action: "blueprint:write", request: "POST /bodies/{b}/blueprints", body: object(map[string]any{
		"trade": "none", "level": 5, "name": "x", "pass_mark": "60", "minutes": 90, "lines": []any{map[string]any{"type": "single", "count": 1, "each": "1"}},
	})},
	{operation: "listBlueprints", action: "blueprint:write", request: "GET /bodies/{b}/blueprints"},
	{operation: "createPaper", action: "paper:create", request: "POST /blueprints/{p}/papers"},
	{operation: "listPapers", action: "paper:list", request: "GET /bodies/{b}/papers"},

	{operation: "createCentralPaper", action: "paper:set", request: "POST /central-papers", body: func(_ *world, _ person, at spot) any {
		draft := aPaperDraft()
		draft["region"] = at.region
		return draft
	}},
	{operation: "redraftCentralPaper", action: "paper:set", request: "PUT /central-papers/{q}", body: object(aPaperDraft())},
	{operation: "putPaperForm", action: "paper:set", request: "PUT /central-papers/{q}/forms/A", body: object(map[string]any{
		"questions": []any{map[string]any{"type": "single", "topic": "x", "stem": "x"}}, "each": map[string]string{}, "tasks": []any{map[string]string{"name": "x", "points": "1"}},
	})},
	{operation: "importPaperForm", action: "paper:set", request: "POST /central-papers/{q}/forms/A", form: map[string]string{"tasks": "[]"}, file: itemSheet},
	{operation: "submitCentralPaper", action: "paper:set", request: "POST /central-papers/{q}/submission"},
	{operation: "inspectPaperForm", action: "paper:inspect", request: "POST /central-papers/{q}/forms/A/opening"},
	{operation: "reviewCentralPaper", action: "paper:inspect", request: "POST /central-papers/{q}/review"},
	{operation: "returnCentralPaper", action: "paper:inspect", request: "POST /central-papers/{q}/return", body: object(map[string]any{"reason": "x"})},
	{operation: "listCentralPapers", action: "paper:brief", request: "GET /central-papers?limit=500", listed: func(at spot) string { return at.paper.ID }},
	{operation: "getCentralPaper", action: "paper:brief", request: "GET /central-papers/{q}"},
	{operation: "sealCentralPaper", action: "paper:seal", request: "POST /central-papers/{q}/seal"},
	{operation: "unsealCentralPaper", action: "paper:unseal", request: "POST /central-papers/{q}/unseal"},
	{operation: "previewReplacement", action: "paper:revoke", or: []access.Action{"paper:approve"}, request: "GET /central-papers/{q}/replacement/preview"},
	{operation: "proposeReplacement", action: "paper:revoke", request: "POST /central-papers/{q}/replacement", body: object(map[string]any{"reason": "x", "choice": "finish"})},
	{operation: "approveReplacement", action: "paper:approve", request: "POST /central-papers/{q}/replacement/approval"},
	{operation: "declineReplacement", action: "paper:approve", request: "POST /central-papers/{q}/replacement/refusal"},
	{operation: "auditCentralPaper", action: "audit:read", request: "GET /central-papers/{q}/audit"},
	{operation: "listOfferedPapers", action: "paper:list", request: "GET /sittings/{s}/central-papers"},

	{operation: "listSittings", action: "sitting:read", request: "GET /sittings?limit=500", listed: func(at spot) string { return at.sitting.ID }},
	{operation: "getSitting", action: "sitting:read", request: "GET /sittings/{s}"},
	{operation: "draftSitting", action: "sitting:draft", request: "POST /sittings", body: func(_ *world, _ person, at spot) any { return aSitting(at.body.ID) }},
	{operation: "redraftSitting", action: "sitting:draft", request: "PUT /sittings/{s}", body: object(aSitting(""))},
	{operation: "notifySitting", action: "sitting:notify", request: "POST /sittings/{s}/notice"},
	{operation: "acceptSitting", action: "sitting:accept", request: "POST /sittings/{s}/acceptance"},
	{operation: "returnSitting", action: "sitting:return", request: "POST /sittings/{s}/return", body: object(map[string]any{"reason": "x"})},
	{operation: "consentSitting", action: "sitting:consent", request: "POST /sittings/{s}/consent", body: object(map[string]any{"side": "own"})},
	{operation: "signSitting", action: "sitting:sign", request: "POST /sittings/{s}/signature", body: object(map[string]any{})},
	{operation: "opineSitting", action: "sitting:opine", request: "POST /sittings/{s}/opinion", body: object(map[string]any{"text": "x"})},
	{operation: "superviseSitting", action: "sitting:supervise", request: "POST /sittings/{s}/supervision", body: object(map[string]any{"text": "x"})},
	{operation: "listJoinable", action: "sitting:draft", request: "GET /bodies/{b}/joinable"},
	{operation: "listStaffable", action: "sitting:staff", request: "GET /sittings/{s}/staffable?role=examiner"},
	{operation: "staffSitting", action: "sitting:staff", request: "PUT /sittings/{s}/staffing", body: object(map[string]any{
		"paper": "x", "invigilators": map[string][]string{}, "examiners": []string{}, "tasks": []any{},
	})},

	{operation: "listEnrolments", action: "enrolment:read", request: "GET /sittings/{s}/enrolments"},
	{operation: "importEnrolment", action: "enrolment:import", request: "POST /sittings/{s}/enrolments", form: map[string]string{}, file: "姓名,证件号码\n陈示例,410499198001010017\n"},
	{operation: "addEnrolment", action: "enrolment:import", request: "POST /sittings/{s}/candidates", body: object(map[string]any{"name": "陈示例", "id_number": "x"})},
	{operation: "withdrawEnrolment", action: "enrolment:import", request: "DELETE /enrolments/{e}"},
	{operation: "listEligibility", action: "enrolment:read", request: "GET /sittings/{s}/eligibility"},
	{operation: "getEligibility", action: "enrolment:read", request: "GET /enrolments/{e}/eligibility"},
	{operation: "setEvidence", action: "evidence:import", request: "PUT /enrolments/{e}/evidence", body: object(map[string]any{"hours": 40})},
	{operation: "askOverride", action: "eligibility:override", request: "POST /enrolments/{e}/override", body: object(map[string]any{"reason": "x"})},
	{operation: "signOverride", action: "eligibility:approve", request: "POST /enrolments/{e}/override/signature", body: object(map[string]any{"sign": true})},
	{operation: "recuseExaminer", action: "sitting:staff", request: "POST /enrolments/{e}/recusals", body: func(_ *world, _ person, at spot) any {
		return map[string]string{"account": at.account.ID, "why": "kin"}
	}},
	{operation: "setPhoto", action: "enrolment:import", request: "PUT /enrolments/{e}/photo", body: func(*world, person, spot) any { return aPhoto }},

	{operation: "openRoom", action: "room:open", request: "POST /sittings/{s}/rooms/一/opening"},
	{operation: "roomBoard", action: "room:supervise", request: "GET /sittings/{s}/rooms/一"},
	{operation: "approveTakeover", action: "room:supervise", request: "POST /attempts/{e}/takeover"},
	{operation: "addTime", action: "room:supervise", request: "POST /attempts/{e}/time", body: object(map[string]any{"minutes": 5, "note": "x"})},
	{operation: "closeSitting", action: "room:supervise", request: "POST /sittings/{s}/closing", body: object(map[string]any{"record_absent": false})},
	{operation: "startAttempt", action: "attempt:take", own: "b", stranger: fault.Unauthenticated, request: "POST /attempts"},

	{operation: "listScoring", action: "practical:score", request: "GET /sittings/{s}/scoring"},
	{operation: "recordPracticalScore", action: "practical:score", request: "PUT /enrolments/{e}/practical", body: object(map[string]any{"absent": true})},
	{operation: "getCompletion", action: "completion:read", request: "GET /completion?sitting={s}"},
	{operation: "getCompletion", action: "completion:read", request: "GET /completion?body={b}"},
	{operation: "getMix", action: "certificate:board", own: "o", request: "GET /board?region=" + matrixCity},
	{operation: "listWaiting", action: "certificate:read", request: "GET /board/queue?state=excepted&limit=500&city=" + matrixCity, listed: func(at spot) string { return at.waiting.Enrolment }},
	{operation: "askRelease", action: "certificate:except", request: "POST /board/queue/{w}/release", body: object(map[string]any{"reason": "x"})},
	{operation: "approveRelease", action: "certificate:approve-except", request: "POST /board/queue/{w}/approval"},
	{operation: "getForecast", action: "sitting:read", request: "GET /sittings/{s}/forecast"},
	{operation: "listResults", action: "result:read", request: "GET /sittings/{s}/results"},
	{operation: "ownResult", action: "result:own", own: "b", stranger: fault.NotFound, request: "GET /result"},
	{operation: "publishResults", action: "result:publish", request: "POST /sittings/{s}/publication"},
	{operation: "confirmResults", action: "result:confirm", request: "POST /sittings/{s}/confirmation"},

	{operation: "listCertificates", action: "certificate:read", request: "GET /certificates?limit=500", listed: func(at spot) string { return at.certificate.Number }},
	{operation: "getCertificate", action: "certificate:read", ofCandidate: "certificate:own", request: "GET /certificates/{c}"},
	{operation: "downloadCertificate", action: "certificate:read", ofCandidate: "certificate:own", request: "GET /certificates/{c}/document"},
	{operation: "getWaiting", action: "certificate:read", ofCandidate: "certificate:own", request: "GET /enrolments/{e}/waiting"},
	{operation: "issueCertificate", action: "certificate:issue", request: "POST /enrolments/{e}/certificate"},
}
