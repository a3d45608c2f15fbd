# kaoping: make run plays it, make test proves it, make bench measures it.
BIN := bin/kaoping

.PHONY: run build test quick lint bench fonts tools clean

run: build fonts
	@./$(BIN) serve --demo

build:
	@printf 'building $(BIN) (the first time takes a minute or two) '; \
	go build -trimpath -o $(BIN) ./cmd/kaoping & pid=$$!; \
	while kill -0 $$pid 2>/dev/null; do printf .; sleep 1; done; \
	wait $$pid && echo ' done'

# A Chinese TrueType font for the certificates; says what it does, quiet when there is one.
fonts:
	@sh deploy/fonts.sh

# What the tests need beside Go: a browser, fonts, PDF tools. On Debian as root it installs them.
tools:
	@sh deploy/test-tools.sh

# The race detector watches all of kaoping and every library but these: SQLite and the C library that it needs, which are
# C translated by a program, with a lock around every connection, and the arithmetic of argon2id. Watched, they take half of
# the processor time of the tests and can only be found innocent.
UNWATCHED := modernc.org/sqlite/lib modernc.org/libc/... modernc.org/memory golang.org/x/crypto/argon2 golang.org/x/crypto/blake2b
RACE := -race $(foreach p,$(UNWATCHED),-gcflags=$(p)=-race=false)

# With a MongoDB-wire server and MinIO brought up for the time of the tests: see docs/test-servers.md.
test: lint fonts tools
	@deploy/services.sh run -- go test $(RACE) -timeout 60m ./...

# While working: no servers, no browser, no races watched, none of the long tests. It proves much less than make test.
quick:
	@go test -short ./...

lint:
	@test -z "$$(gofmt -l .)" || { echo "not gofmt'ed:"; gofmt -l .; exit 1; }
	@go vet ./...
	@go tool staticcheck ./...

# Both engines side by side; a MongoDB of one's own is measured when KAOPING_TEST_MONGO_URI names it.
bench: build
	@deploy/services.sh run -- sh -c ' \
		export KAOPING_MONGO_URI=$$KAOPING_TEST_MONGO_URI && \
		./$(BIN) bench room --candidates 2000 --for 60s && \
		./$(BIN) bench room --candidates 2000 --for 20s --max && \
		go test -run "^$$" -bench . -benchtime 2s ./bank/... ./exam/... ./internal/store/... ./policies/...'

clean:
	@rm -rf bin
