package web

import (
	"strconv"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"kaoping/internal/fault"
)

// metrics counts requests and faults. Routes, never addresses, are labels.
type metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	faults   *prometheus.CounterVec
	refused  *prometheus.CounterVec
}

func newMetrics(registry *prometheus.Registry, p places) metrics {
	make := promauto.With(registry)
	for kind, taken := range p {
		make.NewGaugeFunc(prometheus.GaugeOpts{Name: "kaoping_requests_in_flight", Help: "Requests under way by kind.", ConstLabels: prometheus.Labels{"kind": kind}},
			func() float64 { return float64(taken.Load()) })
	}
	return metrics{
		requests: make.NewCounterVec(prometheus.CounterOpts{Name: "kaoping_http_requests_total", Help: "HTTP requests by route and status."}, []string{"route", "status"}),
		seconds: make.NewHistogramVec(prometheus.HistogramOpts{Name: "kaoping_http_request_seconds", Help: "Time to answer by route.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 5}}, []string{"route"}),
		faults: make.NewCounterVec(prometheus.CounterOpts{Name: "kaoping_faults_total", Help: "Refusals and faults by code."}, []string{"code"}),
		refused: make.NewCounterVec(prometheus.CounterOpts{Name: "kaoping_requests_refused_total",
			Help: "Requests answered with 503: full (no place for another of its kind), stopping, or store (away, or its queue is full)."}, []string{"reason", "kind"}),
	}
}

func (s *Server) count(c *gin.Context) {
	start := time.Now()
	c.Next()
	route := c.FullPath()
	if route == "" {
		route = "none"
	}
	s.metrics.requests.WithLabelValues(route, strconv.Itoa(c.Writer.Status())).Inc()
	s.metrics.seconds.WithLabelValues(route).Observe(time.Since(start).Seconds())
}

// note counts a fault, and logs it where it is kaoping's own.
func (s *Server) note(route string, err error) {
	code := fault.CodeOf(err)
	s.metrics.faults.WithLabelValues(string(code)).Inc()
	if code == fault.Internal || code == fault.Unavailable && !s.Stopping() && s.seldom() {
		s.Log.Error("fault", "route", route, "error", err)
	}
}

// seldom reports once a second that it is time to log: while a dependency is
// away, every request of a hall says so.
func (s *Server) seldom() bool {
	now := time.Now().Unix()
	return s.logged.Swap(now) != now
}
