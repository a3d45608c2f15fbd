package web

import (
	"slices"
	"testing"

	"kaoping/internal/fault"
	"kaoping/policies/rulebook"
)

func TestAFilingIsReadAsItIsWritten(t *testing.T) {
	var issues []fault.Issue
	scopes := scopeLines("6-31-01-03 | 5 4 | 结业考核、skill_level\n6-18-02-04｜5\n", &issues)
	sites := siteLines("第一考点 | 示范路 | 000001 | 4 | 第一考场 20，第二考场 10 | 410421\n第二考点 | | 000002 | 0 | 一 5\n", &issues)
	if len(issues) > 0 || len(scopes) != 2 || !slices.Equal(scopes[0].Tracks, []rulebook.Track{rulebook.Completion, rulebook.SkillLevel}) || scopes[1].Tracks != nil {
		t.Errorf("%+v, %v", scopes, issues)
	}
	if len(sites) != 2 || sites[0].Region != "410421" || sites[1].Region != "" || len(sites[0].Rooms) != 2 {
		t.Errorf("%+v", sites)
	}
	scopeLines("6-31-01-03 | 5 | 结业", &issues)
	siteLines("第一考点 | 示范路 | 000001 | 4", &issues)
	if len(issues) != 2 {
		t.Errorf("%v", issues)
	}
}
