package storetest

import (
	"fmt"
	"time"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// The values have every field set, to something that no other field has, so
// that a field which an engine loses or swaps is seen.

func points(p bank.Points) *bank.Points { return &p }

func sitting(n int) exam.Sitting {
	return exam.Sitting{
		ID: id(n), Body: "body-1", BodyName: "示例职业培训学校", Region: "410400", Site: "site-1", SiteName: "第一考点",
		Trade: "6-31-01-03", Level: rulebook.SeniorWorker, Track: rulebook.SkillLevel, Title: fmt.Sprintf("电工三级第%d场", n), Serial: 7,
		StartsAt: at.Add(48 * time.Hour), Minutes: 90, State: exam.Staffed,
		DraftedBy: "account-1", NotifiedAt: at.Add(time.Minute), DecidedBy: "account-2", DecidedAt: at.Add(2 * time.Minute), Reason: "机位不足 <更正>",
		Paper: "paper-1",
		Rooms: []exam.Room{
			{Name: "一号机房", Seats: 30, Invigilators: []string{"account-3", "account-4"}, Code: "381206", OpenedAt: at.Add(3 * time.Minute)},
			{Name: "二号机房", Seats: 15, Invigilators: []string{"account-5", "account-6"}, Code: "", OpenedAt: time.Time{}},
		},
		Examiners:  []string{"account-7", "account-8", "account-9"},
		Tasks:      []exam.Task{{Name: "接线", Points: 60_00}, {Name: "安全操作", Points: 40_00}},
		Publicised: at.Add(4 * time.Minute), Confirmed: at.Add(5 * time.Minute), ConfirmedBy: "account-10",
	}
}

func enrolment(n int) exam.Enrolment {
	scores := []exam.PracticalScore{
		{Examiner: "account-7", Items: []bank.Points{55_50, 38_00}, Total: 93_50, At: at.Add(time.Hour)},
		{Examiner: "account-8", Items: []bank.Points{}, Absent: true, At: at.Add(2 * time.Hour)},
	}
	return exam.Enrolment{
		ID: id(n), Sitting: "sitting-1", Body: "body-1", Region: "410400",
		Ticket: fmt.Sprintf("41040026007%04d", n), Name: fmt.Sprintf("陈示例%d", n), IDSealed: "sealed", IDHash: fmt.Sprintf("hash-%d", n), IDMasked: "4104**********0018",
		Photo: "photos/1", Room: "一号机房", Seat: 12,
		Theory:    points(81_25),
		Practical: exam.Practical{Round: 2, Scores: scores, Before: scores[:1], Mean: points(88_75)},
		Outcome:   exam.Passed,
		Voids:     []exam.Voidance{{Case: "case-1", Part: cases.Theory, At: at}},
	}
}

func attempt(n int) exam.Attempt {
	return exam.Attempt{
		ID: id(n), Sitting: "sitting-1", Room: "一号机房", Paper: "paper-1", Seed: 1<<63 + 12345,
		Lease: fmt.Sprintf("lease-%d", n), Session: "session-1", Takeover: "session-2", StartedAt: at, Deadline: at.Add(90 * time.Minute), State: exam.Open,
		SubmittedAt: at.Add(80 * time.Minute), SubmittedBy: exam.ByCandidate, SettleAt: at.Add(2 * time.Hour),
		Score: 81_25, Answered: 99, Late: 3, Digest: "digest",
	}
}

func certificate(n int) certify.Certificate {
	return certify.Certificate{
		Number: fmt.Sprintf("S0000410400022630%05d", n), Enrolment: id(n), Sitting: "sitting-1", Body: "body-1", BodyName: "示例职业培训学校", Region: "410400",
		Track: rulebook.SkillLevel, Trade: "6-31-01-03", TradeName: "电工", Level: rulebook.SeniorWorker,
		Name: fmt.Sprintf("陈示例%d", n), IDSealed: "sealed", IDMasked: "4104**********0018",
		IssuedOn: at, State: certify.Issued, Document: "certificates/1.pdf", SHA256: "sha",
	}
}

func body(n int) standing.Body {
	return standing.Body{
		ID: id(n), Name: fmt.Sprintf("示例机构%d", n), Kind: standing.Social, Code: "0412", Region: "410400", State: standing.Listed,
		Scopes:    []standing.Scope{{Trade: "6-31-01-03", Levels: []rulebook.Level{rulebook.SeniorWorker, rulebook.ChiefTechnician}}},
		Sites:     []standing.Site{{ID: "site-1", Serial: "000123", Name: "第一考点", Address: "示例路1号", Rooms: []standing.Room{{Name: "一号机房", Seats: 30}}}},
		ValidFrom: at, RectifyBy: at.Add(50 * time.Hour), ValidUntil: at.AddDate(3, 0, 0),
	}
}

func application(n int) standing.Application {
	p := body(n)
	p.Number, p.Filing = "S4104000001", "application"
	p.Staff = []standing.Staff{{ID: "staff-1", Name: "考评员示例", IDHash: "hash", IDMasked: "4104**********0018", Account: "account-1",
		Proofs: []standing.Proof{{Number: "KP-1", Trade: "6-31-01-03", Senior: true, Until: at}}}}
	return standing.Application{
		ID: id(n), Kind: standing.ToChange, Body: "body-1", Region: "410400", Proposal: p, State: standing.Examined, By: "account-1", At: at, Mended: at.AddDate(0, 0, 1),
		Papers:   []standing.Paper{{Name: "申请表.pdf", Key: "filing/1", SHA256: "abc", Size: 7, ContentType: "application/pdf"}},
		Opinions: []standing.Opinion{{By: "account-2", Name: "经办示例", At: at, To: standing.Examined, Reason: "材料齐全"}},
	}
}

func bar(n int) standing.Bar {
	return standing.Bar{
		ID: id(n), Party: standing.BodyParty(id(n)), Kind: standing.Blacklisted, Acts: []standing.Act{standing.ToNotify}, Name: "示例机构", Region: "410400",
		From: at, Until: at.AddDate(2, 0, 0), Rule: fault.Rule{ID: "R33", Document: "示例", Clause: "一", Quote: "动态退出"}, Case: "case-1", Reason: "示例", Public: true,
		Running: standing.VoidRunning, Revoke: []string{"S000041000000126500001"},
	}
}

func account(n int) access.Account {
	return access.Account{
		ID: id(n), Login: fmt.Sprintf("login%d", n), Name: "张示例", Password: "$argon2id$…",
		Grants: []access.Grant{
			{Role: access.Officer, Region: "410400"}, {Role: access.Examiner, Body: "body-1"},
			{Role: access.Reviewer, Region: "410400", Trades: []string{"6-31-01-03"}, From: at, Until: at.AddDate(0, 0, 7), DelegatedBy: "account-2"},
		},
		Disabled: true, Program: true,
		Tokens: []access.Token{{ID: "token-1", Hash: "ab", Name: "夜间同步", Scopes: []access.Action{"sitting:read"}, Made: at, MadeBy: "account-2", Until: at.AddDate(0, 1, 0), Revoked: at.Add(time.Hour)}},
	}
}

func item(n int) bank.Item {
	return bank.Item{
		ID: id(n), Version: 1, Owner: "body-1", Trade: "6-31-01-03", Level: rulebook.SeniorWorker, Type: bank.Multiple, Topic: "安全用电",
		Stem: fmt.Sprintf("第%d题：下列 <正确> 的有____", n), Options: []string{"甲", "乙", "丙"}, Key: []int{0, 2},
		Accept: [][]string{{"接地", "接地线"}, {"零线"}}, Explanation: "见教材", Source: "题库.xlsx", Import: id(1000),
	}
}

func blueprint(n int) bank.Blueprint {
	return bank.Blueprint{
		ID: id(n), Owner: "body-1", Trade: "6-31-01-03", Level: rulebook.SeniorWorker, Name: "三级理论",
		Lines:    []bank.BlueprintLine{{Type: bank.Single, Topic: "安全用电", Count: 40, Each: 1_50}, {Type: bank.TrueFalse, Count: 40, Each: 1_00}},
		PassMark: 60_00, Minutes: 90, Partial: true,
	}
}

func paper(n int) bank.Paper {
	return bank.Paper{
		ID: id(n), Owner: "body-1", Trade: "6-31-01-03", Level: rulebook.SeniorWorker, Name: "三级理论A卷", BlueprintID: "blueprint-1",
		Seed: 1<<64 - 1, PassMark: 60_00, Minutes: 90, Partial: true,
		Questions: []bank.Question{{
			ID: "q001", ItemID: "item-1", ItemVersion: 2, Type: bank.Multiple, Topic: "安全用电", Stem: "题干", Options: []string{"甲", "乙"},
			Key: []int{0, 1}, Accept: [][]string{{"接地"}}, Points: 1_50, Explanation: "见教材",
		}},
		CreatedBy: "account-1", CreatedAt: at,
	}
}
