package mongo

import "go.mongodb.org/mongo-driver/v2/bson"

// migrations are the indexes of every release. Unique ones are sparse where an
// aggregate can be dropped, because what stays behind for a moment has none of
// the fields.
var migrations = []migration{
	{"init", []index{
		{collection: "sittings", name: "sittings_body", keys: by("body", "-_id")},
		{collection: "sittings", name: "sittings_staff", keys: by("staff", "-_id")},
		{collection: "sittings", name: "sittings_state", keys: by("state", "-_id")},
		{collection: "enrolments", name: "enrolments_ticket", keys: by("ticket"), unique: true, sparse: true},
		{collection: "enrolments", name: "enrolments_person", keys: by("sitting", "id_hash"), unique: true, sparse: true},
		{collection: "enrolments", name: "enrolments_sitting", keys: by("sitting", "ticket")},
		{collection: "attempts", name: "attempts_sitting", keys: by("sitting", "_id")},
		{collection: "attempts", name: "attempts_due", keys: by("due", "_id"), only: bson.D{{Key: "due", Value: bson.D{{Key: "$gt", Value: 0}}}}},
		{collection: "certificates", name: "certificates_enrolment", keys: by("enrolment"), unique: true},
		{collection: "certificates", name: "certificates_sitting", keys: by("sitting", "_id")},
		{collection: "certificates", name: "certificates_body", keys: by("body", "_id")},
		{collection: "bodies", name: "bodies_name", keys: by("name", "_id")},
		{collection: "accounts", name: "accounts_login", keys: by("login"), unique: true},
		{collection: "items", name: "items_owner", keys: by("owner", "_id")},
		{collection: "items", name: "items_trade", keys: by("owner", "trade", "_id")},
		{collection: "items", name: "items_import", keys: by("import"), sparse: true},
		{collection: "blueprints", name: "blueprints_owner", keys: by("owner", "-_id")},
		{collection: "papers", name: "papers_owner", keys: by("owner", "-_id")},

		{collection: "sittings", name: "sittings_pending", keys: by("pending.change"), sparse: true},
		{collection: "enrolments", name: "enrolments_pending", keys: by("pending.change"), sparse: true},
		{collection: "attempts", name: "attempts_pending", keys: by("pending.change"), sparse: true},
		{collection: "certificates", name: "certificates_pending", keys: by("pending.change"), sparse: true},
		{collection: "bodies", name: "bodies_pending", keys: by("pending.change"), sparse: true},
		{collection: "accounts", name: "accounts_pending", keys: by("pending.change"), sparse: true},
		{collection: "blueprints", name: "blueprints_pending", keys: by("pending.change"), sparse: true},
		{collection: "papers", name: "papers_pending", keys: by("pending.change"), sparse: true},

		{collection: "audit", name: "audit_change", keys: by("stream", "change"), unique: true},
		{collection: "jobs", name: "jobs_due", keys: by("due", "_id")},
		{collection: "sessions", name: "sessions_expires", keys: by("expires")},
	}},
	{"bars", []index{
		{collection: "bars", name: "bars_party", keys: by("party", "-_id")},
		{collection: "bars", name: "bars_case", keys: by("case")},
		{collection: "bars", name: "bars_pending", keys: by("pending.change"), sparse: true},
	}},
	{"jobs", []index{
		{collection: "jobs", name: "jobs_dead", keys: by("dead", "kind", "_id"), only: bson.D{{Key: "dead", Value: true}}},
		{collection: "jobs", name: "jobs_pending", keys: by("pending.change"), sparse: true},
	}},
	{"rules", []index{
		{collection: "rule_changes", name: "rule_changes_pending", keys: by("pending.change"), sparse: true},
		{collection: "calendar_years", name: "calendar_years_pending", keys: by("pending.change"), sparse: true},
		{collection: "rule_editions", name: "rule_editions_pending", keys: by("pending.change"), sparse: true},
	}},
	{"cases", []index{
		{collection: "cases", name: "cases_rank", keys: by("rank")},
		{collection: "cases", name: "cases_party", keys: by("party", "rank")},
		{collection: "cases", name: "cases_reporter", keys: by("reporter", "rank")},
		{collection: "cases", name: "cases_pending", keys: by("pending.change"), sparse: true},
	}},
	{"filing", []index{
		{collection: "applications", name: "applications_body", keys: by("body", "-_id")},
		{collection: "applications", name: "applications_state", keys: by("state", "-_id")},
		{collection: "applications", name: "applications_pending", keys: by("pending.change"), sparse: true},
	}},
	{"inspections", []index{
		{collection: "plans", name: "plans_pending", keys: by("pending.change"), sparse: true},
		{collection: "visits", name: "visits_plan", keys: by("plan", "-_id")},
		{collection: "visits", name: "visits_body", keys: by("body", "-_id")},
		{collection: "visits", name: "visits_state", keys: by("state", "-_id")},
		{collection: "visits", name: "visits_pending", keys: by("pending.change"), sparse: true},
		{collection: "credits", name: "credits_body", keys: by("body", "-_id")},
		{collection: "credits", name: "credits_pending", keys: by("pending.change"), sparse: true},
	}},
	{"mixes", []index{
		{collection: "mixes", name: "mixes_city", keys: by("city", "-year")},
		{collection: "mixes", name: "mixes_pending", keys: by("pending.change"), sparse: true},
		{collection: "waitings", name: "waitings_place", keys: by("city", "place")},
		{collection: "waitings", name: "waitings_sitting", keys: by("sitting", "place")},
		{collection: "waitings", name: "waitings_pending", keys: by("pending.change"), sparse: true},
		{collection: "certificates", name: "certificates_person", keys: by("person")},
		{collection: "certificates", name: "certificates_mix", keys: by("mix", "_id")},
	}},
	{"central", []index{
		{collection: "central_papers", name: "central_papers_region", keys: by("region", "-_id")},
		{collection: "central_papers", name: "central_papers_pending", keys: by("pending.change"), sparse: true},
		{collection: "sittings", name: "sittings_central", keys: by("central", "-_id"), sparse: true},
	}},
	{"tallies", []index{
		{collection: "tallies", name: "tallies_ends", keys: by("ends")},
	}},
	{"looks", []index{
		{collection: "cases", name: "cases_waits", keys: by("waits", "rank")},
		{collection: "mixes", name: "mixes_busy", keys: by("busy", "-year"), only: bson.D{{Key: "busy", Value: true}}},
	}},
	{"applications", []index{
		{collection: "applications", name: "applications_undecided", keys: by("undecided"), unique: true, sparse: true},
	}},
	{"regions", []index{
		{collection: "sittings", name: "sittings_regions", keys: by("regions", "-_id")},
		{collection: "certificates", name: "certificates_region", keys: by("region", "_id")},
	}},
}
