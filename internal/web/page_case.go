package web

import (
	"mime"
	"net/http"
	"slices"

	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// casePage is everything that the bureau's page of a case shows. What the actor
// may not do is left empty.
type casePage struct {
	cases.Case
	Region  string
	Overdue bool
	Where   string // title of the sitting
	Of      string // title of the case that a repair is about
	May     caseMay
	Next    string // what comes next, as a sentence
	Outlook cases.Outlook
	Ladder  []measureChoice
	Upto    []measureChoice // of these, what the notice announced and what is lighter
	Subsidy *measureChoice  // the bar that can be added to a measure
	Effects []string        // what the proposal will do
	Bodies  []choice        // that an unidentified party can be
	Beside  beside
	Revoke  string // certificate numbers as typed
}

// caseMay says which forms the page shows.
type caseMay struct {
	Identify, Evidence, Establish, Dismiss, Notify, State, Summon, Hear     bool
	Propose, Decide, Appeal, Ruling, DecideRuling, Rectified, Repair, Audit bool
}

// measureChoice is one measure in a form, with its rule.
type measureChoice struct {
	cases.Measure
	Label string
	On    bool
}

// showCase shows a case to its bureau; its party is led to its own view.
func (s *Server) showCase(r *request) error {
	ctx := r.Request.Context()
	c, err := s.Cases.Case(ctx, r.actor, r.Param("id"))
	if fault.Is(err, fault.Forbidden) && c.ID != "" && s.Cases.MayOwn(ctx, r.actor, "case:own", c) {
		r.Redirect(http.StatusSeeOther, ownBase(r.actor)+"/"+c.ID)
		return nil
	}
	if err != nil {
		return err
	}
	page := casePage{Case: c, Region: s.Book.FullName(c.Region), Overdue: c.Overdue(s.Now()), May: s.caseMay(r, c), Next: r.next(c), Beside: r.beside(), Revoke: r.PostForm("revoke")}
	if page.Outlook, err = s.Cases.Outlook(ctx, r.actor, c); err != nil {
		return err
	}
	if c.Sitting != "" {
		if sitting, err := s.Exam.Sitting(ctx, access.System(), c.Sitting); err == nil {
			page.Where = sitting.Title
		}
	}
	if c.Target != "" {
		if of, err := s.Cases.Case(ctx, r.actor, c.Target); err == nil {
			page.Of = of.Title
		}
	}
	if page.May.Identify {
		if page.Bodies, err = s.bodyChoices(r, r.PostForm("body")); err != nil {
			return err
		}
	}
	s.chooseMeasures(r, &page)
	page.Effects = r.effects(page)
	return r.render(deskFrame, "case", c.Title, page)
}

func (s *Server) caseMay(r *request, c cases.Case) caseMay {
	may := func(action access.Action, op cases.Op) bool { return c.May(op) && r.may(action, c.Scope()) }
	handle := func(op cases.Op) bool { return may("case:handle", op) }
	proposed := c.Decision != nil && c.Decision.ApprovedAt.IsZero()
	ruling := c.Appeal != nil && c.Appeal.Ruling != nil
	m := caseMay{
		Identify: handle(cases.OpIdentify) && c.Kind == cases.Violation, Evidence: handle(cases.OpEvidence), Establish: handle(cases.OpEstablish) && c.Party.Key != "" && len(c.Evidence) > 0,
		Dismiss: handle(cases.OpDismiss), Notify: handle(cases.OpNotify) && !proposed, State: may("case:state", cases.OpState), Summon: handle(cases.OpSummon) && c.Hearing.IsZero(),
		Hear: handle(cases.OpHear), Propose: may("case:decide", cases.OpPropose) && !proposed, Decide: proposed && may("case:approve", cases.OpApprove),
		Appeal: may("case:appeal", cases.OpAppeal), Ruling: !ruling && may("case:decide", cases.OpRuling), DecideRuling: ruling && may("case:approve", cases.OpRule),
		Audit: r.may("audit:read", c.Scope()),
	}
	if c.Appeal != nil && c.DecidedBy(r.actor) {
		m.Ruling, m.DecideRuling = false, false
	}
	if _, ordered := c.Ordered(cases.Rectify); ordered && c.Rectified.IsZero() {
		m.Rectified = handle(cases.OpRectified)
	}
	m.Repair = c.State == cases.Final && r.may("case:appeal", c.Scope()) && s.Cases.Repairable(r.Request.Context(), c)
	return m
}

// next says what comes next in a case, and by whom.
func (r *request) next(c cases.Case) string {
	switch {
	case c.Deciding():
		return r.T("The decision is being carried out; it holds in a moment.")
	case c.Waits == cases.ForReviewer:
		return r.T("Another person signs or returns what is proposed.")
	}
	switch c.State {
	case cases.Reported:
		return r.T("The evidence is gathered; then the report is taken up or not.")
	case cases.Evidenced:
		if c.Kind == cases.Repair {
			return r.T("The standing officer proposes whether the bars end.")
		}
		return r.T("The party is told what was found and what is intended.")
	case cases.Notified:
		return r.T("The party may state its side; then the hearing is closed.")
	case cases.Heard:
		return r.T("The standing officer proposes the decision.")
	case cases.Decided:
		return r.T("The decision holds. The party may appeal until %s.", c.Due)
	case cases.Appealed:
		return r.T("Two others than those who decided decide about the appeal.")
	}
	return r.T("The case is at its end.")
}

// chooseMeasures offers the measures that the region's rules have for the party.
func (s *Server) chooseMeasures(r *request, page *casePage) {
	typed := r.Request.PostForm["measure"]
	for _, m := range page.Outlook.Ladder {
		c := measureChoice{m, r.T("measure " + string(m.Kind)), slices.Contains(typed, string(m.Kind))}
		if r.fault == nil {
			c.On = slices.Contains(page.Intended, m.Kind)
		}
		if m.Kind == cases.NoSubsidy {
			page.Subsidy = &c
			continue
		}
		page.Ladder = append(page.Ladder, c)
		if slices.Contains(page.Intended, m.Kind) {
			page.Upto = page.Ladder
		}
	}
}

// effects says what the proposed measures will do, each effect in a sentence.
func (r *request) effects(page casePage) []string {
	d := page.Decision
	if d == nil || !d.At.IsZero() {
		return nil
	}
	var list []string
	if page.Kind == cases.Repair && d.Lift {
		list = append(list, r.T("%d bars end at once, and what was held goes on.", len(page.Outlook.Bars)))
	}
	for _, m := range d.Measures {
		list = append(list, r.effectsOf(page, m)...)
	}
	if d.Public && len(d.Measures) > 0 {
		list = append(list, r.T("The public list of exits names %s.", page.Name))
	}
	if len(list) == 0 {
		list = append(list, r.T("The case ends and nothing else changes."))
	}
	return list
}

func (r *request) effectsOf(page casePage, m cases.Measure) []string {
	var list []string
	add := func(format string, args ...any) { list = append(list, r.T(format, args...)) }
	touched := page.Outlook.Touched
	if state := m.Kind.State(); state != "" && state != page.Outlook.State {
		add("The body goes from %s to %s.", r.T("state "+string(page.Outlook.State)), r.T("state "+string(state)))
	}
	if acts, bars := m.Kind.Acts(); bars {
		add("From that instant it is refused everywhere: %s.", join(r.language, r.actWords(acts)))
		if m.Until.IsZero() {
			add("It ends only by another decision.")
		} else {
			add("It ends on %s.", m.Until)
		}
	}
	if m.Kind.Exits() {
		add("%d sittings to come are cancelled, their candidates told and moved where another body can take them.", touched.Coming)
		if m.Running == standing.VoidRunning {
			add("%d running sittings end at once and nothing in them counts.", touched.Running)
		} else {
			add("%d running sittings go on to their end under supervision.", touched.Running)
		}
		add("The results of %d sittings that are not confirmed are held, and certificates that are not issued.", touched.Held)
		if len(m.Revoke) > 0 {
			add("%d certificates are revoked: %s.", len(m.Revoke), join(r.language, m.Revoke))
		}
	}
	if m.Kind.Voids() {
		add("The record in this sitting is void as the measure says; a certificate issued on it is revoked.")
	}
	return list
}

// join lists words in the language's own way.
func join(l language, words []string) string {
	mark := ", "
	if l.Code == "zh" {
		mark = "、"
	}
	text := ""
	for i, w := range words {
		if i > 0 {
			text += mark
		}
		text += w
	}
	return text
}

// bodyChoices lists the bodies that the actor may read.
func (s *Server) bodyChoices(r *request, chosen string) ([]choice, error) {
	bodies, err := s.Standing.Bodies(r.Request.Context(), r.actor)
	var list []choice
	for _, b := range bodies {
		list = append(list, choice{b.ID, b.Name, b.ID == chosen})
	}
	return list, err
}

// sendEvidence sends a file of the evidence, to be saved, never to be shown: it
// comes from anywhere.
func (s *Server) sendEvidence(r *request) error {
	e, content, err := s.Cases.EvidenceFile(r.Request.Context(), r.actor, r.Param("id"), r.Param("evidence"))
	if err != nil {
		return err
	}
	r.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": e.File}))
	r.Data(http.StatusOK, e.Type, content)
	return nil
}
