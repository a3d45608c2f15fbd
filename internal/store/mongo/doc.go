// Package mongo keeps everything but documents in a MongoDB: the production
// engine, for one server, a replica set or a sharded cluster.
//
// Purpose: what a method acknowledged survives the loss of any minority of a
// replica set (majority, journalled), at the speed of a whole region that
// clicks at once, with as many instances of kaoping as are wanted.
//
// Invariants: every change is one write of one document, compared by version
// and set; there are no transactions. An aggregate is stored as its exact JSON
// beside the fields that are looked up. Its audit entry and its jobs ride as
// "pending" in the same write and are carried on to their collections before
// the next change of the aggregate, by the writer or, if that one died, by
// Recover (see relay). An attempt, its lease and its answers are one document,
// so a save and a hand-in cannot both win. Every call has a timeout, reads are
// the primary's, and so is the clock.
//
// It refuses a database of a newer release and one whose migrations differ
// (Refused), a stale version or a second of what is unique (Conflict), and
// everything while the server is away (Unavailable), from which it recovers by
// itself. After an Unavailable the change may have been stored all the same.
package mongo
