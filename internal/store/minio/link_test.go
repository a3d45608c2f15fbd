package minio

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	s3 "github.com/minio/minio-go/v7"

	"kaoping/internal/fault"
)

// follow reads a link as a browser without any credentials.
func follow(t *testing.T, link string) (status int, header http.Header, content string) {
	t.Helper()
	response, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(raw)
}

func TestLink(t *testing.T) {
	const key, text, disposition = "certificates/1.pdf", "the certificate", `inline; filename=1.pdf`
	c := newConfig(t)
	c.PublicEndpoint = strings.Replace(c.Endpoint, "127.0.0.1", "localhost", 1)
	s := openNew(t, c)
	put(t, s, key, text)
	hash := digest([]byte(text))
	link := func(life time.Duration) string {
		t.Helper()
		link, err := s.Link(t.Context(), key, hash, disposition, life)
		if err != nil || !strings.HasPrefix(link, c.PublicEndpoint+"/") {
			t.Fatalf("%q, %v, want a link to %s", link, err, c.PublicEndpoint)
		}
		return link
	}

	good := link(2 * time.Minute)
	opens := func(when string) {
		t.Helper()
		status, header, content := follow(t, good)
		if status != 200 || content != text || header.Get("Content-Disposition") != disposition || header.Get("Content-Type") != "application/pdf" {
			t.Errorf("%s: %d %v %q", when, status, header, content)
		}
	}
	opens("without credentials")
	for name, value := range map[string]string{"X-Amz-Expires": "604800", "response-content-disposition": "attachment; filename=other.pdf", "versionId": ""} {
		changed, err := url.Parse(good)
		if err != nil {
			t.Fatal(err)
		}
		query := changed.Query()
		if name == "X-Amz-Expires" && query.Get(name) != "120" {
			t.Errorf("the link lives for %s seconds", query.Get(name))
		}
		query.Set(name, value)
		changed.RawQuery = query.Encode()
		if status, _, content := follow(t, changed.String()); status != 403 || strings.Contains(content, text) {
			t.Errorf("with another %s: %d %s", name, status, content)
		}
	}
	if status, _, _ := follow(t, strings.Replace(good, "1.pdf", "2.pdf", 1)); status != 403 {
		t.Errorf("of another document: %d", status)
	}
	if status, _, _ := follow(t, good[:strings.Index(good, "?")]); status != 403 {
		t.Errorf("without a signature: %d", status)
	}
	short, tries := link(time.Second), 0
	for ; tries < 500; tries++ { // its time comes
		if status, _, _ := follow(t, short); status == 403 {
			break
		}
		<-time.After(10 * time.Millisecond)
	}
	if tries == 500 {
		t.Error("a link of one second opens for ever")
	}

	if _, err := s.Link(t.Context(), key, digest([]byte("another")), disposition, time.Minute); !fault.Is(err, fault.Internal) {
		t.Errorf("a document with another hash: %v", err)
	}
	if _, err := s.Link(t.Context(), "certificates/2.pdf", hash, disposition, time.Minute); !fault.Is(err, fault.NotFound) {
		t.Errorf("no document: %v", err)
	}
	forged := "another person's"
	_, err := s.client.Client.PutObject(t.Context(), c.Bucket, key, strings.NewReader(forged), int64(len(forged)), s3.PutObjectOptions{UserMetadata: map[string]string{hashKey: hash}})
	if err != nil {
		t.Fatal(err)
	}
	if link, err := s.Link(t.Context(), key, hash, disposition, time.Minute); link != "" || err != nil && !fault.Is(err, fault.Internal) {
		t.Errorf("somebody put other bytes with the old hash over it: %q, %v", link, err)
	}
	opens("with another version over it")
}

func TestNoLinkWithoutAPublicEndpoint(t *testing.T) {
	s := openNew(t, newConfig(t))
	put(t, s, "a", "x")
	if link, err := s.Link(t.Context(), "a", digest([]byte("x")), "inline", time.Minute); link != "" || err != nil {
		t.Errorf("%q, %v", link, err)
	}
}
