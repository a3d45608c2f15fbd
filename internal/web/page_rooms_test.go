package web

import (
	"testing"
	"time"

	"kaoping/exam"
	"kaoping/policies/rulebook"
)

func TestSpanCountsABegunSecond(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "00:00:00", -time.Minute: "00:00:00", time.Millisecond: "00:00:01", time.Second: "00:00:01",
		59*time.Minute + 59*time.Second + time.Nanosecond: "01:00:00", 26 * time.Hour: "26:00:00",
	} {
		if got := span(d); got != want {
			t.Errorf("%v is %s, want %s", d, got, want)
		}
	}
}

func TestDaysLeftAreLegalDays(t *testing.T) {
	lateEvening := time.Date(2026, 11, 21, 23, 59, 0, 0, rulebook.Shanghai)
	for want, start := range map[int]time.Time{
		0:  lateEvening.Add(-time.Hour),
		1:  lateEvening.Add(2 * time.Minute),
		3:  time.Date(2026, 11, 24, 9, 0, 0, 0, rulebook.Shanghai),
		-1: time.Date(2026, 11, 20, 23, 0, 0, 0, rulebook.Shanghai),
	} {
		if got := daysUntil(lateEvening.UTC(), start); got != want {
			t.Errorf("%v is %d days away, want %d", start, got, want)
		}
	}
}

func TestABoardCountsEachCandidateOnce(t *testing.T) {
	var b board
	for _, attempt := range []*exam.Attempt{nil, {State: exam.Open}, {State: exam.Open}, {State: exam.Submitted}, {State: exam.Scored}} {
		b.count(exam.Place{Attempt: attempt})
	}
	if b.Absent != 1 || b.Present != 4 || b.Writing != 2 || b.HandedIn != 2 {
		t.Errorf("%+v", b)
	}
}

func TestAPlaceShowsAddedTimeAndWhoAsksForIt(t *testing.T) {
	start := time.Date(2026, 11, 21, 9, 0, 0, 0, rulebook.Shanghai)
	sitting := exam.Sitting{StartsAt: start, Minutes: 90}
	attempt := exam.Attempt{State: exam.Open, Takeover: "other", Deadline: sitting.Deadline().Add(10 * time.Minute)}
	if p := placeOf(exam.Place{Attempt: &attempt}, sitting); !p.Open || !p.Waits || p.Added != 10 || p.HandedIn != "" {
		t.Errorf("%+v", p)
	}
	attempt.State, attempt.SubmittedAt = exam.Submitted, start.Add(time.Hour)
	if p := placeOf(exam.Place{Attempt: &attempt}, sitting); p.Open || p.Waits || p.HandedIn != "10:00:00" {
		t.Errorf("a handed-in examination cannot be moved: %+v", p)
	}
}
