package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"kaoping/internal/fault"
	"kaoping/internal/outbox"
	"kaoping/policies/access"
)

func (a *jsonAPI) jobs() {
	operation(a, huma.Operation{
		OperationID: "listJobs", Method: http.MethodGet, Path: "/jobs", Tags: []string{"jobs"}, Summary: "Background work that is not done",
		Description: "By id. For administrators of the installation.",
	}, a.listJobs)
	command(a, huma.Operation{
		OperationID: "retryJob", Method: http.MethodPost, Path: "/jobs/{job}/retry", Tags: []string{"jobs"}, Summary: "Have dead work done again",
		Description: "It is due at once, with all its tries. Refused when it is not dead.", Errors: refusals(fault.NotFound, fault.Refused),
	}, a.retryJob)
}

type jobJSON struct {
	ID       string       `json:"id" example:"issue-certificates:01J5ZC7X0V8R3Q4W9K2M6N1P7T"`
	Kind     string       `json:"kind" example:"issue-certificates"`
	Key      string       `json:"key" doc:"Id of what it is about"`
	State    outbox.State `json:"state" enum:"waiting,due,dead" doc:"waiting: for its time, or under way; due: for a worker; dead: given up until it is retried"`
	Tries    int          `json:"tries" doc:"Since it was recorded, or last retried"`
	Due      *time.Time   `json:"due,omitempty" doc:"When it is tried next; absent when it is dead"`
	FailedAt *time.Time   `json:"failed_at,omitempty"`
	Failure  string       `json:"failure,omitempty" doc:"Why the last try failed, without names and numbers; the log has them"`
}

type jobsQuery struct {
	Paging
	State outbox.State `query:"state" enum:"waiting,due,dead"`
}

func (a *jsonAPI) listJobs(ctx context.Context, actor access.Actor, in *jobsQuery) (listJSON[jobJSON], error) {
	list, err := a.Jobs.List(ctx, actor, outbox.Query{State: in.State, After: in.Cursor, Limit: in.more()})
	now, words := a.Now(), callOf(ctx).language
	return page(list, in.Paging, func(j outbox.Job) string { return j.ID }, func(j outbox.Job) jobJSON {
		return jobJSON{
			ID: j.ID, Kind: j.Kind, Key: j.Key, State: j.State(now), Tries: j.Tries,
			Due: momentOrNone(j.Due), FailedAt: momentOrNone(j.Last.At), Failure: words.failure(j.Last),
		}
	}), err
}

type ofJob struct {
	ID string `path:"job" maxLength:"100" doc:"Id of the work"`
}

func (a *jsonAPI) retryJob(ctx context.Context, actor access.Actor, in *ofJob) error {
	return a.Jobs.Retry(ctx, actor, in.ID)
}
