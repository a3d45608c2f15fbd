// Command probe answers what deploy/services.sh asks, with its exit status:
//
//	probe port              prints a port of the loopback interface that is free
//	probe mongo HOST:PORT   does a server there answer from its storage, in MongoDB's protocol?
//	probe http URL          does the URL answer 200?
package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strconv"
	"time"
)

// patience is how long one question may take; the script asks again.
const patience = 5 * time.Second

// Ports are taken from below the range of outgoing connections, so that a
// server that is stopped in mid-test finds its port free again.
const (
	firstPort = 20_000
	lastPort  = 29_999
)

func main() {
	if err := answer(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "probe:", err)
		os.Exit(1)
	}
}

func answer(args []string) error {
	switch {
	case len(args) == 1 && args[0] == "port":
		port, err := freePort()
		if err == nil {
			fmt.Println(port)
		}
		return err
	case len(args) == 2 && args[0] == "mongo":
		return askMongo(args[1])
	case len(args) == 2 && args[0] == "http":
		return askHTTP(args[1])
	}
	return errors.New("usage: probe port | mongo HOST:PORT | http URL")
}

func freePort() (int, error) {
	for range 100 {
		port := firstPort + rand.IntN(lastPort-firstPort+1)
		listener, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err == nil {
			return port, listener.Close()
		}
	}
	return 0, fmt.Errorf("no port between %d and %d is free", firstPort, lastPort)
}

func askHTTP(url string) error {
	client := http.Client{Timeout: patience, Transport: &http.Transport{Proxy: nil}}
	response, err := client.Get(url)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return errors.New(response.Status)
	}
	return nil
}
