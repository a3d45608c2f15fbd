package web

import (
	"context"
	"io"
	"strings"
	"time"

	"kaoping/internal/fault"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
)

// caseSteps are the forms of a case's page, by the last part of their address.
func (s *Server) caseSteps() map[string]func(*request) error {
	type do func(context.Context, *request, string) (cases.Case, error)
	step := func(done string, do do) func(*request) error {
		return func(r *request) error {
			id := r.Param("id")
			if _, err := do(r.Request.Context(), r, id); err != nil {
				return r.again(err, s.showCase)
			}
			return r.done(casesPath+"/"+id, done)
		}
	}
	return map[string]func(*request) error{
		"identify": step("The party is recorded.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Identify(ctx, r.actor, id, r.reportForm())
		}),
		"evidence": step("The evidence is added.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			file, err := r.evidenceFile()
			if err != nil {
				return cases.Case{}, err
			}
			return s.Cases.AddEvidence(ctx, r.actor, id, r.PostForm("text"), file)
		}),
		"establish": step("The evidence is complete.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Establish(ctx, r.actor, id)
		}),
		"dismiss": step("The report is not taken up.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Dismiss(ctx, r.actor, id, r.PostForm("reason"))
		}),
		"notify": step("The party is notified.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			in := cases.Announcement{Facts: r.PostForm("facts")}
			for _, kind := range r.Request.PostForm["measure"] {
				in.Intended = append(in.Intended, cases.MeasureKind(kind))
			}
			return s.Cases.Notify(ctx, r.actor, id, in)
		}),
		"statement": step("The statement is recorded.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.State(ctx, r.actor, id, r.PostForm("statement"), r.PostForm("asked") != "")
		}),
		"summons": step("The hearing is set.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Summon(ctx, r.actor, id, parseLocal(r.PostForm("hearing")), r.PostForm("place"))
		}),
		"hearing": step("The hearing is closed.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Hear(ctx, r.actor, id, r.PostForm("record"))
		}),
		"proposal": step("The decision is proposed.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Propose(ctx, r.actor, id, r.proposalForm())
		}),
		"return": step("The proposal is returned.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Return(ctx, r.actor, id, r.PostForm("reason"))
		}),
		"approval": step("The decision is approved.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Approve(ctx, r.actor, id)
		}),
		"appeal": step("The appeal is recorded.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.Lodge(ctx, r.actor, id, r.PostForm("appeal"))
		}),
		"ruling": step("The decision about the appeal is proposed.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			if r.PostForm("uphold") == "" {
				return cases.Case{}, fault.New(fault.Invalid, "web.ruling", "choose whether the decision is undone").
					With(fault.Issue{Column: "uphold", Text: fault.Textf("choose whether the decision is undone")})
			}
			return s.Cases.ProposeRuling(ctx, r.actor, id, r.PostForm("uphold") == "yes", r.PostForm("reason"))
		}),
		"ruling-return": step("The proposal is returned.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.ReturnRuling(ctx, r.actor, id, r.PostForm("reason"))
		}),
		"ruling-approval": step("The appeal is decided.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.ApproveRuling(ctx, r.actor, id)
		}),
		"rectification": step("The rectification is accepted.", func(ctx context.Context, r *request, id string) (cases.Case, error) {
			return s.Cases.AcceptRectification(ctx, r.actor, id, r.PostForm("text"))
		}),
		"repair": s.openRepair,
	}
}

// openRepair opens a case of its own and goes on to it.
func (s *Server) openRepair(r *request) error {
	c, err := s.Cases.Repair(r.Request.Context(), r.actor, r.Param("id"), r.PostForm("text"))
	if err != nil {
		return r.again(err, s.showCase)
	}
	return r.done(casesPath+"/"+c.ID, "The repair is applied for.")
}

// proposalForm reads a proposed decision.
func (r *request) proposalForm() cases.Proposal {
	in := cases.Proposal{Facts: r.PostForm("facts"), Lift: r.PostForm("lift") == "yes", Public: r.PostForm("public") != "", Notice: r.PostForm("notice")}
	for _, kind := range r.Request.PostForm["measure"] {
		if kind == "" { // nothing is done
			continue
		}
		in.Measures = append(in.Measures, cases.Measure{
			Kind: cases.MeasureKind(kind), By: parseDay(r.PostForm("by")), Until: dayEnd(r.PostForm("until")), Part: cases.Part(r.PostForm("part")),
			Running: standing.RunningChoice(r.PostForm("running")), Revoke: strings.Fields(strings.NewReplacer(",", " ", "，", " ", "、", " ").Replace(r.PostForm("revoke"))),
		})
	}
	return in
}

// dayEnd is the end of a day that is still included.
func dayEnd(value string) time.Time {
	day := parseDay(value)
	if day.IsZero() {
		return day
	}
	return day.AddDate(0, 0, 1)
}

// evidenceFile reads the file of a form, nil without one.
func (r *request) evidenceFile() (*cases.File, error) {
	if header, err := r.FormFile("file"); err != nil || header.Size == 0 {
		return nil, nil
	}
	name, content, err := r.upload("file")
	if err != nil {
		return nil, err
	}
	defer content.Close()
	raw, err := io.ReadAll(io.LimitReader(content, cases.FileMost+1))
	if err != nil {
		return nil, fault.Wrap("web.evidence", err)
	}
	return &cases.File{Name: name, Content: raw}, nil
}

// reportForm reads a report. A party is one of several fields, by "about".
func (r *request) reportForm() cases.Report {
	in := cases.Report{
		Region: r.PostForm("region"), Sitting: r.PostForm("sitting"), Title: r.PostForm("title"), Text: r.PostForm("text"), Happened: parseDay(r.PostForm("happened")),
	}
	switch r.PostForm("about") {
	case "body":
		in.Body = r.PostForm("body")
	case "record":
		in.Enrolment = r.PostForm("enrolment")
	case "person":
		in.IDNumber, in.Name = r.PostForm("id_number"), r.PostForm("name")
	case "platform":
		in.Platform = r.PostForm("platform")
	}
	return in
}
