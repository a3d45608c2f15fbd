package web

import (
	"encoding/json"

	"kaoping/internal/fault"
	"kaoping/internal/web/room"
)

const examPath = "/room/exam"

// showExam is the exam room itself: a frame that room.js fills, with every
// sentence of the script in the page's language.
func (s *Server) showExam(r *request) error {
	texts := make(map[string]string, len(room.Texts))
	for _, sentence := range room.Texts {
		texts[sentence] = r.T(sentence)
	}
	raw, err := json.Marshal(texts)
	if err != nil {
		return fault.Wrap("web.showExam", err)
	}
	paper := ""
	if sitting, _, err := s.Exam.OwnResult(r.Request.Context(), r.actor); err == nil { // without it the paper comes with the start
		paper = s.preload(r.Request.Context(), sitting)
	}
	return r.render(roomFrame, "exam", r.T("Examination"), map[string]string{"Texts": string(raw), "Paper": paper})
}
