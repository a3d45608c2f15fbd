package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
)

// child is a server of this binary as a process of its own.
type child struct {
	line
	cmd    *exec.Cmd
	ended  chan struct{} // closed when the process is gone
	result error         // of the process, once it ended
}

// How long a child may take to become ready, and how often it is asked.
const (
	readyLimit = 30 * time.Second
	readyEvery = 5 * time.Millisecond
)

// startChild serves with these settings, and no others, and returns when the
// server is ready.
func startChild(ctx context.Context, binary string, settings config) (*child, error) {
	return startLogged(ctx, binary, settings, os.Stderr)
}

// startLogged is startChild with a place for what the server says.
func startLogged(ctx context.Context, binary string, settings config, log io.Writer) (*child, error) {
	settings.LogLevel = "warn"
	if settings.Drain == "" {
		settings.Drain = "0s" // no balancer stands before it
	}
	c := &child{line: line{address: settings.Listen}, cmd: exec.CommandContext(ctx, binary, "serve"), ended: make(chan struct{})}
	c.cmd.Env = settings.environment()
	c.cmd.Stderr = log
	if err := c.cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		c.result = c.cmd.Wait()
		close(c.ended)
	}()
	patience := time.After(readyLimit)
	for {
		if status, _, err := c.call("GET", "/readyz", nil); err == nil && status == 200 {
			return c, nil
		}
		select {
		case <-c.ended:
			return nil, fmt.Errorf("the server ended before it was ready: %w", c.result)
		case <-patience:
			return nil, fmt.Errorf("the server is not ready after %s: %w", readyLimit, c.kill())
		case <-time.After(readyEvery):
		}
	}
}

// stop has the server finish its work and end.
func (c *child) stop() error {
	c.hangUp()
	if err := c.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-c.ended
	return c.result
}

// kill ends the server in the middle of whatever it does, if it still runs.
func (c *child) kill() error {
	c.hangUp()
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	<-c.ended
	return nil
}

// usage is what the server has used, as the operating system counts it.
type usage struct {
	cpu float64 // seconds, user and system
	rss float64 // bytes

	commits float64 // of the store
	changes float64 // that shared them
}

// usage asks the server's process metrics.
func (c *child) usage() (usage, error) {
	status, page, err := c.call("GET", "/metrics", nil)
	if err == nil && status != 200 {
		err = fmt.Errorf("status %d", status)
	}
	if err != nil {
		return usage{}, fmt.Errorf("metrics: %w", err)
	}
	var u usage
	for name, into := range map[string]*float64{
		"process_cpu_seconds_total": &u.cpu, "process_resident_memory_bytes": &u.rss,
		"kaoping_writer_commits_total": &u.commits, "kaoping_writer_changes_total": &u.changes,
	} {
		_, rest, _ := bytes.Cut(page, []byte("\n"+name+" "))
		value, _, _ := bytes.Cut(rest, []byte("\n"))
		if *into, err = strconv.ParseFloat(string(value), 64); err != nil {
			return usage{}, fmt.Errorf("metrics: %s: %w", name, err)
		}
	}
	return u, nil
}

// ownCPU is the processor time that this process has used, in seconds; 0 where
// the system does not tell.
func ownCPU() float64 {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	families, _ := registry.Gather() // what cannot be told is left out
	for _, family := range families {
		if family.GetName() == "process_cpu_seconds_total" {
			return family.GetMetric()[0].GetCounter().GetValue()
		}
	}
	return 0
}

// freeAddress is a local address where nobody listens.
func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}
