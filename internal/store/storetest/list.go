package storetest

import (
	"slices"
	"testing"
	"time"

	"kaoping/bank"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/fault"
)

// same reports a list that is not what the ids say, in their order.
func same[T any](t *testing.T, what string, list []T, err error, key func(T) string, want ...string) {
	t.Helper()
	got := []string{}
	for _, v := range list {
		got = append(got, key(v))
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%s: %q, %v, want %q", what, got, err, want)
	}
}

func sittingsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*exam.Sitting){
		func(v *exam.Sitting) {
			v.Body, v.State, v.Examiners, v.Rooms, v.Region = "body-2", exam.Drafted, nil, nil, "410423"
		},
		func(v *exam.Sitting) { v.Examiners = []string{"examiner"} },
		func(v *exam.Sitting) {
			v.Rooms[1].Invigilators = []string{"account-6", "invigilator"}
			v.Title = "焊工"
		},
		func(v *exam.Sitting) { v.Body, v.State, v.Host = "body-2", exam.Notified, "410423" },
	} {
		v := sitting(n)
		change(&v)
		must(t, s.PutSitting(ctx, &v, entry("stream", "sitting/"+v.ID, "sitting:draft")))
	}
	for what, c := range map[string]struct {
		q    exam.SittingQuery
		want []string
	}{
		"all, newest first":   {exam.SittingQuery{}, []string{id(3), id(2), id(1), id(0)}},
		"a body":              {exam.SittingQuery{Body: "body-2"}, []string{id(3), id(0)}},
		"a county's, or held": {exam.SittingQuery{Region: "410423"}, []string{id(3), id(0)}},
		"two states":          {exam.SittingQuery{States: []exam.State{exam.Drafted, exam.Notified}}, []string{id(3), id(0)}},
		"one state":           {exam.SittingQuery{States: []exam.State{exam.Staffed}}, []string{id(2), id(1)}},
		"an examiner":         {exam.SittingQuery{Staff: "examiner"}, []string{id(1)}},
		"an invigilator":      {exam.SittingQuery{Staff: "invigilator"}, []string{id(2)}},
		"staff of several":    {exam.SittingQuery{Staff: "account-3"}, []string{id(3), id(2), id(1)}},
		"no staff":            {exam.SittingQuery{Staff: "account"}, []string{}},
		"a title":             {exam.SittingQuery{Text: "焊"}, []string{id(2)}},
		"a page":              {exam.SittingQuery{Limit: 2}, []string{id(3), id(2)}},
		"the next page":       {exam.SittingQuery{Limit: 2, Before: id(2)}, []string{id(1), id(0)}},
		"together":            {exam.SittingQuery{Body: "body-1", States: []exam.State{exam.Staffed}, Staff: "account-3", Text: "电工", Before: id(2), Limit: 5}, []string{id(1)}},
	} {
		list, err := s.Sittings(ctx, c.q)
		same(t, what, list, err, func(v exam.Sitting) string { return v.ID }, c.want...)
	}
}

func enrolmentsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*exam.Enrolment){
		func(v *exam.Enrolment) { v.Ticket = "0009" },
		func(v *exam.Enrolment) { v.Ticket = "0001"; v.Name = "李示例" },
		func(v *exam.Enrolment) { v.Ticket = "0005"; v.Room = "二号机房" },
		func(v *exam.Enrolment) { v.Ticket = "0002"; v.Sitting = "sitting-2" },
	} {
		v := enrolment(n)
		change(&v)
		must(t, s.PutEnrolment(ctx, &v, entry("stream", "enrolment/"+v.ID, "enrolment:add")))
	}
	for what, c := range map[string]struct {
		q     exam.EnrolmentQuery
		total int
		want  []string
	}{
		"in ticket order":  {exam.EnrolmentQuery{Sitting: "sitting-1"}, 3, []string{"0001", "0005", "0009"}},
		"a room":           {exam.EnrolmentQuery{Sitting: "sitting-1", Room: "一号机房"}, 2, []string{"0001", "0009"}},
		"a person":         {exam.EnrolmentQuery{Sitting: "sitting-1", Person: enrolment(2).IDHash}, 1, []string{"0005"}},
		"part of a name":   {exam.EnrolmentQuery{Sitting: "sitting-1", Text: "陈示"}, 2, []string{"0005", "0009"}},
		"part of a ticket": {exam.EnrolmentQuery{Sitting: "sitting-1", Text: "09"}, 1, []string{"0009"}},
		"a page":           {exam.EnrolmentQuery{Sitting: "sitting-1", Limit: 2}, 3, []string{"0001", "0005"}},
		"the next page":    {exam.EnrolmentQuery{Sitting: "sitting-1", Limit: 2, After: "0005"}, 3, []string{"0009"}},
		"nobody":           {exam.EnrolmentQuery{Sitting: "sitting-3"}, 0, []string{}},
	} {
		list, err := s.Enrolments(ctx, c.q)
		same(t, what, list, err, func(v exam.Enrolment) string { return v.Ticket }, c.want...)
		if n, err := s.CountEnrolments(ctx, c.q); err != nil || n != c.total {
			t.Errorf("%s: count %d, %v, want %d on all pages", what, n, err, c.total)
		}
	}
	if v, err := s.EnrolmentByTicket(ctx, "0005"); err != nil || v.ID != id(2) {
		t.Errorf("EnrolmentByTicket: %q, %v", v.ID, err)
	}
	_, err := s.EnrolmentByTicket(ctx, "000")
	wantCode(t, "EnrolmentByTicket of a part", err, fault.NotFound)
}

