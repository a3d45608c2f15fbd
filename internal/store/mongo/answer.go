package mongo

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"
	"go.mongodb.org/mongo-driver/v2/mongo/options"

	"kaoping/exam"
	"kaoping/internal/fault"
)

// lease is the part of an attempt's document that a save reads. Version and
// Seq together name its state: every change of the attempt counts up the one,
// every save the other.
type lease struct {
	Attempt  string `bson:"_id"`
	Version  int    `bson:"version"`
	Lease    string `bson:"lease"`
	Open     bool   `bson:"open"`
	Deadline int64  `bson:"deadline"`
	Seq      int64  `bson:"seq"`
	Digest   string `bson:"digest"`
	Saved    int64  `bson:"saved"` // when the save with Seq arrived
}

var leaseFields = by("version", "lease", "open", "deadline", "seq", "digest", "saved")

func (l lease) state() exam.LeaseState {
	return exam.LeaseState{Lease: l.Lease, Open: l.Open, Seq: l.Seq, Digest: l.Digest, Deadline: moment(l.Deadline)}
}

// answer is a stored answer; the question is the field's name.
type answer struct {
	Answer  string `bson:"answer"` // JSON
	Flagged bool   `bson:"flagged,omitempty"`
	Seq     int64  `bson:"seq"`
	Saved   int64  `bson:"saved"`
	Late    bool   `bson:"late,omitempty"`
}

// Lease returns the lease of an attempt (NotFound).
func (s *Store) Lease(ctx context.Context, attempt string) (exam.LeaseState, error) {
	const op = "mongo.Lease"
	var found lease
	err := s.db.Collection(attempts.name).FindOne(ctx, bson.D{{Key: "_id", Value: attempt}}, options.FindOne().SetProjection(leaseFields)).Decode(&found)
	if errors.Is(err, driver.ErrNoDocuments) {
		return exam.LeaseState{}, fault.New(fault.NotFound, op, noAttempt)
	}
	if err != nil {
		return exam.LeaseState{}, failure(op, err)
	}
	return found.state(), nil
}

// SaveAnswers commits a save as LeaseState.Accepts decides (Superseded, Late,
// NotFound). It is the hot path. Invalid: a question's id has a character that
// is none of an id.
func (s *Store) SaveAnswers(ctx context.Context, save exam.Save) (exam.Receipt, error) {
	const op = "mongo.SaveAnswers"
	answers := make([]answer, len(save.Changes))
	for i, c := range save.Changes {
		if c.Question == "" || strings.ContainsAny(c.Question, ".$\x00") {
			return exam.Receipt{}, fault.New(fault.Invalid, op, "a change names a question of the paper and an answer that fits it")
		}
		raw, err := json.Marshal(c.Answer)
		if err != nil {
			return exam.Receipt{}, failure(op, err)
		}
		answers[i] = answer{Answer: string(raw), Flagged: c.Flagged, Seq: save.Seq, Saved: nanoseconds(save.At)}
	}
	return s.saver.submit(ctx, &change{save: save, answers: answers, done: make(chan struct{})})
}

// Answers returns the saved answers of an attempt by question; none for an
// attempt that does not exist.
func (s *Store) Answers(ctx context.Context, attempt string) (map[string]exam.Answer, error) {
	const op = "mongo.Answers"
	var found struct {
		Answers map[string]answer `bson:"answers"`
	}
	err := s.db.Collection(attempts.name).FindOne(ctx, bson.D{{Key: "_id", Value: attempt}},
		options.FindOne().SetProjection(bson.D{{Key: "answers", Value: 1}})).Decode(&found)
	if err != nil && !errors.Is(err, driver.ErrNoDocuments) {
		return nil, failure(op, err)
	}
	answers := make(map[string]exam.Answer, len(found.Answers))
	for question, stored := range found.Answers {
		a := exam.Answer{Flagged: stored.Flagged, Seq: stored.Seq, SavedAt: moment(stored.Saved), Late: stored.Late}
		if err := json.Unmarshal([]byte(stored.Answer), &a.Answer); err != nil {
			return nil, failure(op, err)
		}
		answers[question] = a
	}
	return answers, nil
}
