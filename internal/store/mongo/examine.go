package mongo

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"
	driver "go.mongodb.org/mongo-driver/v2/mongo"

	"kaoping/internal/store/examine"
)

// oldest is the first major version of MongoDB that this engine is tested on.
const oldest = 7

// How far this machine's clock and the database's may be apart. Deadlines are
// the database's (see clock), but certificates of TLS, signed links and the log
// go by the machine's.
const (
	clocksApart = 2 * time.Second
	clocksWrong = 30 * time.Second
)

// Examine looks at a database: the server's version, whether a write is
// acknowledged by the majority, which migrations were run, whether their
// indexes are there, and how far the clocks are apart. It makes no database, no
// collection and no index; its write is the deletion of a document that is
// nowhere.
func Examine(ctx context.Context, uri, database string) []examine.Finding {
	db, err := connect(ctx, uri, database)
	if err != nil {
		return []examine.Finding{examine.Fail("records", "MongoDB does not answer: "+err.Error(), "see that a primary runs, and that mongo_uri and its password are right")}
	}
	defer func() { _ = db.Client().Disconnect(context.WithoutCancel(ctx)) }()
	return []examine.Finding{
		examineVersion(ctx, db), examineWriting(ctx, db), examineMigrations(ctx, db, migrations), examineClock(ctx, db),
	}
}

func examineVersion(ctx context.Context, db *driver.Database) examine.Finding {
	const name = "records"
	var build struct {
		Version string `bson:"version"`
	}
	if err := db.RunCommand(ctx, bson.D{{Key: "buildInfo", Value: 1}}).Decode(&build); err != nil {
		return examine.Fail(name, "MongoDB does not say its version: "+err.Error(), "see that the user of mongo_uri can log in")
	}
	found := fmt.Sprintf("MongoDB %s, database %s", build.Version, db.Name())
	var major int
	if _, err := fmt.Sscanf(build.Version, "%d.", &major); err != nil || major < oldest {
		return examine.Warn(name, found, fmt.Sprintf("use MongoDB %d or later", oldest))
	}
	return examine.OK(name, found)
}

func examineWriting(ctx context.Context, db *driver.Database) examine.Finding {
	const name = "durability"
	if _, err := db.Collection(migrationCollection).DeleteOne(ctx, bson.D{{Key: "_id", Value: "doctor"}}); err != nil {
		return examine.Fail(name, "a write is not acknowledged by the majority: "+err.Error(), "see that most members run, and that the user of mongo_uri has readWrite on the database")
	}
	return examine.OK(name, "writes are acknowledged by the majority")
}

func examineMigrations(ctx context.Context, db *driver.Database, list []migration) examine.Finding {
	const name = "migrations"
	seen, err := history(ctx, db)
	if err == nil {
		err = known(seen, list)
	}
	if err != nil {
		return examine.Fail(name, err.Error(), "run the release that made the database, or restore a backup of this one")
	}
	lost, err := lostIndexes(ctx, db, list[:len(seen)])
	switch {
	case err != nil:
		return examine.Fail(name, "the indexes cannot be listed: "+err.Error(), "see that the user of mongo_uri has readWrite on the database")
	case len(lost) > 0:
		return examine.Fail(name, "missing indexes: "+strings.Join(lost, ", "), "empty the collection "+migrationCollection+" and start the service: it makes the indexes that are missing and keeps the others")
	case len(seen) == 0:
		return examine.OK(name, "no installation here yet: the first start makes the indexes")
	case len(seen) < len(list):
		return examine.Warn(name, fmt.Sprintf("%d of %d were run", len(seen), len(list)), "back up: the next start of this release runs the others")
	}
	return examine.OK(name, fmt.Sprintf("all %d were run, their indexes are there", len(seen)))
}

// lostIndexes names the indexes of migrations that are no longer there.
func lostIndexes(ctx context.Context, db *driver.Database, list []migration) (lost []string, err error) {
	there := map[string][]driver.IndexSpecification{}
	for _, m := range list {
		for _, x := range m.indexes {
			if _, listed := there[x.collection]; !listed {
				if there[x.collection], err = db.Collection(x.collection).Indexes().ListSpecifications(ctx); err != nil {
					return nil, err
				}
			}
			if !slices.ContainsFunc(there[x.collection], func(s driver.IndexSpecification) bool { return s.Name == x.name }) {
				lost = append(lost, x.name)
			}
		}
	}
	return lost, nil
}

func examineClock(ctx context.Context, db *driver.Database) examine.Finding {
	var hello struct {
		Time time.Time `bson:"localTime"`
	}
	asked := time.Now()
	err := db.RunCommand(ctx, bson.D{{Key: "hello", Value: 1}}).Decode(&hello)
	if err != nil || hello.Time.IsZero() {
		return examine.Warn("clock", "the database does not tell its time", "compare its clock with this machine's by hand")
	}
	answered := time.Now()
	return judgeClock(hello.Time.Sub(asked.Add(answered.Sub(asked) / 2)))
}

// judgeClock judges by how much the database's clock is ahead.
func judgeClock(ahead time.Duration) examine.Finding {
	const name, todo = "clock", "let both machines follow one time server (NTP)"
	found := fmt.Sprintf("the database's clock is %.1f s ahead of this machine's", ahead.Seconds())
	if ahead < 0 {
		found = fmt.Sprintf("the database's clock is %.1f s behind this machine's", -ahead.Seconds())
	}
	switch apart := ahead.Abs(); {
	case apart > clocksWrong:
		return examine.Fail(name, found, todo)
	case apart > clocksApart:
		return examine.Warn(name, found, todo)
	}
	return examine.OK(name, found)
}
