package amend

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"kaoping/internal/audit"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

// memory is a Store of slices.
type memory struct {
	changes  []Change
	years    []CalendarYear
	editions []Edition
	entries  []audit.Entry
}

func (m *memory) RuleChange(_ context.Context, id string) (Change, error) {
	for _, c := range m.changes {
		if c.ID == id {
			return c, nil
		}
	}
	return Change{}, fault.New(fault.NotFound, "memory", "there is no such change of a rule")
}

func (m *memory) RuleChanges(context.Context) ([]Change, error) { return slices.Clone(m.changes), nil }

func (m *memory) PutRuleChange(_ context.Context, c *Change, e audit.Entry) error {
	c.Version++
	m.entries = append(m.entries, e)
	for i := range m.changes {
		if m.changes[i].ID == c.ID {
			m.changes[i] = *c
			return nil
		}
	}
	m.changes = append(m.changes, *c)
	return nil
}

func (m *memory) CalendarYears(context.Context) ([]CalendarYear, error) {
	return slices.Clone(m.years), nil
}

func (m *memory) PutCalendarYear(_ context.Context, y *CalendarYear, e audit.Entry) error {
	m.years, m.entries = append(m.years, *y), append(m.entries, e)
	return nil
}

func (m *memory) RuleEdition(_ context.Context, hash string) (Edition, error) {
	for _, e := range m.editions {
		if e.Hash == hash {
			return e, nil
		}
	}
	return Edition{}, fault.New(fault.NotFound, "memory", "no edition of the rules with this hash was used here")
}

func (m *memory) PutRuleEdition(_ context.Context, v *Edition, e audit.Entry) error {
	m.editions, m.entries = append(m.editions, *v), append(m.entries, e)
	return nil
}

// bureau is an instance on a shared store at a moment of its own.
type bureau struct {
	*Service
	t   *testing.T
	now time.Time
}

func instance(t *testing.T, store *memory) *bureau {
	t.Helper()
	book, err := rulebook.Open()
	if err != nil {
		t.Fatal(err)
	}
	b := &bureau{t: t, now: day("2026-11-21").Add(10 * time.Hour)}
	clock := func() time.Time { return b.now }
	policy, err := access.Open(book.Lineage, clock)
	if err != nil {
		t.Fatal(err)
	}
	b.Service = &Service{Store: store, Policy: policy, Book: book, Now: clock}
	if err := b.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	return b
}

func day(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, rulebook.Shanghai)
	if err != nil {
		panic(err)
	}
	return t
}

func person(id string, role access.Role, region string) access.Actor {
	return access.Actor{ID: id, Name: id, Grants: []access.Grant{{Role: role, Region: region}}}
}

var (
	officer  = person("officer", access.Officer, "410400")
	reviewer = person("reviewer", access.Reviewer, "410400")
	both     = access.Actor{ID: "both", Grants: []access.Grant{{Role: access.Officer, Region: "410400"}, {Role: access.Reviewer, Region: "410400"}}}
)

// five is a change of the notice in Pingdingshan to five working days.
func five() rulebook.Param {
	return rulebook.Param{Rule: "R02", Name: "notice_days", Region: "410400", From: "2026-12-01", Value: "5", Unit: rulebook.WorkingDay, Document: "示例文件", Clause: "一", Quote: "提前五个工作日"}
}

func (b *bureau) notice(region, on string) string {
	p, ok := b.Book.At(region, day(on), rulebook.SkillLevel, "notice_days")
	if !ok {
		return ""
	}
	return p.Value + " " + p.Unit
}

func wantCode(t *testing.T, what string, err error, code fault.Code) {
	t.Helper()
	if fault.CodeOf(err) != code {
		t.Errorf("%s: %v, want %s", what, err, code)
	}
}

