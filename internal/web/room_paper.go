package web

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"time"

	"kaoping/bank/central"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/fault"
)

// Where a room loads its sealed paper and hears of its release.
const (
	roomPaperPath   = "/room/paper/"
	roomReleasePath = "/room/release"
)

// sealedForm is what rooms load before the start: it says nothing without its key.
type sealedForm struct {
	cipher []byte
	digest string // in its address, so that browsers keep it
}

// preloads keeps in memory what a hall asks for at one moment. A sealed form
// never changes, and keys are kept from their release on.
type preloads struct {
	forms, keys sync.Map // by central.PaperRef
	standings   sync.Map // of papers, for standingFor
}

// standingFor is how old a paper's standing may be on the pages of waiting rooms.
const standingFor = time.Second

type seenStanding struct {
	central.Standing
	at time.Time
}

func (s *Server) roomStanding(ctx context.Context, id string) (central.Standing, error) {
	if seen, ok := s.preloads.standings.Load(id); ok && time.Since(seen.(seenStanding).at) < standingFor {
		return seen.(seenStanding).Standing, nil
	}
	standing, err := s.Central.Standing(ctx, id)
	if err == nil {
		s.preloads.standings.Store(id, seenStanding{standing, time.Now()})
	}
	return standing, err
}

func (s *Server) sealedForm(ctx context.Context, ref string) (sealedForm, error) {
	if f, ok := s.preloads.forms.Load(ref); ok {
		return f.(sealedForm), nil
	}
	id, letter, _ := central.ParseRef(ref)
	cipher, err := s.Central.RoomCipher(ctx, id, letter)
	if err != nil {
		return sealedForm{}, err
	}
	f := sealedForm{cipher, audit.Digest(cipher)}
	s.preloads.forms.Store(ref, f)
	return f, nil
}

// roomKey is the key of a form from its release on (Early before).
func (s *Server) roomKey(ctx context.Context, ref string) ([]byte, error) {
	if key, ok := s.preloads.keys.Load(ref); ok {
		return key.([]byte), nil
	}
	id, letter, _ := central.ParseRef(ref)
	key, err := s.Central.RoomKey(ctx, id, letter)
	if err == nil {
		s.preloads.keys.Store(ref, key)
	}
	return key, err
}

// preload is the address of the sealed form that a sitting's candidates sit,
// "" where there is none: the paper comes with the start then.
func (s *Server) preload(ctx context.Context, sitting exam.Sitting) string {
	if sitting.Central == "" {
		return ""
	}
	standing, err := s.roomStanding(ctx, sitting.Central)
	if err != nil {
		return ""
	}
	f, err := s.sealedForm(ctx, central.PaperRef(sitting.Central, standing.Current))
	if err != nil {
		return ""
	}
	return roomPaperPath + f.digest
}

// sendRoomPaper sends the sealed form to a candidate's browser, which keeps it.
func (s *Server) sendRoomPaper(r *request) error {
	const op = "web.sendRoomPaper"
	sitting, _, err := s.Exam.OwnResult(r.Request.Context(), r.actor)
	if err != nil {
		return err
	}
	for _, letter := range central.Letters {
		if sitting.Central == "" {
			break
		}
		f, err := s.sealedForm(r.Request.Context(), central.PaperRef(sitting.Central, letter))
		if err != nil || f.digest != r.Param("digest") {
			continue
		}
		r.Header("Cache-Control", "private, max-age=86400, immutable")
		r.Data(http.StatusOK, "application/octet-stream", f.cipher)
		return nil
	}
	return fault.New(fault.NotFound, op, "there is no such paper")
}

// orderJSON is one question in the candidate's order.
type orderJSON struct {
	Question string `json:"question" doc:"Id in the sealed paper"`
	Options  []int  `json:"options" doc:"Indexes of its options, in the candidate's order"`
}

// sealedAnswer puts what opens the sealed paper, and the candidate's order, in
// place of the questions, for a page that has loaded it. ok is false where it
// has not, or has another form.
func (s *Server) sealedAnswer(ctx context.Context, started exam.Started, digest string) (opens string, order []orderJSON, ok bool) {
	if _, _, isCentral := central.ParseRef(started.Attempt.Paper); !isCentral || digest == "" || len(started.Sections) == 0 {
		return "", nil, false
	}
	f, err := s.sealedForm(ctx, started.Attempt.Paper)
	if err != nil || f.digest != digest {
		return "", nil, false
	}
	key, err := s.roomKey(ctx, started.Attempt.Paper)
	if err != nil {
		return "", nil, false
	}
	for _, section := range started.Sections {
		for _, q := range section.Questions {
			o := orderJSON{q.ID, make([]int, len(q.Options))}
			for i, option := range q.Options {
				o.Options[i] = option.Index
			}
			order = append(order, o)
		}
	}
	return base64.StdEncoding.EncodeToString(key), order, true
}

