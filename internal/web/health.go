package web

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// health answers load balancers and monitors. That the database is away is no
// reason not to be ready: it is so for every instance, and one that answers
// keeps the candidates' pages informed.
func (s *Server) health() {
	s.engine.GET("/healthz", func(c *gin.Context) { c.String(http.StatusOK, "ok\n") })
	s.engine.GET("/readyz", func(c *gin.Context) {
		if s.Stopping() {
			c.String(http.StatusServiceUnavailable, "not ready\n")
			return
		}
		c.String(http.StatusOK, "ready\n")
	})
	metrics := promhttp.HandlerFor(s.Metrics, promhttp.HandlerOpts{})
	s.engine.GET("/metrics", gin.WrapH(metrics))
}
