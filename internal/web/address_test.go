package web

import (
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
)

// TestOnlyTrustedProxiesSpeakForOthers: a client that forges the headers of a
// proxy is known by its own address all the same.
func TestOnlyTrustedProxiesSpeakForOthers(t *testing.T) {
	for _, c := range []struct {
		why              string
		proxies          []string
		peer, forwarded  string
		client, recorded string
	}{
		{"no proxy is trusted", nil, "203.0.113.9", "198.51.100.1", "203.0.113.9", "203.0.113.9"},
		{"not even this machine", nil, "127.0.0.1", "198.51.100.1", "127.0.0.1", "127.0.0.1"},
		{"a proxy of somebody else", []string{"10.0.0.0/8"}, "203.0.113.9", "198.51.100.1", "203.0.113.9", "203.0.113.9"},
		{"the balancer", []string{"10.0.0.0/8"}, "10.0.0.1", "203.0.113.9", "203.0.113.9", "203.0.113.9 via 10.0.0.1"},
		{"what the client had written before it", []string{"10.0.0.0/8", "10.1.0.1"}, "10.0.0.1", "198.51.100.1, 203.0.113.9, 10.0.0.2", "203.0.113.9", "203.0.113.9 via 10.0.0.1"},
		{"by its address, in IPv6", []string{"2001:db8::1"}, "2001:db8::1", "2001:db8::9", "2001:db8::9", "2001:db8::9 via 2001:db8::1"},
		{"without the header", []string{"10.0.0.1"}, "10.0.0.1", "", "10.0.0.1", "10.0.0.1"},
		{"nonsense", []string{"10.0.0.1"}, "10.0.0.1", "unknown", "10.0.0.1", "10.0.0.1"},
	} {
		services := bare(t).Services
		services.Proxies, services.Metrics = c.proxies, prometheus.NewRegistry()
		s, err := New(services)
		if err != nil {
			t.Fatal(err)
		}
		var client, recorded string
		s.engine.GET("/address", func(c *gin.Context) { client, recorded = c.ClientIP(), addressOf(c) })
		r := httptest.NewRequest("GET", "/address", nil)
		r.RemoteAddr = "[" + c.peer + "]:40000"
		for _, header := range []string{"X-Real-Ip", "True-Client-Ip", "Cf-Connecting-Ip", "Forwarded"} {
			r.Header.Set(header, "198.51.100.1")
		}
		if c.forwarded != "" {
			r.Header.Set("X-Forwarded-For", c.forwarded)
		}
		s.ServeHTTP(httptest.NewRecorder(), r)
		if client != c.client || recorded != c.recorded {
			t.Errorf("%s: %s, recorded as %s", c.why, client, recorded)
		}
	}
}

func TestWhatIsNoProxyIsRefused(t *testing.T) {
	services := bare(t).Services
	services.Proxies, services.Metrics = []string{"balancer.example"}, prometheus.NewRegistry()
	if _, err := New(services); err == nil {
		t.Error("a name is taken for an address")
	}
}
