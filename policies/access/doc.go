// Package access says who may do what, where: accounts, sessions, grants and
// the one Decide that every service asks first. It is the only importer of Casbin.
//
// Invariants: a grant is a role in a region or in a body, where wanted for some
// trades and from a day until a day; a region covers its sub-regions and
// nothing beside or above it. What a role may do is data (model.conf,
// policy.csv), read once and frozen, so a renamed route never moves a
// permission. A lent grant holds while its original does, which is looked up at
// every request, as the account is: what is taken away is gone at the next one,
// on every instance. Passwords are kept as argon2id, session and API tokens as
// hashes. Which roles and which steps exclude each other is data, too (duty.go).
//
// It refuses (Forbidden) whatever no grant allows, (Refused) what duties keep
// apart, and (Throttled) guessing; Explain says why.
package access
