package minio

import (
	"context"
	"strings"
	"time"

	s3 "github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"kaoping/internal/fault"
)

// callTimeout ends a call, its retries included.
const callTimeout = 30 * time.Second

// Config says where documents are kept.
type Config struct {
	Endpoint  string // host and port, or a URL, whose scheme then decides Secure
	AccessKey string
	SecretKey string
	Bucket    string // made where it is missing
	Secure    bool   // TLS

	// PublicEndpoint is where browsers reach the bucket, as Endpoint; "" where
	// they do not, and there are no links.
	PublicEndpoint string

	// Retain is how long nobody, not even an administrator, can delete a document
	// whose key begins with RetainPrefix (object lock in COMPLIANCE mode, counted
	// from Put); 0 for no retention. It cannot be shortened afterwards: keep
	// personal data that must be erased one day, such as photos, outside the prefix.
	Retain       time.Duration
	RetainPrefix string // "certificates/"; "" for every document

	region string // "" to ask the server
}

// Store is a bucket of documents. It is safe for concurrent use, also by
// several processes.
type Store struct {
	client s3.Core
	public *s3.Client // signs links; nil without Config.PublicEndpoint
	config Config
	now    func() time.Time
}

// Open opens the bucket and makes it where it is missing, with object lock and
// versions. Invalid: the endpoint is none. Refused: documents are to be
// retained and the bucket has no object lock. Unavailable: the object store
// does not answer.
func Open(ctx context.Context, c Config) (*Store, error) {
	const op = "minio.Open"
	client, err := connect(c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	s := &Store{client: s3.Core{Client: client}, config: c, now: time.Now}
	if err := s.makeBucket(ctx); err != nil {
		return nil, failure(op, "", err)
	}
	if c.PublicEndpoint != "" {
		// Links name the region; a client that did not know it would ask the public address.
		if c.region, err = client.GetBucketLocation(ctx, c.Bucket); err != nil {
			return nil, failure(op, "", err)
		}
		c.Endpoint = c.PublicEndpoint
		if s.public, err = connect(c); err != nil {
			return nil, err
		}
	}
	if c.Retain > 0 {
		locked, err := objectLock(ctx, client, c.Bucket)
		if err != nil {
			return nil, failure(op, "", err)
		}
		if !locked {
			return nil, fault.New(fault.Refused, op, "the bucket %s has no object lock, so its documents could be deleted: name another one, or let it be made here", c.Bucket)
		}
	}
	return s, nil
}

// connect makes the client of an object store. It asks nothing of it yet.
func connect(c Config) (*s3.Client, error) {
	if host, plain := strings.CutPrefix(c.Endpoint, "http://"); plain {
		c.Endpoint, c.Secure = host, false
	} else if host, secure := strings.CutPrefix(c.Endpoint, "https://"); secure {
		c.Endpoint, c.Secure = host, true
	}
	client, err := s3.New(strings.TrimSuffix(c.Endpoint, "/"), &s3.Options{
		Creds: credentials.NewStaticV4(c.AccessKey, c.SecretKey, ""), Secure: c.Secure, Region: c.region,
		TrailingHeaders: true, // without it the library sends no checksum
		MaxRetries:      5,
	})
	if err != nil {
		return nil, fault.New(fault.Invalid, "minio.Open", "the address of the object store cannot be read").Because(err)
	}
	return client, nil
}

// objectLock reports whether a bucket can retain documents.
func objectLock(ctx context.Context, client *s3.Client, bucket string) (bool, error) {
	lock, _, _, _, err := client.GetObjectLockConfig(ctx, bucket)
	if code(err) == "ObjectLockConfigurationNotFoundError" {
		return false, nil
	}
	return lock == "Enabled", err
}

func (s *Store) makeBucket(ctx context.Context) error {
	exists, err := s.client.BucketExists(ctx, s.config.Bucket)
	if err != nil || exists {
		return err
	}
	err = s.client.MakeBucket(ctx, s.config.Bucket, s3.MakeBucketOptions{ObjectLocking: true})
	if code(err) == "BucketAlreadyOwnedByYou" { // another instance was faster
		return nil
	}
	return err
}
