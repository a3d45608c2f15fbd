package web

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// operations are the stable ids of the API: programs are generated from them,
// so that one may be added and none renamed.
var operations = []string{
	"acceptRectification", "acceptSitting", "addCalendarYear", "addEnrolment", "addEvidence", "addTime", "appealCase", "appealGrade",
	"applyFiling", "applyRepair", "approveDecision", "approveGrade", "approveRelease", "approveReplacement", "approveRule", "approveRuling",
	"approveTakeover", "askOverride", "askRelease", "attemptClock", "attemptEvents", "auditCentralPaper", "closeSitting", "complain",
	"confirmResults", "consentSitting", "consultResult", "countDays", "createAccount", "createCentralPaper", "createPaper",
	"declineReplacement", "delegateGrant", "disableAccount", "dismissCase", "downloadCertificate", "draftSitting", "drawInspection",
	"enterRoom", "establishCase", "examineFiling", "explainAccess", "followFinding", "getAccount", "getBody", "getCase", "getCentralPaper",
	"getCertificate", "getComplaint", "getCompletion", "getEligibility", "getFiling", "getForecast", "getGrade", "getInspection",
	"getItemTemplate", "getMix", "getMyCase", "getReceived", "getRule", "getSitting", "getVisit", "getWaiting", "grantRole", "hearCase", "identifyParty",
	"importEnrolment", "importItems", "importPaperForm", "inspectPaperForm", "inspectionBoard", "issueCertificate", "issueToken",
	"listAccounts", "listBlueprints", "listBodies", "listCalendarYears", "listCases", "listCentralPapers", "listCertificates",
	"listDirectory", "listEligibility", "listEnrolments", "listExits", "listFilings", "listInspections", "listItems", "listJobs",
	"listJoinable", "listMyCases", "listOfferedPapers", "listOverrides", "listPapers", "listReceived", "listRegions", "listRegister",
	"listReported", "listResults", "listRoles", "listRuleChanges", "listRules", "listScoring", "listSittings", "listStaffable", "listTrades",
	"listVisits", "listWaiting", "login", "logout", "me", "mendFiling", "noteVisit", "notifyParty", "notifySitting", "openRoom",
	"opineSitting", "ownResult", "previewReplacement", "proposeDecision", "proposeInspection", "proposeReplacement", "proposeRule",
	"proposeRuling", "publishResults", "putPaperForm", "rateBody", "recordPracticalScore", "recuseExaminer", "redraftCentralPaper",
	"redraftSitting", "rejectRule", "reportCase", "retryJob", "returnCentralPaper", "returnDecision", "returnRuling", "returnSitting",
	"reviewCentralPaper", "reviewFiling", "revokeGrant", "revokeToken", "roomBoard", "saveAnswer", "saveBlueprint", "sealCentralPaper",
	"setEvidence", "setPhoto", "signOverride", "signSitting", "signVisit", "staffSitting", "startAttempt", "stateCase", "submitAttempt",
	"submitCentralPaper", "summonParty", "superviseSitting", "tieAccount", "unsealCentralPaper", "upholdGrade", "verifyCertificate",
	"withdrawEnrolment",
}

type apiDocument struct {
	OpenAPI string
	Info    struct{ Title, Version, Description string }
	Servers []struct{ URL string }
	Tags    []struct{ Name string }
	Paths   map[string]map[string]struct {
		OperationID string `json:"operationId"`
		Summary     string
		Description string
		Tags        []string
		Security    []map[string][]string
		Parameters  []struct{ Name, In string }
		RequestBody *struct{ Content map[string]any }
		Responses   map[string]struct {
			Description string
			Content     map[string]struct{ Schema map[string]any }
		}
	}
	Components struct {
		Schemas         map[string]any
		SecuritySchemes map[string]struct{ Type, In, Name string }
	}
}

func documentOf(t *testing.T) (apiDocument, any) {
	t.Helper()
	w := ask(t, bare(t), "GET", apiPrefix+"/openapi.json", "")
	var d apiDocument
	var tree any
	if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || w.Code != 200 {
		t.Fatalf("%d %v", w.Code, err)
	}
	if err := json.Unmarshal(w.Body.Bytes(), &tree); err != nil {
		t.Fatal(err)
	}
	return d, tree
}

