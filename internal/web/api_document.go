package web

import "github.com/danielgtaylor/huma/v2"

// apiDescription heads the OpenAPI document.
const apiDescription = `The JSON API of kaoping (考评): vocational skills evaluations from notice to certificate.

**Sessions.** login, enterRoom and consultResult set a session cookie; operations marked with it need one. A program sends the token of its account instead (Authorization: Bearer), which lets it do what the token names. Saves, hand-in, clock and events of an attempt carry its lease instead.

**Refusals** are problems (RFC 9457): code says what kind, for programs; title and detail say it for people, in the language of the request (Accept-Language, or the cookie lang: zh or en); rule cites the regulation that refuses, by its id in the rule catalogue; issues names each place of the input. What is not as described here is code invalid.

**Times** are RFC 3339 with the offset of Asia/Shanghai, whose day is the legal day. **Points** are decimal strings: "1.5". **Levels** are 5 初级工, 4 中级工, 3 高级工, 2 技师, 1 高级技师, 0 特级技师, -1 首席技师, 6 学徒工 (R53).

**Lists** are pages: give next of one page as cursor of the following one.`

var apiTags = []*huma.Tag{
	{Name: "session", Description: "Logging in and out"},
	{Name: "accounts", Description: "Accounts, grants, tokens of programs (账号与授权)"},
	{Name: "reference", Description: "Trades, regions, evaluation bodies"},
	{Name: "rules", Description: "Rules in force, their changes, the working-day calendar (规则)"},
	{Name: "bank", Description: "Items, blueprints, papers (题库)"},
	{Name: "central papers", Description: "Papers that a bureau sets, seals and releases (人社统一命题, R05, R20)"},
	{Name: "sittings", Description: "Drafts, notice, acceptance, staffing (场次)"},
	{Name: "enrolments", Description: "The candidates of a sitting (报名)"},
	{Name: "rooms", Description: "The invigilator's work (监考)"},
	{Name: "exam room", Description: "The candidate's theory examination (考场)"},
	{Name: "results", Description: "Practical scores, publicity, confirmation (成绩)"},
	{Name: "filings", Description: "Applications decided by two people, the public directory (备案)"},
	{Name: "inspections", Description: "Plans, draws, visits, findings, credit grades (监督检查)"},
	{Name: "cases", Description: "Violations: report, evidence, notice, hearing, decision by two people, appeal, repair (违规案件)"},
	{Name: "certificates", Description: "Issue and verification (证书)"},
	{Name: "statistics", Description: "Counts of a region and of a body (统计)"},
	{Name: "jobs", Description: "Background work (后台任务)"},
}
