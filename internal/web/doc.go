// Package web is kaoping on HTTP: the pages, the JSON API under /api/v1, the
// assets, health and metrics. It is the only importer of gin.
//
// Invariants: handlers return an error and one adapter renders, counts and
// logs it; middleware only authenticates, the services decide; fault codes map
// to HTTP statuses in one table; every page works without JavaScript but the
// exam room and the invigilator's board; each sentence comes from the message
// catalogue, Chinese first. It refuses cross-origin writes and oversized bodies.
package web