func certificatesSelected(t *testing.T, s Store) {
	ctx := t.Context()
	numbers := []string{}
	for n, change := range []func(*certify.Certificate){
		func(v *certify.Certificate) { v.Body = "body-2" },
		func(v *certify.Certificate) { v.Sitting, v.Region = "sitting-2", "410423" },
		func(v *certify.Certificate) {
			v.Name, v.Person, v.Counted = "李示例", "person-3", certify.Counted{Mix: "410400-2026"}
		},
	} {
		v := certificate(n)
		change(&v)
		must(t, s.PutCertificate(ctx, &v, entry("certificate/"+v.Number, "certificate/"+v.Number, "certificate:number")))
		numbers = append(numbers, v.Number)
	}
	for what, c := range map[string]struct {
		q    certify.Query
		want []string
	}{
		"all, by number": {certify.Query{}, numbers},
		"a body":         {certify.Query{Body: "body-1"}, numbers[1:]},
		"a county":       {certify.Query{Region: "410423"}, numbers[1:2]},
		"a sitting":      {certify.Query{Sitting: "sitting-1"}, []string{numbers[0], numbers[2]}},
		"part of a name": {certify.Query{Text: "李示"}, numbers[2:]},
		"a number":       {certify.Query{Text: numbers[1]}, numbers[1:2]},
		"a person":       {certify.Query{Person: "person-3"}, numbers[2:]},
		"not counted":    {certify.Query{Early: true}, numbers[:2]},
		"one of them":    {certify.Query{Early: true, After: numbers[0], Limit: 1}, numbers[1:2]},
		"a page":         {certify.Query{Limit: 2}, numbers[:2]},
		"the next page":  {certify.Query{Limit: 2, After: numbers[1]}, numbers[2:]},
	} {
		list, err := s.Certificates(ctx, c.q)
		same(t, what, list, err, func(v certify.Certificate) string { return v.Number }, c.want...)
	}
}

func itemsSelected(t *testing.T, s Store) {
	ctx := t.Context()
	list := []bank.Item{item(0), item(1), item(2), item(3)}
	list[0].Topic = "焊接"
	list[1].Type = bank.Single
	list[2].Trade = "6-18-02-04"
	must(t, s.AddItems(ctx, list, entry("stream", "", "item:import")))
	foreign := item(4)
	foreign.Owner = "body-2"
	must(t, s.AddItems(ctx, []bank.Item{foreign}, entry("stream", "", "item:import")))
	for what, c := range map[string]struct {
		q     bank.ItemQuery
		total int
		want  []string
	}{
		"an owner":       {bank.ItemQuery{Owner: "body-1"}, 4, []string{id(0), id(1), id(2), id(3)}},
		"a topic":        {bank.ItemQuery{Owner: "body-1", Topic: "焊接"}, 1, []string{id(0)}},
		"a type":         {bank.ItemQuery{Owner: "body-1", Type: bank.Single}, 1, []string{id(1)}},
		"a trade":        {bank.ItemQuery{Owner: "body-1", Trade: "6-18-02-04"}, 1, []string{id(2)}},
		"part of a stem": {bank.ItemQuery{Owner: "body-1", Text: "第3题"}, 1, []string{id(3)}},
		"a page":         {bank.ItemQuery{Owner: "body-1", Limit: 2}, 4, []string{id(0), id(1)}},
		"the next page":  {bank.ItemQuery{Owner: "body-1", Limit: 2, After: id(1)}, 4, []string{id(2), id(3)}},
		"everything":     {bank.ItemQuery{}, 5, []string{id(0), id(1), id(2), id(3), id(4)}},
	} {
		list, err := s.Items(ctx, c.q)
		same(t, what, list, err, func(v bank.Item) string { return v.ID }, c.want...)
		if n, err := s.CountItems(ctx, c.q); err != nil || n != c.total {
			t.Errorf("%s: count %d, %v, want %d on all pages", what, n, err, c.total)
		}
	}
}

func dueAttempts(t *testing.T, s Store) {
	ctx := t.Context()
	for n, change := range []func(*exam.Attempt){
		func(v *exam.Attempt) { v.State, v.Deadline = exam.Open, at.Add(time.Millisecond) },
		func(v *exam.Attempt) { v.State, v.Deadline = exam.Open, at },
		func(v *exam.Attempt) { v.State, v.SettleAt = exam.Submitted, at.Add(-time.Minute) },
		func(v *exam.Attempt) {
			v.State, v.Deadline, v.SettleAt = exam.Submitted, at.Add(-time.Hour), at.Add(time.Minute)
		},
		func(v *exam.Attempt) {
			v.State, v.Deadline, v.SettleAt = exam.Scored, at.Add(-time.Hour), at.Add(-time.Hour)
		},
		func(v *exam.Attempt) { v.State, v.Deadline = exam.Open, at.Add(-time.Hour) },
	} {
		v := attempt(n)
		change(&v)
		must(t, s.PutAttempt(ctx, &v, entry("stream", "attempt/"+v.ID, "attempt:start")))
	}
	key := func(v exam.Attempt) string { return v.ID }
	list, err := s.DueAttempts(ctx, at, 10)
	same(t, "due now, longest overdue first", list, err, key, id(5), id(2), id(1))
	list, err = s.DueAttempts(ctx, at, 2)
	same(t, "two of them", list, err, key, id(5), id(2))

	scored := list[0]
	scored.State = exam.Scored
	must(t, s.PutAttempt(ctx, &scored, entry("stream", "attempt/"+scored.ID, "attempt:mark")))
	list, err = s.DueAttempts(ctx, at.Add(time.Millisecond), 10)
	same(t, "a moment later, one is marked", list, err, key, id(2), id(1), id(0))
	list, err = s.Attempts(ctx, "sitting-1")
	same(t, "the attempts of a sitting", list, err, key, id(0), id(1), id(2), id(3), id(4), id(5))
}
