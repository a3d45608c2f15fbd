package main

import (
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"

	"kaoping/certify"
	"kaoping/internal/audit"
)

// TestDocumentsAreLinkedWhereBrowsersReachTheBucket gives who may read a
// certificate a link to it, and nobody else.
func TestDocumentsAreLinkedWhereBrowsersReachTheBucket(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	needServers(t)
	c := productionConfig(t.TempDir(), os.Getenv)
	c.S3PublicEndpoint = c.S3Endpoint
	if err := seed(c); err != nil {
		t.Fatal(err)
	}
	a := openAppWith(t, c, testNow)
	if err := a.finished(ctx, testNow); err != nil {
		t.Fatal(err)
	}
	list, err := a.store.Certificates(ctx, certify.Query{})
	if err != nil || len(list) == 0 || list[0].State != certify.Issued {
		t.Fatal(list, err)
	}
	number := list[0].Number
	page, operation := "/certificates/"+number+".pdf", "/api/v1/certificates/"+number+"/document"
	asked := func(who, path string) apiReply {
		t.Helper()
		client := a.as(t, who)
		client.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		return client.get(path)
	}
	for _, path := range []string{page, operation} {
		r := asked("scheduler", path)
		link, err := url.Parse(r.header.Get("Location"))
		if err != nil || r.status != http.StatusSeeOther || !strings.HasPrefix(link.String(), c.S3Endpoint) || link.Query().Get("X-Amz-Expires") != "120" {
			t.Fatalf("%s: %d %v", path, r.status, r.header)
		}
		response, err := http.Get(link.String()) // with no cookie and no key
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(response.Body)
		response.Body.Close()
		if err != nil || response.StatusCode != 200 || audit.Digest(content) != list[0].SHA256 ||
			response.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(response.Header.Get("Content-Disposition"), number+".pdf") {
			t.Errorf("%s: the link gives %d %v, %d bytes, %v", path, response.StatusCode, response.Header, len(content), err)
		}
		if r := asked(rival, path); r.status != http.StatusForbidden || r.header.Get("Location") != "" {
			t.Errorf("%s for another body: %d %s", path, r.status, r.header.Get("Location"))
		}
	}
}