func TestTheDocumentHoldsEveryOperation(t *testing.T) {
	d, _ := documentOf(t)
	if d.OpenAPI != "3.1.0" || d.Info.Title != "kaoping" || d.Info.Version != apiVersion || d.Info.Description == "" || d.Servers[0].URL != "/" {
		t.Errorf("%+v %v", d.Info, d.Servers)
	}
	if scheme := d.Components.SecuritySchemes[sessionScheme]; scheme.In != "cookie" || scheme.Name != sessionCookie {
		t.Errorf("%+v", scheme)
	}
	known := map[string]bool{}
	for _, tag := range d.Tags {
		known[tag.Name] = true
	}
	var found []string
	for path, methods := range d.Paths {
		for method, op := range methods {
			found = append(found, op.OperationID)
			if op.Summary == "" || op.Description == "" || len(op.Tags) != 1 || !known[op.Tags[0]] {
				t.Errorf("%s: summary, description or tag: %+v", op.OperationID, op.Tags)
			}
			if !strings.HasPrefix(path, apiPrefix+"/") {
				t.Errorf("%s is at %s", op.OperationID, path)
			}
			var problems int
			for status, response := range op.Responses {
				if response.Description == "" {
					t.Errorf("%s: %s is not described", op.OperationID, status)
				}
				if status >= "400" {
					problems++
					if response.Content[problemType].Schema["$ref"] != "#/components/schemas/Problem" {
						t.Errorf("%s: %s is no problem: %+v", op.OperationID, status, response.Content)
					}
				}
			}
			if _, ok := op.Responses["503"]; !ok || problems < 2 {
				t.Errorf("%s: lists %d problems", op.OperationID, problems)
			}
			if _, refused := op.Responses["403"]; refused != (len(op.Security) > 0) {
				t.Errorf("%s: session %v and 403 %v", op.OperationID, op.Security, refused)
			}
			if (method == "get" || method == "delete") && op.RequestBody != nil {
				t.Errorf("%s: a %s with a body", op.OperationID, method)
			}
			for _, name := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(path, -1) {
				if !slices.ContainsFunc(op.Parameters, func(p struct{ Name, In string }) bool { return p.In == "path" && p.Name == name[1] }) {
					t.Errorf("%s: %s is not documented", op.OperationID, name[0])
				}
			}
		}
	}
	slices.Sort(found)
	if !slices.Equal(found, operations) {
		t.Errorf("operations\n got %q\nwant %q", found, operations)
	}
}

func TestEveryReferenceOfTheDocumentResolves(t *testing.T) {
	d, tree := documentOf(t)
	used := map[string]bool{}
	var walk func(any)
	walk = func(node any) {
		switch node := node.(type) {
		case map[string]any:
			if ref, ok := node["$ref"].(string); ok {
				name := strings.TrimPrefix(ref, "#/components/schemas/")
				used[name] = true
				if _, ok := d.Components.Schemas[name]; !ok {
					t.Errorf("%s leads nowhere", ref)
				}
			}
			for child := range maps.Values(node) {
				walk(child)
			}
		case []any:
			for _, child := range node {
				walk(child)
			}
		}
	}
	walk(tree)
	for name := range d.Components.Schemas {
		if !used[name] {
			t.Errorf("schema %s is used nowhere", name)
		}
		if strings.Contains(name, "JSON") {
			t.Errorf("schema %s has a Go name", name)
		}
	}
}

func TestWhatCandidatesGetHasNoPlaceForKeys(t *testing.T) {
	d, _ := documentOf(t)
	for _, name := range []string{"Started", "Section", "Question", "Option"} {
		schema, ok := d.Components.Schemas[name].(map[string]any)
		if !ok {
			t.Fatalf("there is no schema %s", name)
		}
		for _, secret := range []string{"key", "accept", "explanation", "seed", "paper", "item"} {
			if _, ok := schema["properties"].(map[string]any)[secret]; ok {
				t.Errorf("%s has %s", name, secret)
			}
		}
	}
}
