// Package access says who may do what, where: accounts, sessions, grants and
// the one Decide that every service asks first. It is the only importer of Casbin.
//
// Invariants: a grant is a role in a region or in a body; a region covers its
// sub-regions and nothing beside or above it. What a role may do is data
// (model.conf, policy.csv), read once and frozen, so a renamed route never
// moves a permission. Passwords are kept as argon2id, session tokens as hashes.
//
// It refuses (Forbidden) whatever no grant allows, and (Throttled) guessing.
package access
