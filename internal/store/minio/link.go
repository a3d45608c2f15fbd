package minio

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"time"

	s3 "github.com/minio/minio-go/v7"

	"kaoping/internal/fault"
)

// Link gives an address at which anyone reads the document under key for a
// life of whole seconds, sent with this Content-Disposition. It is "" where
// there is none to give: without Config.PublicEndpoint, and where the server
// does not itself vouch for the SHA-256 of what it keeps; then the bytes have
// to be read and compared. NotFound: nothing is kept there. Internal: what is
// kept is not what has this SHA-256 (lower-case hex).
func (s *Store) Link(ctx context.Context, key, sha256hex, disposition string, life time.Duration) (string, error) {
	const op = "minio.Link"
	if s.public == nil {
		return "", nil
	}
	if err := check(op, key); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, callTimeout)
	defer cancel()
	info, err := s.client.Client.StatObject(ctx, s.config.Bucket, key, s3.StatObjectOptions{Checksum: true})
	if err != nil {
		return "", failure(op, key, err)
	}
	sum, err := base64.StdEncoding.DecodeString(info.ChecksumSHA256)
	if kept := info.UserMetadata[hashKey]; kept != "" && kept != sha256hex || len(sum) > 0 && (err != nil || hex.EncodeToString(sum) != sha256hex) {
		return "", fault.New(fault.Internal, op, "the stored document does not match its hash")
	}
	if len(sum) == 0 {
		return "", nil
	}
	query := url.Values{"response-content-disposition": {disposition}, "response-content-type": {info.ContentType}}
	if info.VersionID != "" { // a version put over it later is not what was looked at
		query.Set("versionId", info.VersionID)
	}
	link, err := s.public.PresignedGetObject(ctx, s.config.Bucket, key, life, query)
	if err != nil {
		return "", failure(op, key, err)
	}
	return link.String(), nil
}
