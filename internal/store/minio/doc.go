// Package minio keeps documents (certificates, photos, exports) in a bucket of
// an S3 object store, such as MinIO: the production engine for documents.
//
// Purpose: what Put acknowledged is kept by the object store, and is never
// changed afterwards; with Config.Retain not even its administrator can delete
// it before its time.
//
// Invariants: a document is one object, put whole under the condition that
// there is none (If-None-Match), so of many writers one wins; the server checks
// its SHA-256 on arrival, and the same hash rides in the object's metadata. A
// bucket that this package makes has object lock and versions. Every call has a
// timeout.
//
// It refuses keys that are not plain paths (Invalid), other bytes under a key
// that is taken (Conflict), to hand out a document whose bytes no longer match
// its hash (Internal), and to promise retention in a bucket without object lock
// (Refused). It does not see that one key is a folder of another: MinIO keeps
// both and leaves the one below out of its listings, so nobody should use such.
package minio
