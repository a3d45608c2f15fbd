package storetest

import (
	"context"
	"time"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/rulebook"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

// Look is a question that the program asks an engine again and again while it
// runs: by a page, an operation or background work.
type Look struct {
	What string
	// Walks is a page that goes along the order of its list until it is full: it
	// must be bounded and need no sorting. Any other look must be led by an index
	// to what it asks for.
	Walks bool
	Ask   func(ctx context.Context, s Store) error
}

// page is how many a page asks for.
const page = 51

// Looks are the questions whose answers are few among many. Lists that are
// short in any installation (accounts, bodies, rules) are not among them.
func Looks() []Look {
	at := time.Date(2026, time.November, 21, 9, 0, 0, 0, time.UTC)
	sittings := func(q exam.SittingQuery) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Sittings(ctx, q); return err }
	}
	enrolments := func(q exam.EnrolmentQuery) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Enrolments(ctx, q); return err }
	}
	certificates := func(q certify.Query) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Certificates(ctx, q); return err }
	}
	waitings := func(q certify.WaitingQuery) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Waitings(ctx, q); return err }
	}
	caseFiles := func(q cases.Query) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Cases(ctx, q); return err }
	}
	bars := func(q standing.BarQuery) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Bars(ctx, q); return err }
	}
	applications := func(q standing.ApplicationQuery) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Applications(ctx, q); return err }
	}
	visits := func(q inspection.Query) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Visits(ctx, q); return err }
	}
	items := func(q bank.ItemQuery) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Items(ctx, q); return err }
	}
	jobs := func(q outbox.Query) func(context.Context, Store) error {
		return func(ctx context.Context, s Store) error { _, err := s.Jobs(ctx, q); return err }
	}
	return []Look{
		{What: "a page of sittings", Walks: true, Ask: sittings(exam.SittingQuery{Before: "x", Limit: page})},
		{What: "sittings by title", Walks: true, Ask: sittings(exam.SittingQuery{Text: "x", Limit: page})},
		{What: "a body's sittings", Ask: sittings(exam.SittingQuery{Body: "x", Before: "x", Limit: page})},
		{What: "a county's sittings", Ask: sittings(exam.SittingQuery{Region: "x", Before: "x", Limit: page})},
		{What: "the sweep: sittings that run", Ask: sittings(exam.SittingQuery{States: []exam.State{exam.Running, exam.Closed}})},
		{What: "the badge: sittings that wait", Ask: sittings(exam.SittingQuery{States: []exam.State{exam.Notified}, Limit: page})},
		{What: "the sittings of a central paper", Ask: sittings(exam.SittingQuery{Central: "x", Before: "x", Limit: page})},

		{What: "a page of a sitting's candidates", Ask: enrolments(exam.EnrolmentQuery{Sitting: "x", After: "x", Limit: page})},
		{What: "a room's candidates", Ask: enrolments(exam.EnrolmentQuery{Sitting: "x", Room: "x"})},
		{What: "a candidate by name", Ask: enrolments(exam.EnrolmentQuery{Sitting: "x", Text: "x", Limit: page})},
		{What: "a person in a sitting", Ask: enrolments(exam.EnrolmentQuery{Sitting: "x", Person: "x"})},
		{What: "the count of a sitting's candidates", Ask: func(ctx context.Context, s Store) error {
			_, err := s.CountEnrolments(ctx, exam.EnrolmentQuery{Sitting: "x"})
			return err
		}},
		{What: "a ticket", Ask: func(ctx context.Context, s Store) error { _, err := s.EnrolmentByTicket(ctx, "x"); return there(err) }},
		{What: "a sitting's attempts", Ask: func(ctx context.Context, s Store) error { _, err := s.Attempts(ctx, "x"); return err }},
		{What: "the sweep: attempts that are due", Ask: func(ctx context.Context, s Store) error { _, err := s.DueAttempts(ctx, at, 200); return err }},

		{What: "a page of certificates", Walks: true, Ask: certificates(certify.Query{After: "x", Limit: page})},
		{What: "certificates by name", Walks: true, Ask: certificates(certify.Query{Text: "x", Limit: page})},
		{What: "a body's certificates", Ask: certificates(certify.Query{Body: "x", After: "x", Limit: page})},
		{What: "a county's certificates", Ask: certificates(certify.Query{Region: "x", After: "x", Limit: page})},
		{What: "a sitting's certificates", Ask: certificates(certify.Query{Sitting: "x"})},
		{What: "a person's certificates", Ask: certificates(certify.Query{Person: "x"})},
		{What: "the sweep: certificates from before mixes", Ask: certificates(certify.Query{Early: true, After: "x", Limit: page})},
		{What: "an enrolment's certificate", Ask: func(ctx context.Context, s Store) error { _, err := s.CertificateOf(ctx, "x"); return there(err) }},
		{What: "a city's latest mix", Ask: func(ctx context.Context, s Store) error {
			_, err := s.Mixes(ctx, certify.MixQuery{City: "x", Limit: 1})
			return err
		}},
		{What: "the sweep: mixes with something to do", Ask: func(ctx context.Context, s Store) error {
			_, err := s.Mixes(ctx, certify.MixQuery{Busy: true})
			return err
		}},
		{What: "whose turn it is", Ask: waitings(certify.WaitingQuery{City: "x", Place: 7, Limit: 1})},
		{What: "a page of a queue", Ask: waitings(certify.WaitingQuery{City: "x", States: []certify.WaitingState{certify.InQueue}, After: 7, Limit: page})},
		{What: "who waits of a sitting", Ask: waitings(certify.WaitingQuery{Sitting: "x", States: []certify.WaitingState{certify.InQueue}})},
		{What: "how many wait in a city", Ask: func(ctx context.Context, s Store) error {
			_, err := s.CountWaitings(ctx, certify.WaitingQuery{City: "x", States: []certify.WaitingState{certify.InQueue}})
			return err
		}},

		{What: "a page of cases", Walks: true, Ask: caseFiles(cases.Query{After: "x", Limit: page})},
		{What: "cases by name", Walks: true, Ask: caseFiles(cases.Query{Text: "x", Limit: page})},
		{What: "the badge: cases that wait for somebody", Ask: caseFiles(cases.Query{Waits: cases.ForOfficer, Limit: page})},
		{What: "a party's cases", Ask: caseFiles(cases.Query{Party: standing.Party{Kind: standing.OfBody, Key: "x"}, After: "x", Limit: page})},
		{What: "what somebody reported", Ask: caseFiles(cases.Query{Reporter: "x", After: "x", Limit: page})},
		{What: "the gate: what bars parties", Ask: bars(standing.BarQuery{Parties: []standing.Party{{Kind: standing.OfBody, Key: "x"}, {Kind: standing.OfPerson, Key: "y"}}})},
		{What: "the bars of a case", Ask: bars(standing.BarQuery{Case: "x"})},
		{What: "a page of the public list of exits", Walks: true, Ask: bars(standing.BarQuery{Public: true, Before: "x", Limit: page})},
		{What: "a page of applications", Walks: true, Ask: applications(standing.ApplicationQuery{Before: "x", Limit: page})},
		{What: "a body's open application", Ask: applications(standing.ApplicationQuery{Body: "x", States: []standing.ApplicationState{standing.Submitted, standing.Examined}})},
		{What: "the badge: applications that wait", Ask: applications(standing.ApplicationQuery{States: []standing.ApplicationState{standing.Submitted}, Limit: page})},

		{What: "a page of visits", Walks: true, Ask: visits(inspection.Query{Before: "x", Limit: page})},
		{What: "a plan's visits", Ask: visits(inspection.Query{Plan: "x", Limit: page})},
		{What: "a body's visits", Ask: visits(inspection.Query{Body: "x", States: []inspection.VisitState{inspection.Signed}, From: at})},
		{What: "the sweep: visits that were signed", Ask: visits(inspection.Query{States: []inspection.VisitState{inspection.Signed}, Before: "x", Limit: page})},
		{What: "a body's grades", Ask: func(ctx context.Context, s Store) error { _, err := s.Credits(ctx, "x"); return err }},

		{What: "a page of an owner's items", Ask: items(bank.ItemQuery{Owner: "x", After: "x", Limit: page})},
		{What: "an owner's items of a trade", Ask: items(bank.ItemQuery{Owner: "x", Trade: "x"})},
		{What: "an owner's items by their text", Ask: items(bank.ItemQuery{Owner: "x", Text: "x", Limit: page})},
		{What: "the count of an owner's items", Ask: func(ctx context.Context, s Store) error {
			_, err := s.CountItems(ctx, bank.ItemQuery{Owner: "x", Trade: "x"})
			return err
		}},
		{What: "an owner's blueprints", Ask: func(ctx context.Context, s Store) error { _, err := s.Blueprints(ctx, "x"); return err }},
		{What: "an owner's papers", Ask: func(ctx context.Context, s Store) error { _, err := s.Papers(ctx, "x"); return err }},
		{What: "a region's central papers", Ask: func(ctx context.Context, s Store) error {
			_, err := s.CentralPapers(ctx, central.Query{Regions: []string{"410000", "410400"}, Track: rulebook.SkillLevel, Before: "x", Limit: page})
			return err
		}},

		{What: "a login", Ask: func(ctx context.Context, s Store) error { _, err := s.AccountByLogin(ctx, "x"); return there(err) }},
		{What: "the sweep: sessions that expired", Ask: func(ctx context.Context, s Store) error { return s.DropSessions(ctx, at) }},
		{What: "the worker: jobs that are due", Ask: func(ctx context.Context, s Store) error { _, err := s.ClaimJobs(ctx, at, at, 1); return err }},
		{What: "a page of dead jobs", Ask: jobs(outbox.Query{State: outbox.Dead, Kind: "x", Now: at, After: "x", Limit: page})},
		{What: "a page of jobs", Walks: true, Ask: jobs(outbox.Query{After: "x", Limit: page})},
		{What: "a page of an audit stream", Ask: func(ctx context.Context, s Store) error {
			_, err := s.Entries(ctx, "sitting/x", 7, page)
			return err
		}},
	}
}

// there drops a NotFound: the engines that are asked are empty.
func there(err error) error {
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}
