// Package outbox carries what follows from a change: a Job is recorded in the
// same commit as the change, and a Worker runs it at least once, after it.
//
// Purpose: several instances share the work of one database, and what does not
// succeed is seen.
//
// Invariants: a job is run by who holds its claim, which runs out unless it is
// renewed. Each claim has a number of its own (Fence), and what an older claim
// says of the job is refused, so an instance that was stopped for minutes
// cannot undo what its successor did. Handlers are idempotent: claims keep two
// instances from doing the same at once as a rule, not always. A job that fails
// comes back later; after TriesMost tries it is dead, stays with its last
// failure, and runs again when an administrator says so (package desk). A failure keeps no arguments of its sentence: they may be personal
// data, and the log has them.
//
// It refuses a claim that was lost (Superseded), and to revive a job that is
// not dead (Refused). It knows no engine, and of jobs no more than their kind.
package outbox
