package web

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"kaoping/bank"
	"kaoping/exam"
	"kaoping/internal/fault"
)

// The largest save in bytes, and the oldest change: a queue may have waited
// for as long as the grace period lasts, and no browser's clock drifts a day.
const (
	saveMost = 256 << 10
	ageMost  = int64(24 * time.Hour / time.Millisecond)
)

// saving documents saveAnswer with the types that it decodes, and answers it by
// hand: of all operations only this one is called thousands of times a second.
func (a *jsonAPI) saving() {
	op := complete(huma.Operation{
		OperationID: "saveAnswer", Method: http.MethodPut, Path: "/attempts/{id}/answers", Tags: []string{"exam room"}, Summary: "Save answers",
		Description: "Under the lease, without a session: every change not yet confirmed, under the next sequence number. Answers when it is durable; the same save again is confirmed again. " +
			"An old lease or sequence number is superseded (409, reason lease or sequence). After the deadline only what was queued before it is taken, for the grace period, and is marked as late; else 410 late.",
		Errors:       append(refusals(fault.NotFound, fault.Superseded, fault.Late), http.StatusRequestEntityTooLarge),
		MaxBodyBytes: saveMost,
	})
	huma.Register(a.documented, op, func(context.Context, *saveInput) (*answer[receiptJSON], error) { return nil, nil })
	a.engine.PUT(apiPrefix+"/attempts/:id/answers", a.saveAnswer)
}

type saveInput struct {
	ID   string `path:"id" doc:"Id of the attempt"`
	Body saveJSON
}

type saveJSON struct {
	Lease   string       `json:"lease"`
	Seq     int64        `json:"seq" minimum:"1" doc:"One more than that of the last save"`
	Changes []changeJSON `json:"changes" minItems:"1" maxItems:"300"`
}

type changeJSON struct {
	Question string   `json:"question" example:"q001"`
	Choice   []int    `json:"choice,omitempty" doc:"Indexes of the chosen options; true_false: 0 right, 1 wrong"`
	Text     []string `json:"text,omitempty" doc:"fill_in: one text for each blank"`
	Flagged  bool     `json:"flagged,omitempty" doc:"The candidate wants to come back to it"`
	Age      int64    `json:"age_ms,omitempty" minimum:"0" doc:"Milliseconds since it was queued"`
}

type receiptJSON struct {
	Seq      int64     `json:"seq"`
	SavedAt  time.Time `json:"saved_at"`
	Now      time.Time `json:"now"`
	Deadline time.Time `json:"deadline" doc:"With added time"`
}

func (a *jsonAPI) saveAnswer(c *gin.Context) {
	receipt, err := a.save(c)
	if err != nil {
		a.note(c.FullPath(), err)
		a.refuse(c, err)
		return
	}
	c.JSON(http.StatusOK, receiptJSON{receipt.Seq, moment(receipt.SavedAt), moment(a.Now()), moment(receipt.Deadline)})
}

func (a *jsonAPI) save(c *gin.Context) (exam.Receipt, error) {
	const op = "web.saveAnswer"
	var in saveJSON
	body := json.NewDecoder(http.MaxBytesReader(c.Writer, c.Request.Body, saveMost))
	body.DisallowUnknownFields()
	if err := body.Decode(&in); err != nil {
		return exam.Receipt{}, unreadable(op, err)
	}
	if _, err := body.Token(); !errors.Is(err, io.EOF) {
		return exam.Receipt{}, unreadable(op, err)
	}
	now := a.Now()
	save := exam.Save{Attempt: c.Param("id"), Lease: in.Lease, Seq: in.Seq, Changes: make([]exam.Change, len(in.Changes))}
	for i, change := range in.Changes {
		if change.Age < 0 || change.Age > ageMost {
			return exam.Receipt{}, fault.New(fault.Invalid, op, "age_ms is the time since a change was queued, 0 to %d milliseconds", ageMost)
		}
		save.Changes[i] = exam.Change{
			Question: change.Question, Answer: bank.Answer{Choice: change.Choice, Text: change.Text},
			Flagged: change.Flagged, QueuedAt: now.Add(-time.Duration(change.Age) * time.Millisecond),
		}
	}
	return a.Exam.Save(c.Request.Context(), save)
}

// unreadable refuses a body that is not one save and nothing else.
func unreadable(op string, err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return fault.New(fault.Invalid, op, "a save has at most %d KiB: send the changes in parts", saveMost>>10).Because(err)
	}
	return fault.New(fault.Invalid, op, "the request is not as the API's document describes it").Because(err)
}
