package web

import (
	"cmp"
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/exam"
	"kaoping/internal/fault"
	"kaoping/policies/access"
)

func (a *jsonAPI) enrolments() {
	operation(a, huma.Operation{
		OperationID: "listEnrolments", Method: http.MethodGet, Path: "/sittings/{id}/enrolments", Tags: []string{"enrolments"}, Summary: "Candidates of a sitting, in ticket order",
		Description: "ID numbers are masked (R66).", Errors: refusals(fault.NotFound),
	}, a.listEnrolments)
	operation(a, huma.Operation{
		OperationID: "importEnrolment", Method: http.MethodPost, Path: "/sittings/{id}/enrolments", Tags: []string{"enrolments"}, Summary: "Enrol the candidates of a sheet",
		Description: "A workbook (.xlsx) or delimited text with the columns 姓名 and 证件号码, and those of training evidence (培训班, 学时, …; the template of the page names them). Good rows come in; each other row is named with its number, column and reason. Sending a sheet again enrols nobody twice, and keeps the evidence anew.",
		Errors:      refusals(fault.NotFound, fault.Refused),
	}, a.importEnrolment)
	command(a, huma.Operation{
		OperationID: "addEnrolment", Method: http.MethodPost, Path: "/sittings/{id}/candidates", Tags: []string{"enrolments"}, Summary: "Enrol one candidate",
		Description: "Before the sitting starts. Refused like the row of a sheet.", Errors: refusals(fault.NotFound, fault.Refused),
	}, a.addEnrolment)
	command(a, huma.Operation{
		OperationID: "withdrawEnrolment", Method: http.MethodDelete, Path: "/enrolments/{id}", Tags: []string{"enrolments"}, Summary: "Take a candidate out of a sitting",
		Description: "Before the sitting starts.", Errors: refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.withdrawEnrolment)
	command(a, huma.Operation{
		OperationID: "recuseExaminer", Method: http.MethodPost, Path: "/enrolments/{id}/recusals", Tags: []string{"enrolments"}, Summary: "Declare that an examiner does not examine a candidate (回避)",
		Description: "By the examiner or the scheduler, for kinship or for having taught the class, until results are published. In a sitting under way the other examiners score the candidate (R19).",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.recuseExaminer)
	command(a, huma.Operation{
		OperationID: "setPhoto", Method: http.MethodPut, Path: "/enrolments/{id}/photo", Tags: []string{"enrolments"}, Summary: "Set a candidate's photo for the certificate (R52)",
		Description: "A JPEG or PNG file of at most 512 KiB.", Errors: refusals(fault.NotFound, fault.Conflict), MaxBodyBytes: photoBytes, RequestBody: photoBody(),
	}, a.setPhoto)
}

// photoBytes is read of a photo at most; the service says what it takes.
const photoBytes = 1 << 20

type enrolmentJSON struct {
	ID       string `json:"id"`
	Ticket   string `json:"ticket" doc:"准考证号"`
	Name     string `json:"name"`
	IDMasked string `json:"id_masked" example:"4104**********0018"`
	Photo    bool   `json:"photo" doc:"A photo is there"`
	Room     string `json:"room,omitempty"`
	Seat     int    `json:"seat,omitempty" doc:"From 1; absent until seats are given"`
}

func enrolmentForm(e exam.Enrolment) enrolmentJSON {
	return enrolmentJSON{e.ID, e.Ticket, e.Name, e.IDMasked, e.Photo != "", e.Room, e.Seat}
}

func ticketOf(e exam.Enrolment) string { return e.Ticket }

type enrolmentsQuery struct {
	OfSitting
	Paging
	Room string `query:"room"`
	Text string `query:"text" doc:"Part of the name or of the ticket number"`
}

func (a *jsonAPI) listEnrolments(ctx context.Context, actor access.Actor, in *enrolmentsQuery) (listJSON[enrolmentJSON], error) {
	list, total, err := a.Exam.Enrolments(ctx, actor, exam.EnrolmentQuery{
		Sitting: in.ID, Room: in.Room, Text: in.Text, After: in.Cursor, Limit: in.more(),
	})
	enrolments := page(list, in.Paging, ticketOf, enrolmentForm)
	enrolments.Total = &total
	return enrolments, err
}

type candidateSheet struct {
	OfSitting
	RawBody huma.MultipartFormFiles[struct {
		File huma.FormFile `form:"file" required:"true" doc:"The sheet, at most 5 MiB and 5,000 rows"`
	}]
}

func (a *jsonAPI) importEnrolment(ctx context.Context, actor access.Actor, in *candidateSheet) (reportJSON, error) {
	defer in.RawBody.Form.RemoveAll()
	file := in.RawBody.Data().File
	rows, issues, err := readRoster(file.Filename, file)
	if err != nil {
		return reportJSON{}, err
	}
	done, err := a.Exam.Enrol(ctx, actor, in.ID, rows)
	return report(ctx, done.Added, issues, byColumn(done.Issues)), err
}

type newCandidate struct {
	OfSitting
	Body struct {
		Name     string `json:"name" doc:"1 to 40 characters"`
		IDNumber string `json:"id_number" doc:"公民身份号码, 18 characters (GB 11643)"`
	}
}

func (a *jsonAPI) addEnrolment(ctx context.Context, actor access.Actor, in *newCandidate) error {
	done, err := a.Exam.Enrol(ctx, actor, in.ID, []exam.Row{{Name: in.Body.Name, IDNumber: in.Body.IDNumber}})
	if err == nil && len(done.Issues) > 0 {
		return fault.New(fault.Invalid, "web.addEnrolment", "the candidate was not added").With(done.Issues...)
	}
	return err
}

// OfEnrolment is an input that names an enrolment.
type OfEnrolment struct {
	ID string `path:"id" doc:"Id of the enrolment"`
}

type recusalInput struct {
	OfEnrolment
	Body struct {
		Account string        `json:"account,omitempty" doc:"Id of the examiner's account; the caller's own when absent"`
		Why     exam.Nearness `json:"why" enum:"kin,taught"`
	}
}

func (a *jsonAPI) recuseExaminer(ctx context.Context, actor access.Actor, in *recusalInput) error {
	_, err := a.Exam.Recuse(ctx, actor, in.ID, cmp.Or(in.Body.Account, actor.ID), in.Body.Why)
	return err
}

func (a *jsonAPI) withdrawEnrolment(ctx context.Context, actor access.Actor, in *OfEnrolment) error {
	return a.Exam.Withdraw(ctx, actor, in.ID)
}

// photoBody is made anew for each API: huma writes into it.
func photoBody() *huma.RequestBody {
	return &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{
		"image/jpeg": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
		"image/png":  {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}},
	}}
}

type photoInput struct {
	ID      string `path:"id" doc:"Id of the enrolment"`
	RawBody []byte `contentType:"image/jpeg"`
}

func (a *jsonAPI) setPhoto(ctx context.Context, actor access.Actor, in *photoInput) error {
	return a.Exam.SetPhoto(ctx, actor, in.ID, in.RawBody)
}
