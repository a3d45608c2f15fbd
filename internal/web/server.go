package web

import (
	"context"
	"fmt"
	"iter"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"kaoping/bank"
	"kaoping/bank/central"
	"kaoping/certify"
	"kaoping/exam"
	"kaoping/internal/audit"
	"kaoping/internal/outbox/desk"
	"kaoping/policies/access"
	"kaoping/policies/rulebook"
	"kaoping/policies/rulebook/amend"
	"kaoping/policies/standing"
	"kaoping/policies/standing/cases"
	"kaoping/policies/standing/inspection"
)

// AuditLog reads the audit streams.
type AuditLog interface {
	Streams(ctx context.Context) iter.Seq2[string, error]
	Entries(ctx context.Context, stream string, after int64, limit int) ([]audit.Entry, error)
}

// Services is what the pages and the API stand on.
type Services struct {
	Accounts   *access.Accounts
	Policy     *access.Policy
	Book       *rulebook.Book
	Rules      *amend.Service
	Standing   *standing.Service
	Cases      *cases.Service
	Inspection *inspection.Service
	Bank       *bank.Service
	Central    *central.Service
	Exam       *exam.Service
	Certify    *certify.Service
	Audit      AuditLog
	Jobs       *desk.Service
	Now        func() time.Time
	Log        *slog.Logger
	Metrics    *prometheus.Registry
	Secure     bool     // cookies only over TLS
	Proxies    []string // addresses and CIDRs of the proxies whose X-Forwarded-For is believed
	Demo       []DemoAccount
}

// DemoAccount is shown on the login page of a demonstration.
type DemoAccount struct{ Role, Login, Password string }

// Server is the HTTP side of kaoping.
type Server struct {
	Services
	builtin
	metrics   metrics
	places    places
	preloads  preloads
	releases  releases
	stopping  atomic.Bool
	logged    atomic.Int64 // second of the last Unavailable in the log
	engine    *gin.Engine
	drained   chan struct{} // closed when the service stops: event streams end
	drainOnce sync.Once
}

// builtin is what stands in the program itself: the same for every server of a
// process.
type builtin struct {
	chinese, english language
	pages            map[string]pageSet // by language code
	assets           map[string]asset
}

var builtIn = sync.OnceValues(func() (b builtin, err error) {
	b.english = language{Code: "en"}
	if b.chinese, err = loadChinese(); err != nil {
		return b, err
	}
	if b.pages, err = parsePages(b.chinese, b.english); err != nil {
		return b, err
	}
	if b.assets, err = loadAssets(); err != nil {
		return b, fmt.Errorf("web: %w", err)
	}
	return b, nil
})

// New builds the server: templates, the exam room's script, routes.
func New(services Services) (*Server, error) {
	built, err := builtIn()
	if err != nil {
		return nil, err
	}
	s := &Server{Services: services, builtin: built, places: newPlaces(), drained: make(chan struct{})}
	s.metrics = newMetrics(services.Metrics, s.places)
	gin.SetMode(gin.ReleaseMode)
	s.engine = gin.New()
	s.engine.ContextWithFallback = true
	s.engine.RemoteIPHeaders = []string{"X-Forwarded-For"} // a proxy passes any other on as the client sent it
	if err := s.engine.SetTrustedProxies(services.Proxies); err != nil {
		return nil, fmt.Errorf("trusted_proxies: %w", err)
	}
	s.engine.Use(s.recover, s.count, s.headers, s.bound, s.sameOrigin)
	s.routes()
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.engine.ServeHTTP(w, r)
}
