package web

import (
	"slices"
	"strings"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/standing"
)

// sittingPage is everything that the page of one sitting shows. What the actor
// may not see or do is left empty.
type sittingPage struct {
	exam.Sitting
	TradeName string
	Where     standing.Site
	Foreseen  *shown // why the next step would be refused
	May       sittingMay
	Steps     []step
	Staff     map[string]string // names by account id
	Paper     *bank.Brief
	Custody   *central.Standing // of the central paper, nil without one
	Watchers  int               // invigilators in all rooms
	Results   *tally
	List      *candidateList
	HostName  string // of the region that takes the sitting in, "" at home
	Consents  []consentRow
	Forecast  *certify.Forecast // of the cap, before the sitting has begun (R06)
	Unwatched bool              // the internal supervisor's record is missing (R40)
	Turns     exam.Turns        // of the practical part (R17)
}

// sittingMay says which buttons and links the page shows.
type sittingMay struct {
	Paper                                                                 bool // what its central paper is
	Edit, Notify, Decide, Staff, Sign, Publish, Confirm, Opine, Supervise bool
	Enrol, Print, Results, Certificates, Audit, Report                    bool
}

// step is one line of the sitting's progress.
type step struct {
	Label, Note string
	At          time.Time
	Done        bool
}

func (s *Server) showSitting(r *request) error {
	ctx := r.Request.Context()
	sitting, err := s.Exam.Sitting(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := sittingPage{Sitting: sitting, TradeName: s.tradeName(sitting.Trade), May: s.sittingMay(r, sitting), Steps: sittingSteps(sitting)}
	if page.Where, err = s.siteOf(r, sitting); err != nil {
		return err
	}
	if page.Staff, err = s.Exam.StaffNames(ctx, r.actor, sitting); err != nil {
		return err
	}
	_, page.Unwatched = s.Exam.Unsupervised(sitting)
	if page.HostName, page.Consents, err = s.consents(r, sitting); err != nil {
		return err
	}
	for _, room := range sitting.Rooms {
		page.Watchers += len(room.Invigilators)
	}
	if sitting.Central != "" {
		standing, err := s.Central.Standing(ctx, sitting.Central)
		if err != nil {
			return err
		}
		page.Custody = &standing
	}
	if sitting.Paper != "" {
		brief, err := s.Bank.Brief(ctx, sitting.Paper)
		if err != nil {
			return err
		}
		page.Paper = &brief
	}
	if page.May.Results && published(sitting) {
		_, records, err := s.Exam.Results(ctx, r.actor, sitting.ID)
		if err != nil {
			return err
		}
		counted := tallyOf(records)
		page.Results = &counted
	}
	if r.may("enrolment:read", sitting.Scope()) {
		if page.List, err = s.candidates(r, sitting, "/sittings/"+sitting.ID); err != nil {
			return err
		}
		page.Turns = s.Exam.Turns(sitting, page.List.Total)
	}
	page.Foreseen = s.foresee(r, page.May, sitting)
	if slices.Contains([]exam.State{exam.Drafted, exam.Returned, exam.Notified, exam.Accepted, exam.Staffed}, sitting.State) {
		forecast, err := s.Certify.Forecast(ctx, r.actor, sitting.ID)
		if err != nil {
			return err
		}
		if forecast.Capped() {
			page.Forecast = &forecast
		}
	}
	return r.render(deskFrame, "sitting", sitting.Title, page)
}

// published reports whether a sitting's results are published.
func published(sitting exam.Sitting) bool {
	return sitting.State == exam.Publicised || sitting.State == exam.Confirmed
}

func (s *Server) sittingMay(r *request, sitting exam.Sitting) sittingMay {
	may := func(action access.Action, states ...exam.State) bool {
		return slices.Contains(states, sitting.State) && r.may(action, sitting.Scope())
	}
	return sittingMay{
		Edit:         may("sitting:draft", exam.Drafted, exam.Returned),
		Notify:       may("sitting:notify", exam.Drafted, exam.Returned),
		Decide:       may("sitting:accept", exam.Notified),
		Staff:        may("sitting:staff", exam.Accepted, exam.Staffed, exam.Sealed),
		Sign:         sitting.Signed.By == "" && may("sitting:sign", exam.Running, exam.Closed, exam.Marked, exam.Publicised),
		Opine:        may("sitting:opine", exam.Notified, exam.Accepted, exam.Staffed, exam.Sealed, exam.Unsealed),
		Supervise:    sitting.Internal.By == "" && may("sitting:supervise", exam.Running, exam.Closed, exam.Marked, exam.Publicised),
		Publish:      may("result:publish", exam.Marked),
		Confirm:      may("result:confirm", exam.Publicised),
		Enrol:        may("enrolment:import", exam.Drafted, exam.Returned, exam.Accepted, exam.Staffed, exam.Sealed),
		Print:        may("enrolment:read", exam.Staffed, exam.Sealed, exam.Unsealed, exam.Running, exam.Closed, exam.Marked, exam.Publicised, exam.Confirmed),
		Results:      may("result:read", exam.Running, exam.Closed, exam.Marked, exam.Publicised, exam.Confirmed),
		Certificates: may("certificate:read", exam.Confirmed),
		Audit:        r.may("audit:read", sitting.Scope()),
		Paper:        r.bodyAs(access.Scheduler) == "" && r.may("paper:brief", sitting.Scope()),
		Report:       s.mayReport(r, sitting.Scope()) == nil,
	}
}

// foresee shows before a click what the next step would be refused for.
func (s *Server) foresee(r *request, may sittingMay, sitting exam.Sitting) *shown {
	if r.fault != nil {
		return nil
	}
	var err error
	var title string
	switch {
	case may.Notify:
		title, err = "The notice cannot be submitted", s.Exam.NoticeRefusal(r.Request.Context(), r.actor, sitting)
	case may.Decide:
		title, err = "The notice cannot be accepted", s.Exam.AcceptRefusal(r.Request.Context(), r.actor, sitting)
	case may.Confirm:
		title, err = "The results cannot be confirmed", s.Exam.ConfirmRefusal(r.Request.Context(), r.actor, sitting)
	case may.Sign:
		title, err = "The record cannot be signed", s.Exam.SignRefusal(r.actor, sitting)
	case may.Staff:
		title, err = "The sitting cannot be staffed", s.Exam.StaffRefusal(r.Request.Context(), r.actor, sitting)
	}
	return r.foreseen(title, err)
}

// foreseen is a refusal before the click, nil for none.
func (r *request) foreseen(title string, err error) *shown {
	if !fault.Is(err, fault.Refused) && !fault.Is(err, fault.Early) {
		return nil
	}
	refusal := r.show(err)
	refusal.Title = r.T(title)
	return &refusal
}

// siteOf finds the site of a sitting with its address; what the filing no
// longer has is shown by the name that the sitting kept.
func (s *Server) siteOf(r *request, sitting exam.Sitting) (standing.Site, error) {
	site := standing.Site{ID: sitting.Site, Name: sitting.SiteName}
	if sitting.Joint != "" || !r.may("body:read", sitting.Scope()) { // held in another body's rooms, or not to be read
		return site, nil
	}
	body, err := s.Standing.Body(r.Request.Context(), r.actor, sitting.Body)
	if err != nil {
		return site, err
	}
	if filed, err := body.Site(sitting.Site); err == nil {
		return filed, nil
	}
	return site, nil
}

// sittingSteps is how far a sitting has come, with the times that it keeps.
func sittingSteps(sitting exam.Sitting) []step {
	at := slices.Index(exam.States, sitting.State)
	reached := func(state exam.State) bool {
		return sitting.State != exam.Cancelled && sitting.State != exam.Voided && at >= slices.Index(exam.States, state)
	}
	steps := []step{{Label: "Drafted", At: sitting.DraftedAt, Done: true}}
	accepted := step{Label: "Accepted by the bureau", Done: reached(exam.Accepted)}
	steps = append(steps, step{Label: "Notice submitted", At: sitting.NotifiedAt, Done: sitting.State == exam.Returned || reached(exam.Notified)})
	if sitting.State == exam.Returned {
		steps = append(steps, step{Label: "Returned by the bureau", Note: sitting.Reason, At: sitting.DecidedAt, Done: true})
	} else if accepted.Done {
		accepted.At = sitting.DecidedAt
	}
	steps = append(steps, accepted, step{Label: "Staffed", Done: reached(exam.Staffed)})
	if sitting.Central != "" {
		steps = append(steps, step{Label: "Central paper sealed", Done: reached(exam.Sealed)}, step{Label: "Central paper unsealed", Done: reached(exam.Unsealed)})
	}
	return append(steps,
		step{Label: "Theory examination", At: sitting.StartsAt, Done: reached(exam.Closed)},
		step{Label: "Record signed by the inspector", Note: signedBy(sitting.Signed), At: sitting.Signed.At, Done: sitting.Signed.By != ""},
		step{Label: "Results published", At: sitting.Publicised, Done: reached(exam.Publicised)},
		step{Label: "Results confirmed", At: sitting.Confirmed, Done: reached(exam.Confirmed)},
	)
}

// signedBy is who signed and what was seen, for the list of steps.
func signedBy(signed exam.Signature) string {
	if signed.Note == "" {
		return signed.Name
	}
	return signed.Name + " · " + signed.Note
}

// candidateList is one page of a sitting's candidates.
type candidateList struct {
	Rows  []exam.Enrolment
	Total int
	Text  string
	Pager pager
}

func (s *Server) candidates(r *request, sitting exam.Sitting, path string) (*candidateList, error) {
	list := candidateList{Text: strings.TrimSpace(r.Query("q"))}
	var err error
	q := exam.EnrolmentQuery{Sitting: sitting.ID, Text: list.Text, After: r.Query("after"), Limit: rowsMost + 1}
	if list.Rows, list.Total, err = s.Exam.Enrolments(r.Request.Context(), r.actor, q); err != nil {
		return nil, err
	}
	rows, pages := paged(r, path, "after", list.Rows, func(x exam.Enrolment) string { return x.Ticket })
	list.Rows, list.Pager = rows, pages.of(list.Total)
	return &list, nil
}

// tally counts the outcomes of a sitting.
type tally struct {
	Enrolled, Came, Absent, Passed, Failed int
}

func tallyOf(records []exam.Enrolment) tally {
	t := tally{Enrolled: len(records)}
	for _, e := range records {
		switch e.Outcome {
		case exam.Passed:
			t.Passed++
		case exam.Failed:
			t.Failed++
		case exam.Absent:
			t.Absent++
		}
		if e.Theory != nil {
			t.Came++
		}
	}
	return t
}

// Rate is the share of those who came that passed, in tenths of a percent as
// text, "—" where nobody came.
func (t tally) Rate() string {
	if t.Came == 0 {
		return "—"
	}
	permille := (2000*t.Passed + t.Came) / (2 * t.Came)
	return bank.Points(permille*10).String() + " %"
}
