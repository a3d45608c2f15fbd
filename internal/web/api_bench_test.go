package web

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"kaoping/exam"
)

// kept answers every save at once, so that what is measured is the way there.
type kept struct{ exam.Store }

func (kept) SaveAnswers(_ context.Context, s exam.Save) (exam.Receipt, error) {
	return exam.Receipt{Seq: s.Seq, SavedAt: s.At, Deadline: s.At}, nil
}

// BenchmarkSaveAnswer is what a save costs before the store: routing, strict
// decoding, the service's checks, encoding.
func BenchmarkSaveAnswer(b *testing.B) {
	s := bare(b)
	s.Exam.Store = kept{}
	for _, changes := range []int{1, 10} {
		list := make([]string, changes)
		for i := range list {
			list[i] = fmt.Sprintf(`{"question":"q%03d","choice":[1,3],"text":[],"flagged":false,"age_ms":120}`, i+1)
		}
		body := `{"lease":"3f8c1a52b9d04e6f8a7c6b5d4e3f2a1b","seq":42,"changes":[` + strings.Join(list, ",") + `]}`
		b.Run(fmt.Sprintf("%d changes", changes), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				r := httptest.NewRequest(http.MethodPut, apiPrefix+"/attempts/01JX/answers", strings.NewReader(body))
				w := httptest.NewRecorder()
				s.engine.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code, w.Body)
				}
			}
		})
	}
}
