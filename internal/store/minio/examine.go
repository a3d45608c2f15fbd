package minio

import (
	"context"
	"fmt"
	"time"

	s3 "github.com/minio/minio-go/v7"

	"kaoping/internal/store/examine"
)

// Examine looks at the bucket: whether it answers and, where documents are to
// be retained, whether it keeps versions and has object lock. It makes no
// bucket and puts nothing; that there is none is a failure where documents are
// wanted.
func Examine(ctx context.Context, c Config, wanted bool) []examine.Finding {
	const name, todo = "documents", "see that the object store runs, and that s3_endpoint, the keys and s3_bucket are right"
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	client, err := connect(c)
	exists := false
	if err == nil {
		exists, err = client.BucketExists(ctx, c.Bucket)
	}
	switch {
	case err != nil:
		return []examine.Finding{examine.Fail(name, fmt.Sprintf("the bucket %s at %s cannot be reached: %v", c.Bucket, c.Endpoint, err), todo)}
	case !exists && wanted:
		return []examine.Finding{examine.Fail(name, fmt.Sprintf("there is no bucket %s, and the records name documents", c.Bucket), "name the bucket that belongs to these records in s3_bucket, or restore it from a backup")}
	case !exists:
		return []examine.Finding{examine.OK(name, fmt.Sprintf("no bucket %s yet: the first start makes it", c.Bucket))}
	}
	found := []examine.Finding{examine.OK(name, fmt.Sprintf("bucket %s at %s", c.Bucket, c.Endpoint))}
	if c.Retain > 0 {
		found = append(found, examineRetention(ctx, client, c))
	}
	return found
}

func examineRetention(ctx context.Context, client *s3.Client, c Config) examine.Finding {
	const name = "retention"
	versions, err := client.GetBucketVersioning(ctx, c.Bucket)
	locked := false
	if err == nil {
		locked, err = objectLock(ctx, client, c.Bucket)
	}
	switch {
	case err != nil:
		return examine.Fail(name, "versions and object lock cannot be read: "+err.Error(), "let the access key read the bucket's versioning and object lock")
	case !locked || !versions.Enabled():
		return examine.Fail(name, fmt.Sprintf("versions: %t, object lock: %t", versions.Enabled(), locked), "name another bucket in s3_bucket, or let it be made by the first start")
	}
	return examine.OK(name, fmt.Sprintf("versions and object lock are on, documents are retained for %d days", c.Retain/(24*time.Hour)))
}
