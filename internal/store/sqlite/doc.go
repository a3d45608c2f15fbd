// Package sqlite keeps everything but documents in one SQLite file: the
// embedded default where no database server is configured.
//
// Purpose: what a method acknowledged survives a killed process and a power
// cut (WAL, synchronous=FULL), at the speed of a whole class that clicks at
// once.
//
// Invariants: every write passes one goroutine that owns the one writing
// connection and commits what has queued up as a group (see writer), so writes
// never wait for each other's locks and share their sync; reads have
// connections of their own and never wait for a write. An aggregate is one JSON
// document with a version; columns that are looked up are generated from it, so
// the two cannot disagree. A change, its audit entry and its jobs are one
// commit.
//
// It refuses a file of a newer release and one whose migrations differ
// (Refused), a stale version or a second of what is unique (Conflict), and
// everything while the queue or the disk is full (Unavailable), from which it
// recovers by itself.
package sqlite
