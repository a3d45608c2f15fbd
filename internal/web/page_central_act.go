package web

import (
	"mime"
	"net/http"
	"strconv"
	"strings"

	"kaoping/bank/central"
	"kaoping/bank/printed"
	"kaoping/internal/fault"
)

// centralStep is a step that needs nothing but the paper.
func (s *Server) centralStep(r *request, do func() (central.Paper, error), done string) error {
	p, err := do()
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	return r.done(centralPath+"/"+p.ID, done)
}

func (s *Server) submitCentralPaper(r *request) error {
	return s.centralStep(r, func() (central.Paper, error) {
		return s.Central.Submit(r.Request.Context(), r.actor, r.Param("id"))
	}, "The paper is handed in. Another setter reviews it.")
}

func (s *Server) reviewCentralPaper(r *request) error {
	return s.centralStep(r, func() (central.Paper, error) {
		return s.Central.Review(r.Request.Context(), r.actor, r.Param("id"))
	}, "The paper is reviewed. Two keepers seal it.")
}

func (s *Server) returnCentralPaper(r *request) error {
	return s.centralStep(r, func() (central.Paper, error) {
		return s.Central.Return(r.Request.Context(), r.actor, r.Param("id"), r.PostForm("reason"))
	}, "The paper is returned to its setter.")
}

func (s *Server) sealCentralPaper(r *request) error {
	p, err := s.Central.Seal(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	if p.State == central.Sealing {
		return r.done(centralPath+"/"+p.ID, "Your hand is on the seal. Another keeper adds the second.")
	}
	return r.done(centralPath+"/"+p.ID, "The paper is sealed.")
}

func (s *Server) unsealCentralPaper(r *request) error {
	p, err := s.Central.Unseal(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	if p.State == central.Unsealing {
		return r.done(centralPath+"/"+p.ID, "Your hand is on the unsealing. Another keeper adds the second.")
	}
	return r.done(centralPath+"/"+p.ID, "The paper is unsealed. The rooms have it at the start.")
}

// printKinds are what can be printed of a paper.
var printKinds = []struct{ value, label string }{
	{"a4", "Theory paper, A4"}, {"a3", "Theory paper, A3 folded"}, {"card", "Answer card"}, {"tasks", "Practical task sheet"},
}

// printCentralPaper prints copies of an unsealed paper as PDF. The copies are
// counted and recorded first, and each carries its number.
func (s *Server) printCentralPaper(r *request) error {
	const op = "web.printCentralPaper"
	ctx := r.Request.Context()
	copies, err := strconv.Atoi(strings.TrimSpace(r.PostForm("copies")))
	if err != nil || copies < 1 || copies > printed.MaxCopies {
		text := fault.Textf("1 to %d copies can be printed at once", printed.MaxCopies)
		refusal := fault.New(fault.Invalid, op, "1 to %d copies can be printed at once", printed.MaxCopies)
		return r.again(refusal.With(fault.Issue{Column: "copies", Text: text}), s.showCentralPaper)
	}
	fonts, err := s.Certify.Fonts() // before anything is counted
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	p, opened, err := s.Central.Print(ctx, r.actor, r.Param("id"), copies)
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	head := printed.Head{
		Title: p.Name, Bureau: s.Book.FullName(p.Region) + "人力资源和社会保障局", Trade: s.tradeName(p.Trade), Level: p.Level.String(), Form: p.Current, Minutes: p.Minutes,
	}
	numbers := printed.Copies{First: p.Copies - copies + 1, Count: copies}
	theory := printed.Paper{Head: head, Questions: opened.Theory.Questions, Card: r.PostForm("card") != ""}
	var content []byte
	switch r.PostForm("what") {
	case "tasks":
		head.Minutes = 0 // the theory part's
		sheet := printed.Tasks{Head: head}
		for _, t := range opened.Tasks {
			sheet.Tasks = append(sheet.Tasks, printed.Task{Name: strings.TrimSpace(t.Name + "\n" + t.Text), Points: t.Points})
		}
		content, err = printed.Practical(sheet, numbers, fonts, s.Now())
	case "card":
		content, err = printed.Card(theory, numbers, fonts, s.Now())
	default:
		content, err = printed.Theory(theory, printed.Format(r.PostForm("what")), numbers, fonts, s.Now())
	}
	if err != nil {
		return r.again(err, s.showCentralPaper)
	}
	r.Header("Content-Disposition", mime.FormatMediaType("inline", map[string]string{"filename": p.Name + " " + p.Current + ".pdf"}))
	r.Data(http.StatusOK, "application/pdf", content)
	return nil
}

// replacementPage shows what a replacement does before it is asked for.
type replacementPage struct {
	central.Brief
	Touched central.Touched
	Choices []choice
	Names   map[string]string
	Revoke  bool // of what was typed
	Replace bool // the backup form can still take the place of form A
	Whole   bool // the whole paper can still be revoked
	May     centralMay
	Beside  beside
}

// choiceWords say what becomes of attempts already begun, keys of the catalogue.
var choiceWords = map[central.Choice]string{
	central.Restart: "They begin again on form B, with the full time; what they wrote is kept and not marked.",
	central.Finish:  "They finish on form A and are marked by it; who has not begun sits form B.",
}

func (s *Server) showReplacement(r *request) error {
	ctx := r.Request.Context()
	brief, err := s.Central.Show(ctx, r.actor, r.Param("id"))
	if err != nil {
		return err
	}
	page := replacementPage{Brief: brief, May: s.centralMay(r, brief.Paper), Revoke: r.PostForm("what") == "revoke", Beside: r.beside()}
	var choices []central.Choice
	if page.Touched, choices, err = s.Central.Preview(ctx, r.actor, brief.ID); err != nil {
		return err
	}
	if page.Names, err = s.Inspection.Names(ctx); err != nil {
		return err
	}
	for _, c := range choices {
		page.Choices = append(page.Choices, choice{string(c), r.T(choiceWords[c]), string(c) == r.PostForm("choice")})
	}
	page.Whole = s.Now().Before(brief.StartsAt) && brief.State != central.Unsealing && brief.State != central.Unsealed && brief.State != central.Revoked
	page.Replace = brief.Current == central.FormA && s.Now().Before(brief.Ends()) && (brief.State == central.Sealed || brief.State == central.Unsealing || brief.State == central.Unsealed)
	return r.render(deskFrame, "replacement", r.T("Replace or revoke"), page)
}

func (s *Server) proposeReplacement(r *request) error {
	in := central.Proposal{Revoke: r.PostForm("what") == "revoke", Reason: r.PostForm("reason")}
	if !in.Revoke {
		in.Choice = central.Choice(r.PostForm("choice"))
	}
	p, err := s.Central.Propose(r.Request.Context(), r.actor, r.Param("id"), in)
	if err != nil {
		return r.again(err, s.showReplacement)
	}
	return r.done(centralPath+"/"+p.ID+"/replacement", "The proposal is recorded. The reviewer signs it.")
}

func (s *Server) approveReplacement(r *request) error {
	p, err := s.Central.Approve(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return r.again(err, s.showReplacement)
	}
	if p.State == central.Revoked {
		return r.done(centralPath+"/"+p.ID, "The paper is revoked.")
	}
	return r.done(centralPath+"/"+p.ID, "Form B takes the place of form A. Two keepers unseal it.")
}

func (s *Server) declineReplacement(r *request) error {
	p, err := s.Central.Decline(r.Request.Context(), r.actor, r.Param("id"))
	if err != nil {
		return r.again(err, s.showReplacement)
	}
	return r.done(centralPath+"/"+p.ID, "The proposal is declined.")
}