func TestAnApprovedChangeHoldsFromItsDayOnEveryInstance(t *testing.T) {
	store := &memory{}
	one, two := instance(t, store), instance(t, store)
	before := one.Book.Hash()
	c, err := one.Propose(t.Context(), officer, five())
	if err != nil {
		t.Fatal(err)
	}
	if one.Book.Hash() != before || one.notice("410400", "2026-12-01") != "3 calendar_day" {
		t.Error("a proposal changes nothing")
	}
	if _, err := one.Approve(t.Context(), reviewer, c.ID); err != nil {
		t.Fatal(err)
	}
	if err := two.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, b := range []*bureau{one, two} {
		for _, c := range []struct{ region, on, want string }{
			{"410400", "2026-11-21", "3 calendar_day"}, // past and present decisions stay
			{"410400", "2026-11-30", "3 calendar_day"},
			{"410400", "2026-12-01", "5 working_day"},
			{"410423", "2026-12-01", "5 working_day"}, // its county inherits
			{"411200", "2026-12-01", "3 calendar_day"},
			{"410000", "2026-12-01", ""},
		} {
			if got := b.notice(c.region, c.on); got != c.want {
				t.Errorf("%s on %s: %s, want %s", c.region, c.on, got, c.want)
			}
		}
	}
	if one.Book.Hash() == before || one.Book.Hash() != two.Book.Hash() {
		t.Error("the hash covers approved changes, alike on all instances")
	}
	past, edition, err := one.Past(t.Context(), before)
	if err != nil || !edition.Since.Equal(one.now) {
		t.Fatal(edition.Since, err)
	}
	if p, _ := past.At("410400", day("2026-12-01"), rulebook.SkillLevel, "notice_days"); p.Value != "3" || past.Hash() != before {
		t.Errorf("the rules by the old hash: %+v", p)
	}
	if _, _, err := one.Past(t.Context(), "0"); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
	var what []string
	for _, e := range store.entries {
		what = append(what, e.Stream+" "+e.What)
		if e.Rules == "" {
			t.Errorf("%s carries no hash", e.What)
		}
	}
	want := []string{"rules/000000 rule:edition", "rules/410400 rule:propose", "rules/410400 rule:approve", "rules/000000 rule:edition"}
	if !slices.Equal(what, want) {
		t.Errorf("audited %q, want %q", what, want)
	}
}

func TestWhoMayNot(t *testing.T) {
	b := instance(t, &memory{})
	county := five()
	county.Region = "410423"
	_, err := b.Propose(t.Context(), person("county", access.Officer, "410423"), county)
	wantCode(t, "a county for itself", err, fault.Refused)
	_, err = b.Propose(t.Context(), person("county", access.Officer, "410423"), five())
	wantCode(t, "a county for its city", err, fault.Forbidden)
	_, err = b.Propose(t.Context(), officer, county)
	wantCode(t, "a city for its county", err, fault.Refused)
	_, err = b.Propose(t.Context(), person("neighbour", access.Officer, "411200"), five())
	wantCode(t, "a neighbour", err, fault.Forbidden)
	_, err = b.Propose(t.Context(), reviewer, five())
	wantCode(t, "a reviewer proposes", err, fault.Forbidden)
	nation := five()
	nation.Region = rulebook.Nation
	_, err = b.Propose(t.Context(), person("nation", access.Officer, rulebook.Nation), nation)
	wantCode(t, "the nation", err, fault.Refused)

	c, err := b.Propose(t.Context(), both, five())
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Approve(t.Context(), both, c.ID)
	wantCode(t, "the proposer approves", err, fault.Refused)
	_, err = b.Reject(t.Context(), both, c.ID, "不再需要")
	wantCode(t, "the proposer rejects", err, fault.Refused)
	_, err = b.Approve(t.Context(), officer, c.ID)
	wantCode(t, "an officer approves", err, fault.Forbidden)
	_, err = b.Approve(t.Context(), person("neighbour", access.Reviewer, "411200"), c.ID)
	wantCode(t, "a reviewer of another city approves", err, fault.Forbidden)
	_, err = b.Reject(t.Context(), reviewer, c.ID, " ")
	wantCode(t, "a rejection without a reason", err, fault.Invalid)
	if _, err := b.Reject(t.Context(), reviewer, c.ID, "条款引用有误"); err != nil {
		t.Fatal(err)
	}
	_, err = b.Approve(t.Context(), reviewer, c.ID)
	wantCode(t, "approving what was rejected", err, fault.Refused)
	if b.notice("410400", "2026-12-01") != "3 calendar_day" {
		t.Error("a rejected change holds")
	}
	if list, _ := b.Changes(t.Context(), person("stranger", access.Officer, "411200")); len(list) > 0 {
		t.Error("a neighbour sees proposals")
	}
	if list, _ := b.Changes(t.Context(), reviewer); len(list) != 1 || list[0].State != Rejected {
		t.Error(list)
	}
	if _, err := b.Approve(t.Context(), reviewer, "none"); fault.CodeOf(err) != fault.NotFound {
		t.Error(err)
	}
}

func TestAChangeBeginsOnALaterDay(t *testing.T) {
	b := instance(t, &memory{})
	today, tomorrow := five(), five()
	today.From, tomorrow.From = "2026-11-21", "2026-11-22"
	_, err := b.Propose(t.Context(), officer, today)
	wantCode(t, "today", err, fault.Invalid)
	c, err := b.Propose(t.Context(), officer, tomorrow)
	if err != nil {
		t.Fatal(err)
	}
	b.now = day("2026-11-22").Add(-settling)
	_, err = b.Approve(t.Context(), reviewer, c.ID)
	wantCode(t, "so late in the evening that another instance might not know by midnight", err, fault.Refused)
	b.now = b.now.Add(-time.Second)
	if _, err := b.Approve(t.Context(), reviewer, c.ID); err != nil {
		t.Errorf("a second before: %v", err)
	}
	again := five()
	again.From = tomorrow.From
	second, err := b.Propose(t.Context(), officer, again)
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.Approve(t.Context(), reviewer, second.ID)
	wantCode(t, "a second change for the same day", err, fault.Refused)
}

