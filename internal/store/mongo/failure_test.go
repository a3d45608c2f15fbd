package mongo

import (
	"context"
	"errors"
	"fmt"
	"testing"

	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"kaoping/internal/fault"
)

// cleared stands for the driver's error of a pool that was cleared, which it
// does not export.
type cleared struct{}

func (cleared) Error() string   { return "connection pool was cleared because another operation failed" }
func (cleared) Retryable() bool { return true }

func TestWhatHelpsToTryAgainIsUnavailable(t *testing.T) {
	refused := func(code int, message string) error {
		return driver.WriteException{WriteErrors: driver.WriteErrors{{Code: code, Message: message}}}
	}
	for what, c := range map[string]struct {
		err  error
		want fault.Code
	}{
		"a write conflict":                    {refused(112, "WriteConflict"), fault.Unavailable},
		"a deadlock in PostgreSQL":            {refused(1, "deadlock detected"), fault.Unavailable},
		"another writer in PostgreSQL":        {refused(1, "could not serialize access due to concurrent update"), fault.Unavailable},
		"a pool that was cleared":             {fmt.Errorf("write: %w", cleared{}), fault.Unavailable},
		"a full disk":                         {driver.CommandError{Code: outOfDiskSpace}, fault.Unavailable},
		"a primary that stepped down":         {driver.CommandError{Code: 10107}, fault.Unavailable},
		"a caller who has gone":               {context.Canceled, fault.Unavailable},
		"a document that is too large":        {refused(10334, "BSONObj size is invalid"), fault.Internal},
		"what is no error of the server":      {errors.New("deadlock detected"), fault.Internal},
		"a fault that the engine has decided": {fault.New(fault.Conflict, "op", changedBefore), fault.Conflict},
	} {
		if got := fault.CodeOf(failure("mongo.Test", c.err)); got != c.want {
			t.Errorf("%s is %s, want %s", what, got, c.want)
		}
	}
}

func TestOnlyWhatIsThereIsNoFailureOfAnInsert(t *testing.T) {
	taken := driver.BulkWriteError{WriteError: driver.WriteError{Code: 11000, Message: "E11000 duplicate key"}}
	deadlock := driver.BulkWriteError{WriteError: driver.WriteError{Code: 1, Message: "deadlock detected"}}
	for what, c := range map[string]struct {
		err  error
		kept bool
	}{
		"both are there":                     {driver.BulkWriteException{WriteErrors: []driver.BulkWriteError{taken, taken}}, false},
		"one is there, another was refused":  {driver.BulkWriteException{WriteErrors: []driver.BulkWriteError{taken, deadlock}}, true},
		"one is there, no majority for many": {driver.BulkWriteException{WriteErrors: []driver.BulkWriteError{taken}, WriteConcernError: &driver.WriteConcernError{Code: 64}}, true},
		"the one is there":                   {driver.WriteException{WriteErrors: driver.WriteErrors{{Code: 11000}}}, false},
		"nothing failed":                     {nil, false},
	} {
		if got := ignoreTaken(c.err); (got != nil) != c.kept {
			t.Errorf("%s: %v", what, got)
		}
	}
}
