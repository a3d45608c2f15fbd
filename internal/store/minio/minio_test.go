package minio

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	s3 "github.com/minio/minio-go/v7"
	"github.com/oklog/ulid/v2"

	"kaoping/internal/fault"
	"kaoping/internal/store/storetest"
)

func TestContract(t *testing.T) {
	newConfig(t) // skips
	storetest.Documents(t, func(t *testing.T) storetest.DocumentStore { return openNew(t, newConfig(t)) })
}

// newConfig names a bucket that is removed with the test.
func newConfig(t testing.TB) Config {
	t.Helper()
	c := Config{
		Endpoint:  os.Getenv("KAOPING_TEST_S3_ENDPOINT"),
		AccessKey: os.Getenv("KAOPING_TEST_S3_ACCESS_KEY"),
		SecretKey: os.Getenv("KAOPING_TEST_S3_SECRET_KEY"),
		Bucket:    "kaoping-test-" + strings.ToLower(ulid.Make().String()),
	}
	if c.Endpoint == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no server for this engine: make test brings one up")
		}
		t.Skip("KAOPING_TEST_S3_ENDPOINT names no object store: deploy/services.sh run -- go test ./… brings one up")
	}
	return c
}

func openNew(t testing.TB, c Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.removeBucket(t) })
	return s
}

// removeBucket removes the bucket with all versions.
func (s *Store) removeBucket(t testing.TB) {
	ctx, bucket := context.Background(), s.config.Bucket
	for object := range s.client.ListObjectsIter(ctx, bucket, s3.ListObjectsOptions{WithVersions: true, Recursive: true}) {
		err := object.Err
		if err == nil {
			err = s.client.RemoveObject(ctx, bucket, object.Key, s3.RemoveObjectOptions{VersionID: object.VersionID})
		}
		if err != nil {
			t.Errorf("removing %s: %v", object.Key, err)
		}
	}
	if err := s.client.RemoveBucket(ctx, bucket); err != nil {
		t.Error(err)
	}
}

func put(t *testing.T, s *Store, key, content string) {
	t.Helper()
	if _, err := s.Put(t.Context(), key, []byte(content), "application/pdf"); err != nil {
		t.Fatal(err)
	}
}

func TestOpenTogether(t *testing.T) {
	c := newConfig(t)
	errs := make(chan error, 8)
	for range cap(errs) {
		go func() {
			_, err := Open(t.Context(), c)
			errs <- err
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	put(t, openNew(t, c), "a", "x")
	other, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if got, contentType, err := other.Get(t.Context(), "a"); err != nil || string(got) != "x" || contentType != "application/pdf" {
		t.Errorf("from another instance: %q, %q, %v", got, contentType, err)
	}
}

// TestTampering has somebody with the bucket's own keys put another version
// over a document: neither its bytes alone nor its bytes with a hash go unseen
// by who compares with the record.
func TestTampering(t *testing.T) {
	s := openNew(t, newConfig(t))
	put(t, s, "c/1.pdf", "the certificate")
	forge := func(metadata map[string]string) {
		t.Helper()
		forged := "another person's"
		_, err := s.client.Client.PutObject(t.Context(), s.config.Bucket, "c/1.pdf", strings.NewReader(forged), int64(len(forged)),
			s3.PutObjectOptions{UserMetadata: metadata})
		if err != nil {
			t.Fatal(err)
		}
		if got, err := s.Hash(t.Context(), "c/1.pdf"); err != nil || got != digest([]byte(forged)) {
			t.Errorf("Hash: %q, %v; want that of what is stored", got, err)
		}
	}
	forge(nil)
	if _, _, err := s.Get(t.Context(), "c/1.pdf"); !fault.Is(err, fault.Internal) {
		t.Errorf("Get without a hash: %v", err)
	}
	forge(map[string]string{hashKey: digest([]byte("the certificate"))})
	if _, _, err := s.Get(t.Context(), "c/1.pdf"); !fault.Is(err, fault.Internal) {
		t.Errorf("Get with the old hash: %v", err)
	}
	if _, err := s.Put(t.Context(), "c/1.pdf", []byte("the certificate"), "application/pdf"); !fault.Is(err, fault.Internal) {
		t.Errorf("Put over a damaged document: %v", err)
	}
}

func TestRetention(t *testing.T) {
	c := newConfig(t)
	c.Retain, c.RetainPrefix = time.Hour, "certificates/"
	s := openNew(t, c)
	s.now = func() time.Time { return time.Now().Add(3*time.Second - c.Retain) } // so that the test can clean up
	put(t, s, "photos/1.jpg", "x")
	put(t, s, "certificates/1.pdf", "x")
	remove := func(key string) error {
		info, err := s.client.Client.StatObject(t.Context(), c.Bucket, key, s3.StatObjectOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return s.client.RemoveObject(t.Context(), c.Bucket, key, s3.RemoveObjectOptions{VersionID: info.VersionID, GovernanceBypass: true})
	}
	if err := remove("photos/1.jpg"); err != nil {
		t.Errorf("a photo cannot be removed: %v", err)
	}
	if err := remove("certificates/1.pdf"); err == nil {
		t.Fatal("a retained certificate was removed")
	}
	mode, until, err := s.client.GetObjectRetention(t.Context(), c.Bucket, "certificates/1.pdf", "")
	if err != nil || *mode != s3.Compliance || time.Until(*until) > 3*time.Second {
		t.Errorf("retention: %v until %v, %v", mode, until, err)
	}
	for tries := 0; remove("certificates/1.pdf") != nil && tries < 500; tries++ { // its time comes
		<-time.After(10 * time.Millisecond)
	}
}

func TestRetentionNeedsALock(t *testing.T) {
	c := newConfig(t)
	s := openNew(t, c)
	plain := c
	plain.Bucket += "-plain"
	if err := s.client.MakeBucket(t.Context(), plain.Bucket, s3.MakeBucketOptions{}); err != nil {
		t.Fatal(err)
	}
	openNew(t, plain)
	plain.Retain = time.Hour
	if _, err := Open(t.Context(), plain); !fault.Is(err, fault.Refused) {
		t.Errorf("a bucket without object lock: %v, want refused", err)
	}
}

func TestAway(t *testing.T) {
	c := newConfig(t)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	away := c
	away.Endpoint = "http://127.0.0.1:1"
	if _, err := Open(ctx, away); !fault.Is(err, fault.Unavailable) {
		t.Errorf("no server: %v, want unavailable", err)
	}
	away.Endpoint = "no address"
	if _, err := Open(ctx, away); !fault.Is(err, fault.Invalid) {
		t.Errorf("no address: %v, want invalid", err)
	}
}
