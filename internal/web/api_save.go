package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
)

// saveMost is the largest save in bytes.
const saveMost = 256 << 10

// saving is the hot path: no session is looked up, the lease is the capability.
func (a *jsonAPI) saving() {
	public(a, huma.Operation{
		OperationID: "saveAnswer", Method: http.MethodPut, Path: "/attempts/{id}/answers", Tags: []string{"exam room"}, Summary: "Save answers",
		Description: "Under the lease, without a session: every change not yet confirmed, under the next sequence number. Answers when it is durable; the same save again is confirmed again. " +
			"An old lease or sequence number is superseded (409, reason lease or sequence). After the deadline only what was queued before it is taken, for the grace period, and is marked as late; else 410 late.",
		Errors:       append(refusals(fault.NotFound, fault.Superseded, fault.Late), http.StatusRequestEntityTooLarge),
		MaxBodyBytes: saveMost,
	}, a.saveAnswer)
}

type saveInput struct {
	ID   string `path:"id" doc:"Id of the attempt"`
	Body struct {
		Lease   string       `json:"lease" maxLength:"100"`
		Seq     int64        `json:"seq" minimum:"1" doc:"One more than that of the last save"`
		Changes []changeJSON `json:"changes" minItems:"1" maxItems:"300"`
	}
}

type changeJSON struct {
	Question string   `json:"question" example:"q001"`
	Choice   []int    `json:"choice,omitempty" doc:"Indexes of the chosen options; true_false: 0 right, 1 wrong"`
	Text     []string `json:"text,omitempty" doc:"fill_in: one text for each blank"`
	Flagged  bool     `json:"flagged,omitempty" doc:"The candidate wants to come back to it"`
	Age      int64    `json:"age_ms,omitempty" minimum:"0" maximum:"604800000" doc:"Milliseconds since it was queued"`
}

type receiptJSON struct {
	Seq      int64     `json:"seq"`
	SavedAt  time.Time `json:"saved_at"`
	Now      time.Time `json:"now"`
	Deadline time.Time `json:"deadline" doc:"With added time"`
}

func (a *jsonAPI) saveAnswer(ctx context.Context, in *saveInput) (receiptJSON, error) {
	now := a.Now()
	save := exam.Save{Attempt: in.ID, Lease: in.Body.Lease, Seq: in.Body.Seq, Changes: make([]exam.Change, len(in.Body.Changes))}
	for i, change := range in.Body.Changes {
		save.Changes[i] = exam.Change{
			Question: change.Question, Answer: bank.Answer{Choice: change.Choice, Text: change.Text},
			Flagged: change.Flagged, QueuedAt: now.Add(-time.Duration(change.Age) * time.Millisecond),
		}
	}
	receipt, err := a.Exam.Save(ctx, save)
	return receiptJSON{receipt.Seq, moment(receipt.SavedAt), moment(a.Now()), moment(receipt.Deadline)}, err
}