// releaseEvents is the stream by which waiting pages hear that their paper is
// released: one event named release, with what opens it.
func (s *Server) releaseEvents(r *request) error {
	ctx := r.Request.Context()
	sitting, _, err := s.Exam.OwnResult(ctx, r.actor)
	if err != nil {
		return err
	}
	if sitting.Central == "" {
		return fault.New(fault.NotFound, "web.releaseEvents", "there is no such paper")
	}
	released, leave := s.releases.join(s, sitting.Central)
	defer leave()
	r.Header("Content-Type", "text/event-stream")
	r.Header("X-Accel-Buffering", "no") // a proxy passes each event on at once
	beat := time.NewTicker(eventsBeat)
	defer beat.Stop()
	for text := ":\n\n"; ; text = ":\n\n" {
		if !s.write(r, text) {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.drained:
			return nil
		case <-beat.C:
			if fault.Is(s.present(r.Context), fault.Unauthenticated) {
				return nil
			}
		case <-released.done:
			s.write(r, released.event())
			return nil
		}
	}
}

// write sends a part of a stream at once; false where the client is gone.
func (s *Server) write(r *request, text string) bool {
	// Where the connection has no deadlines, a stuck client is told by its context.
	_ = http.NewResponseController(r.Writer).SetWriteDeadline(time.Now().Add(eventsWrite))
	if _, err := r.Writer.WriteString(text); err != nil {
		return false
	}
	r.Writer.Flush()
	return true
}

// releaseLook is how often a paper is looked at while rooms wait for it.
const releaseLook = 500 * time.Millisecond

// releases are the papers that rooms of this instance wait for. Each is looked
// at by one watcher, however many rooms wait.
type releases struct {
	mu      sync.Mutex
	waiting map[string]*release // by paper
}

// release is one paper until it is released.
type release struct {
	done  chan struct{} // closed at the release
	rooms int           // that wait; under releases.mu
	paper string        // central.PaperRef
	key   []byte
}

func (r *release) event() string {
	data, err := json.Marshal(map[string]string{"paper": r.paper, "opens": base64.StdEncoding.EncodeToString(r.key)})
	if err != nil {
		panic(err) // strings always encode
	}
	return fmt.Sprintf("event: release\ndata: %s\n\n", data)
}

// join waits with others for a paper; leave ends that.
func (w *releases) join(s *Server, paper string) (r *release, leave func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting == nil {
		w.waiting = map[string]*release{}
	}
	r, ok := w.waiting[paper]
	if !ok {
		r = &release{done: make(chan struct{})}
		w.waiting[paper] = r
		go w.watch(s, paper, r)
	}
	r.rooms++
	return r, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		r.rooms--
	}
}

// watch looks at a paper until it is released or nobody waits for it.
func (w *releases) watch(s *Server, paper string, r *release) {
	look := time.NewTicker(releaseLook)
	defer look.Stop()
	for {
		if w.deserted(paper, r) {
			return
		}
		if s.released(paper, r) {
			w.forget(paper, r)
			close(r.done)
			return
		}
		select {
		case <-s.drained:
			return
		case <-look.C:
		}
	}
}

// deserted forgets a paper that nobody waits for any more.
func (w *releases) deserted(paper string, r *release) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if r.rooms > 0 {
		return false
	}
	delete(w.waiting, paper) // who comes now begins anew
	return true
}

// forget ends the waiting for a release; who comes now begins anew.
func (w *releases) forget(paper string, r *release) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.waiting[paper] == r {
		delete(w.waiting, paper)
	}
}

// released asks for the key of the form that is sat.
func (s *Server) released(paper string, r *release) bool {
	ctx, cancel := context.WithTimeout(context.Background(), eventsWrite)
	defer cancel()
	standing, err := s.Central.Standing(ctx, paper)
	if err == nil {
		r.paper = central.PaperRef(paper, standing.Current)
		r.key, err = s.roomKey(ctx, r.paper)
	}
	if err != nil && !fault.Is(err, fault.Early) {
		s.Log.Warn("a paper that rooms wait for could not be looked at", "paper", paper, "error", err)
	}
	return err == nil
}
