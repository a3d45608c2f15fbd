package web

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"kaoping/internal/fault"
	"kaoping/policies/access"
)

// The API's address and the version of its contract: it rises with a change
// that a program could notice.
const (
	apiPrefix  = "/api/v1"
	apiVersion = "1.0.0"
)

// jsonAPI is the JSON API: the services, and the register of operations.
type jsonAPI struct {
	*Server
	register huma.API
}

// api registers every operation under /api/v1, and the document of them all.
func (s *Server) api() {
	config := apiConfig()
	a := &jsonAPI{s, humagin.NewWithGroup(s.engine, s.engine.Group("", s.listen), config)}
	a.sessions()
	a.accounts()
	a.bodyRegister()
	a.reference()
	a.rules()
	a.items()
	a.papers()
	a.centralPapers()
	a.sittings()
	a.enrolments()
	a.eligibility()
	a.rooms()
	a.attempts()
	a.results()
	a.certificates()
	a.completions()
	a.mixes()
	a.filings()
	a.inspections()
	a.cases()
	a.jobs()
	delete(config.Components.Schemas.Map(), "FormFile") // huma's own, which nothing refers to
	document := sync.OnceValue(func() []byte {          // large, and few servers are ever asked for it
		raw, err := json.Marshal(config.OpenAPI)
		if err != nil {
			panic(err) // types of this package that are no JSON: a defect that a test sees
		}
		return raw
	})
	s.engine.GET(apiPrefix+"/openapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/openapi+json", document()) })
	s.engine.NoRoute(s.nowhere)
}

// nowhere answers addresses that do not exist.
func (s *Server) nowhere(c *gin.Context) {
	err := fault.New(fault.NotFound, "web.nowhere", "there is no such page")
	if strings.HasPrefix(c.Request.URL.Path, "/api/") {
		err = fault.New(fault.NotFound, "web.nowhere", "there is no such operation: see %s/openapi.json", apiPrefix)
	}
	s.turnAway(c, err)
}

func apiConfig() huma.Config {
	config := huma.DefaultConfig("kaoping", apiVersion)
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.CreateHooks = nil // no $schema members in bodies
	config.RejectUnknownQueryParameters = true
	config.Info.Description = apiDescription
	config.Servers = []*huma.Server{{URL: "/"}}
	config.Tags = apiTags
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		sessionScheme: {Type: "apiKey", In: "cookie", Name: sessionCookie, Description: "The session cookie that login and enterRoom set."},
		tokenScheme:   {Type: "http", Scheme: "bearer", Description: "The token of a program, as issueToken answered it."},
	}
	return config
}

// The ways in: a session, or the token of a program.
const (
	sessionScheme = "session"
	tokenScheme   = "token"
)

// schemaName names a type in the document: sittingJSON is Sitting.
func schemaName(t reflect.Type, hint string) string {
	return strings.ReplaceAll(huma.DefaultSchemaNamer(t, hint), "JSON", "")
}

// call is what an operation may need of its request beside its input.
type call struct {
	server   *Server
	gin      *gin.Context
	language language
}

type callKey struct{}

// listen keeps the request for the operations and for huma's own refusals.
func (s *Server) listen(c *gin.Context) {
	ctx := context.WithValue(c.Request.Context(), callKey{}, call{s, c, s.languageOf(c)})
	c.Request = c.Request.WithContext(ctx)
}

func callOf(ctx context.Context) call {
	c, _ := ctx.Value(callKey{}).(call)
	return c
}

// answer is an operation's result as huma wants it.
type answer[T any] struct{ Body T }

// operation registers an operation for who has logged in. The services decide
// whether the actor may; the API never does.
func operation[In, Out any](a *jsonAPI, op huma.Operation, handle func(context.Context, access.Actor, *In) (Out, error)) {
	public(a, a.member(op), func(ctx context.Context, in *In) (Out, error) { return handle(ctx, actorOf(ctx), in) })
}

// command registers an operation for who has logged in that answers with
// nothing but that it is done (204).
func command[In any](a *jsonAPI, op huma.Operation, handle func(context.Context, access.Actor, *In) error) {
	register(a, a.member(op), func(ctx context.Context, in *In) (*struct{}, error) { return nil, handle(ctx, actorOf(ctx), in) })
}

// public registers an operation for anyone, or for who holds a lease.
func public[In, Out any](a *jsonAPI, op huma.Operation, handle func(context.Context, *In) (Out, error)) {
	register(a, op, func(ctx context.Context, in *In) (*answer[Out], error) {
		out, err := handle(ctx, in)
		return &answer[Out]{out}, err
	})
}

// bodyTimeout is how long a client may take to send a body.
const bodyTimeout = time.Minute

// register hands an operation to huma, counts its faults and words them.
func register[In, Out any](a *jsonAPI, op huma.Operation, handle func(context.Context, *In) (*Out, error)) {
	op.Path = apiPrefix + op.Path
	op.Errors = append(op.Errors, refusals(fault.Unavailable)...)
	op.BodyReadTimeout = bodyTimeout
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	huma.Register(a.register, op, func(ctx context.Context, in *In) (*Out, error) {
		out, err := handle(ctx, in)
		if err != nil {
			a.note(op.Path, err)
			return nil, callOf(ctx).problem(err)
		}
		return out, nil
	})
	op.Responses["503"].Headers = map[string]*huma.Param{"Retry-After": {Description: "Seconds", Schema: &huma.Schema{Type: huma.TypeInteger}}}
}

// member makes an operation one for who has logged in.
func (a *jsonAPI) member(op huma.Operation) huma.Operation {
	op.Security = []map[string][]string{{sessionScheme: {}}, {tokenScheme: {}}}
	op.Errors = append(op.Errors, refusals(fault.Unauthenticated, fault.Forbidden, fault.Throttled)...)
	op.Middlewares = append(op.Middlewares, a.authenticated)
	return op
}

// refusals are the statuses of the problems that an operation documents.
func refusals(codes ...fault.Code) []int {
	list := make([]int, len(codes))
	for i, code := range codes {
		list[i] = statuses[code]
	}
	return list
}

// identify finds who asks: the program of a token, or else the session's actor.
func (a *jsonAPI) identify(c *gin.Context) error {
	token, ok := strings.CutPrefix(c.GetHeader("Authorization"), "Bearer ")
	if !ok {
		return a.authenticate(c)
	}
	actor, err := a.Accounts.Bearer(c.Request.Context(), strings.TrimSpace(token))
	actor.From = addressOf(c)
	c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), actorKey{}, visitor{actor: actor}))
	return err
}

// authenticated stops strangers before their input is looked at.
func (a *jsonAPI) authenticated(ctx huma.Context, next func(huma.Context)) {
	c := humagin.Unwrap(ctx)
	err := a.identify(c)
	if err == nil && actorOf(ctx.Context()).Anonymous() {
		err = fault.New(fault.Unauthenticated, "web.api", "log in first")
	}
	if err != nil {
		a.note(ctx.Operation().Path, err)
		a.refuse(c, err)
		return
	}
	next(ctx)
}
