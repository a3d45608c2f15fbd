package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/certify"
	"kaoping/internal/fault"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
)

func (a *jsonAPI) certificates() {
	operation(a, huma.Operation{
		OperationID: "issueCertificate", Method: http.MethodPost, Path: "/enrolments/{id}/certificate", Tags: []string{"certificates"}, Summary: "Issue the certificate of a record that passed (发证)",
		Description: "Refused before the results are confirmed, for a record that did not pass (R15), and where the body's filing does not cover it today (R30). Numbered by R51; issuing again gives the same certificate (R58). Where the cap on special skill and training certificates leaves no room (R06) the state is waiting, without a number: it is issued in its turn.",
		Errors:      refusals(fault.NotFound, fault.Refused, fault.Conflict),
	}, a.issueCertificate)
	operation(a, huma.Operation{
		OperationID: "getWaiting", Method: http.MethodGet, Path: "/enrolments/{id}/waiting", Tags: []string{"certificates"}, Summary: "How a certificate waits for the cap (候发)",
		Description: "Its place in the city's queue, the share now, and what would free it (R06). For the candidate, the body and the bureau.", Errors: refusals(fault.NotFound),
	}, a.getWaiting)
	operation(a, huma.Operation{
		OperationID: "listCertificates", Method: http.MethodGet, Path: "/certificates", Tags: []string{"certificates"}, Summary: "Certificates, in number order",
		Description: "Those that the caller may read.",
	}, a.listCertificates)
	operation(a, huma.Operation{
		OperationID: "getCertificate", Method: http.MethodGet, Path: "/certificates/{number}", Tags: []string{"certificates"}, Summary: "A certificate's record",
		Description: "For its body, its bureau and its holder (R52).", Errors: refusals(fault.NotFound),
	}, a.getCertificate)
	register(a, a.member(huma.Operation{
		OperationID: "downloadCertificate", Method: http.MethodGet, Path: "/certificates/{number}/document", Tags: []string{"certificates"}, Summary: "A certificate's document",
		Description: "The PDF file as it was issued, checked against its recorded hash (R52). Where browsers reach the object store themselves: a link to it (303), which anyone can follow for two minutes.",
		Responses:   linkedResponse("application/pdf"), Errors: refusals(fault.NotFound, fault.Refused),
	}), a.downloadCertificate)
	public(a, huma.Operation{
		OperationID: "verifyCertificate", Method: http.MethodGet, Path: "/verify/{number}", Tags: []string{"certificates"}, Summary: "Verify a certificate (证书查验)",
		Description: "For anyone. The name is masked; a name that is given is only compared.", Errors: refusals(fault.NotFound),
	}, a.verifyCertificate)
}

type certificateJSON struct {
	Number    string         `json:"number" example:"S000041000001265000001"`
	State     certify.State  `json:"state" enum:"waiting,numbered,issued,revoked"`
	Enrolment string         `json:"enrolment"`
	Sitting   string         `json:"sitting"`
	Body      string         `json:"body"`
	BodyName  string         `json:"body_name"`
	Region    string         `json:"region"`
	Track     rulebook.Track `json:"track"`
	Title     string         `json:"title" example:"职业技能等级证书"`
	Trade     string         `json:"trade"`
	TradeName string         `json:"trade_name"`
	Level     rulebook.Level `json:"level"`
	LevelName string         `json:"level_name" example:"五级/初级工"`
	Name      string         `json:"name"`
	IDMasked  string         `json:"id_masked"`
	IssuedOn  string         `json:"issued_on" format:"date"`
	SHA256    string         `json:"sha256,omitempty" doc:"Of the document, once it is issued"`
}

func certificateForm(c certify.Certificate) certificateJSON {
	return certificateJSON{
		Number: c.Number, State: c.State, Enrolment: c.Enrolment, Sitting: c.Sitting, Body: c.Body, BodyName: c.BodyName, Region: c.Region,
		Track: c.Track, Title: c.Track.Certificate(), Trade: c.Trade, TradeName: c.TradeName, Level: c.Level, LevelName: c.Level.String(),
		Name: c.Name, IDMasked: c.IDMasked, IssuedOn: legalDay(c.IssuedOn), SHA256: c.SHA256,
	}
}

func (a *jsonAPI) issueCertificate(ctx context.Context, actor access.Actor, in *OfEnrolment) (certificateJSON, error) {
	c, err := a.Certify.Issue(ctx, actor, in.ID)
	return certificateForm(c), err
}

