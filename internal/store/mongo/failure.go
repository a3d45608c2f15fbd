package mongo

import (
	"context"
	"errors"
	"net"
	"slices"

	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"kaoping/internal/fault"
)

// The server's code of a full disk.
const outOfDiskSpace = 14031

// away are the server's codes of a node that stops, steps down, loses its
// peers or is overloaded: another try meets a better one.
var away = []int{
	6, 7, 89, 202, 9001, // host unreachable or not found, network
	91, 11600, 11602, // shutting down, interrupted
	189, 10107, 13435, 13436, // stepped down, not the primary
	50, 64, 100, 262, // took too long, too few members for the majority
	112, 133, 134, // write conflict, a shard without a primary
}

// unlucky is what a server that stands on PostgreSQL says of a write that it
// took back because another one was in its way: it has no code for that.
var unlucky = []string{"deadlock detected", "could not serialize access"}

// failure makes a fault of an error: Unavailable where trying again helps, a
// fault as it is, anything else Internal.
func failure(op string, err error) error {
	if err == nil || fault.CodeOf(err) != fault.Internal {
		return err
	}
	switch {
	case errors.Is(err, context.Canceled), driver.IsTimeout(err):
		return fault.New(fault.Unavailable, op, "this took too long or was given up: try again").Because(err)
	case errors.Is(err, driver.ErrClientDisconnected):
		return fault.New(fault.Unavailable, op, "the store is closed").Because(err)
	case hasCode(err, outOfDiskSpace):
		return fault.New(fault.Unavailable, op, "the disk is full: nothing was stored, try again when there is space").Because(err)
	case unreachable(err), hasCode(err, away...), takenBack(err):
		return fault.New(fault.Unavailable, op, "the store cannot be used at the moment: try again").Because(err)
	}
	return fault.Wrap(op, err)
}

// retryable is how the driver says that a connection was never had: its pool
// was cleared, because another call has just lost the server.
type retryable interface {
	error
	Retryable() bool
}

func unreachable(err error) bool {
	var network net.Error
	var pool retryable
	return driver.IsNetworkError(err) || errors.As(err, &network) || errors.As(err, &pool) && pool.Retryable()
}

func hasCode(err error, codes ...int) bool {
	var e driver.ServerError
	return errors.As(err, &e) && (slices.ContainsFunc(codes, e.HasErrorCode))
}

// takenBack reports whether the server took a write back, so that it can be made again.
func takenBack(err error) bool {
	var e driver.ServerError
	return errors.As(err, &e) && slices.ContainsFunc(unlucky, e.HasErrorMessage)
}
