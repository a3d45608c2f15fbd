package minio

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"

	s3 "github.com/minio/minio-go/v7"

	"kaoping/internal/fault"
)

// code is the S3 code of an error, "" for others and for nil.
func code(err error) string {
	var e s3.ErrorResponse
	if !errors.As(err, &e) {
		return ""
	}
	return e.Code
}

// failure makes a fault of an error of the object store: NotFound and Conflict
// where they speak of the key, Unavailable where trying again helps, a fault as
// it is, anything else Internal.
func failure(op, key string, err error) error {
	if err == nil || fault.CodeOf(err) != fault.Internal {
		return err
	}
	switch code(err) {
	case "NoSuchKey":
		return fault.New(fault.NotFound, op, "no document is kept under “%s”", key)
	case "XMinioParentIsObject", "XMinioObjectExistsAsDirectory": // one key is a folder of another
		return taken(op, key)
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, op, "the work was stopped before it finished").Because(err)
	}
	if away(err) {
		return fault.New(fault.Unavailable, op, "the object store cannot be used at the moment: try again").Because(err)
	}
	return fault.Wrap(op, err)
}

// away reports an error of the way to the server, or of a server that is
// overloaded, full or starting.
func away(err error) bool {
	var network net.Error
	var request *url.Error
	var answer s3.ErrorResponse
	return errors.As(err, &network) || errors.As(err, &request) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.As(err, &answer) && (answer.StatusCode >= http.StatusInternalServerError || answer.StatusCode == http.StatusTooManyRequests)
}

func taken(op, key string) error {
	return fault.New(fault.Conflict, op, "another document is kept under “%s”, and documents are never overwritten", key)
}