func TestARegionCanEndWhatItSetItself(t *testing.T) {
	b := instance(t, &memory{})
	end := five()
	end.Name, end.Rule, end.Value, end.Unit = "satisfaction_effect", "R13", rulebook.None, ""
	c, err := b.Propose(t.Context(), officer, end)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Approve(t.Context(), reviewer, c.ID); err != nil {
		t.Fatal(err)
	}
	for on, want := range map[string]string{"2026-11-30": "stop_classes", "2026-12-01": "pause_examination"} {
		if p, _ := b.Book.At("410423", day(on), rulebook.Completion, "satisfaction_effect"); p.Value != want {
			t.Errorf("%s: %s, want %s", on, p.Value, want)
		}
	}
	inherited := five()
	inherited.Name, inherited.Rule, inherited.Value, inherited.Unit = "problems_bar_since", "R34", rulebook.None, ""
	_, err = b.Propose(t.Context(), officer, inherited)
	wantCode(t, "ending what the province set", err, fault.Invalid)
}

func TestWhatIsWrongInAProposalIsNamedByField(t *testing.T) {
	b := instance(t, &memory{})
	for column, spoil := range map[string]func(*rulebook.Param){
		"name":     func(p *rulebook.Param) { p.Name = "notice_day" },
		"rule":     func(p *rulebook.Param) { p.Rule = "R03" },
		"value":    func(p *rulebook.Param) { p.Value = "five" },
		"unit":     func(p *rulebook.Param) { p.Unit = "year" },
		"tracks":   func(p *rulebook.Param) { p.Tracks = []rulebook.Track{"none"} },
		"from":     func(p *rulebook.Param) { p.From = "" },
		"until":    func(p *rulebook.Param) { p.Until = "2026-11-30" },
		"document": func(p *rulebook.Param) { p.Document = " " },
		"clause":   func(p *rulebook.Param) { p.Clause = "" },
		"quote":    func(p *rulebook.Param) { p.Quote = "" },
		"region":   func(p *rulebook.Param) { p.Region = "999999" },
	} {
		p := five()
		spoil(&p)
		_, err := b.Propose(t.Context(), officer, p)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || len(f.Issues) != 1 || f.Issues[0].Column != column {
			t.Errorf("%s: %v", column, err)
		}
	}
}

func TestAnAdministratorAddsAYear(t *testing.T) {
	store := &memory{}
	b, other := instance(t, store), instance(t, store)
	admin := person("admin", access.Administrator, "410000")
	y := rulebook.Year{Year: 2031, Notice: "测试通知", Published: "2030-11-01",
		Holidays: ParseHolidays("元旦 2031-01-01\n劳动节 2031-05-01 2031-05-01\n\n国庆节\t2031-10-01 2031-10-07\r\n"), Work: ParseDays("2031-09-28，2031-10-11")}
	_, err := b.AddYear(t.Context(), officer, y)
	wantCode(t, "an officer", err, fault.Forbidden)
	_, err = b.AddYear(t.Context(), person("city", access.Administrator, "410400"), y)
	wantCode(t, "an administrator of a city", err, fault.Forbidden)
	spoilt := y
	spoilt.Holidays = ParseHolidays("国庆节 十月一日 到 七日")
	_, err = b.AddYear(t.Context(), admin, spoilt)
	wantCode(t, "a line that is none", err, fault.Invalid)
	before := b.Book.Hash()
	if _, err := b.AddYear(t.Context(), admin, y); err != nil {
		t.Fatal(err)
	}
	if err := other.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if b.Book.Hash() == before || other.Book.Hash() != b.Book.Hash() {
		t.Error("the hash covers added years")
	}
	if got := other.Book.AddDays(day("2031-09-30"), 1, rulebook.WorkingDay); !got.Day.Equal(day("2031-10-08")) || len(got.Unknown) > 0 {
		t.Errorf("%v", got)
	}
	if working, known := other.Book.Working(day("2031-10-01"), b.now); known || !working {
		t.Error("what was asked on the day of adding is answered as before")
	}
}

func FuzzParseCalendar(f *testing.F) {
	f.Add("元旦 2031-01-01 2031-01-03\n国庆节 2031-10-01", "2031-10-11, 2031-09-28")
	f.Add("\n\n \t x", "、；")
	f.Fuzz(func(t *testing.T, holidays, work string) {
		y := rulebook.Year{Year: 2031, Notice: "n", Holidays: ParseHolidays(holidays), Work: ParseDays(work)}
		y.Check()
	})
}
