package certify

import (
	"strings"
	"testing"

	"kaoping/policies/rulebook"
)

// TestACertificateSaysWhatWasExamined: only where a level was examined does the
// document speak of one.
func TestACertificateSaysWhatWasExamined(t *testing.T) {
	for _, track := range rulebook.Tracks {
		ofLevel := track.Leveled()
		if text := wording(track); strings.Contains(text, "等级") != ofLevel || !strings.HasSuffix(text, "特发此证。") {
			t.Errorf("%s: %s", track, text)
		}
		if got := printedLevel(Certificate{Track: track, Level: rulebook.JuniorWorker}); (got != "--") != ofLevel {
			t.Errorf("%s: the level is %s", track, got)
		}
	}
}