func (a *jsonAPI) getWaiting(ctx context.Context, actor access.Actor, in *OfEnrolment) (waitingJSON, error) {
	t, err := a.Certify.Turn(ctx, actor, in.ID)
	if err != nil {
		return waitingJSON{}, err
	}
	return turnForm(t), nil
}

type certificatesQuery struct {
	Paging
	BodyID  string `query:"body" doc:"Id of an evaluation body"`
	Sitting string `query:"sitting"`
	Text    string `query:"text" doc:"Part of the name, or the number"`
}

func (a *jsonAPI) listCertificates(ctx context.Context, actor access.Actor, in *certificatesQuery) (listJSON[certificateJSON], error) {
	list, err := a.Certify.Certificates(ctx, actor, certify.Query{Body: in.BodyID, Sitting: in.Sitting, Text: in.Text, After: in.Cursor, Limit: in.more()})
	return page(list, in.Paging, func(c certify.Certificate) string { return c.Number }, certificateForm), err
}

type OfCertificate struct {
	Number string `path:"number" maxLength:"40" doc:"证书编号 (R51)"`
}

func (a *jsonAPI) getCertificate(ctx context.Context, actor access.Actor, in *OfCertificate) (certificateJSON, error) {
	c, err := a.Certify.Certificate(ctx, actor, in.Number)
	return certificateForm(c), err
}

// linkedFile is a file, or where it is.
type linkedFile struct {
	Status      int
	Location    string `header:"Location"`
	Type        string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

func linkedResponse(contentType string) map[string]*huma.Response {
	responses := fileResponse(contentType)
	responses["303"] = &huma.Response{Description: "Where the file is", Headers: map[string]*huma.Param{"Location": {Schema: &huma.Schema{Type: huma.TypeString}}}}
	return responses
}

func (a *jsonAPI) downloadCertificate(ctx context.Context, in *OfCertificate) (*linkedFile, error) {
	header := documentHeader(in.Number, "attachment")
	link, err := a.Certify.Link(ctx, actorOf(ctx), in.Number, header)
	if err != nil || link != "" {
		return &linkedFile{Status: http.StatusSeeOther, Location: link}, err
	}
	content, err := a.Certify.Document(ctx, actorOf(ctx), in.Number)
	return &linkedFile{Status: http.StatusOK, Type: "application/pdf", Disposition: header, Body: content}, err
}

type verifyQuery struct {
	OfCertificate
	Name string `query:"name" maxLength:"40" doc:"To be compared with the holder's"`
}

type verifiedJSON struct {
	Number    string         `json:"number"`
	Track     rulebook.Track `json:"track"`
	Title     string         `json:"title" example:"职业技能等级证书"`
	Name      string         `json:"name" doc:"Masked; in full when the right name was given" example:"陈*例"`
	NameMatch *bool          `json:"name_match,omitempty" doc:"Whether the name given is the holder's; absent when none was given"`
	TradeName string         `json:"trade_name"`
	Level     rulebook.Level `json:"level"`
	LevelName string         `json:"level_name"`
	BodyName  string         `json:"body_name"`
	Listed    bool           `json:"listed" doc:"The body is on the list today"`
	IssuedOn  string         `json:"issued_on" format:"date"`
	SHA256    string         `json:"sha256" doc:"Of the document"`
	CheckedAt time.Time      `json:"checked_at"`
	RevokedAt *time.Time     `json:"revoked_at,omitempty" doc:"When it was revoked (撤销): it counts no more"`
}

func (a *jsonAPI) verifyCertificate(ctx context.Context, in *verifyQuery) (verifiedJSON, error) {
	v, err := a.Certify.Verify(ctx, in.Number, in.Name)
	form := verifiedJSON{
		Number: v.Number, Track: v.Track, Title: v.Track.Certificate(), Name: v.Name, TradeName: v.TradeName, Level: v.Level, LevelName: v.Level.String(),
		BodyName: v.BodyName, Listed: v.Listed, IssuedOn: legalDay(v.IssuedOn), SHA256: v.SHA256, CheckedAt: moment(v.CheckedAt), RevokedAt: momentOrNone(v.RevokedAt),
	}
	if v.NameAsked {
		form.NameMatch = &v.NameMatch
	}
	return form, err
}
