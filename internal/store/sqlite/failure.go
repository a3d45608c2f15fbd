package sqlite

import (
	"context"
	"errors"
	"strings"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"kaoping/internal/fault"
)

// failure makes a fault of an error: Unavailable where trying again helps, a
// fault as it is, anything else Internal.
func failure(op string, err error) error {
	if err == nil || fault.CodeOf(err) != fault.Internal {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return fault.New(fault.Unavailable, op, "this took too long or was given up: try again").Because(err)
	}
	switch code(err) & 0xff {
	case codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY, codes.SQLITE_NOMEM, codes.SQLITE_INTERRUPT:
		return unavailable(op, err)
	}
	return fault.Wrap(op, err)
}

// unavailable says that nothing was stored, because of an error of SQLite.
func unavailable(op string, err error) error {
	if code(err)&0xff == codes.SQLITE_FULL {
		return fault.New(fault.Unavailable, op, "the disk is full: nothing was stored, try again when there is space").Because(err)
	}
	return fault.New(fault.Unavailable, op, "the store cannot be used at the moment: try again").Because(err)
}

// code is the extended result code of SQLite, 0 for other errors.
func code(err error) int {
	var e *driver.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// taken reports which unique columns refused a row: "accounts.login", or
// "enrolments.sitting, enrolments.id_hash"; "" for other errors.
func taken(err error) string {
	if c := code(err); c != codes.SQLITE_CONSTRAINT_UNIQUE && c != codes.SQLITE_CONSTRAINT_PRIMARYKEY {
		return ""
	}
	_, columns, _ := strings.Cut(err.Error(), "UNIQUE constraint failed: ")
	columns, _, _ = strings.Cut(columns, " (")
	return columns
}
