package main

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strconv"
	"time"
)

// line is one keep-alive HTTP/1.1 connection, as a browser holds one. It is
// written by hand because net/http's client costs as much processor time as the
// server that it would measure.
type line struct {
	address string
	cookie  string // as the server set it, sent with every call
	conn    net.Conn
	reader  *bufio.Reader
	out     []byte
}

// callLimit is how long one call may take.
const callLimit = 20 * time.Second

// call sends a request with a JSON body and returns the answer. After an error
// the connection is gone and the next call opens another.
func (l *line) call(method, path string, body []byte) (status int, answer []byte, err error) {
	if l.conn == nil {
		if l.conn, err = net.DialTimeout("tcp", l.address, callLimit); err != nil {
			l.conn = nil
			return 0, nil, err
		}
		l.reader = bufio.NewReaderSize(l.conn, 2048)
	}
	defer func() {
		if err != nil {
			l.hangUp()
		}
	}()
	if err := l.conn.SetDeadline(time.Now().Add(callLimit)); err != nil {
		return 0, nil, err
	}
	if _, err := l.conn.Write(l.request(method, path, body)); err != nil {
		return 0, nil, err
	}
	response, err := http.ReadResponse(l.reader, nil)
	if err != nil {
		return 0, nil, err
	}
	if answer, err = readAnswer(response); err != nil {
		return 0, nil, err
	}
	for _, c := range response.Cookies() {
		l.cookie = c.Name + "=" + c.Value
	}
	if response.Close {
		l.hangUp()
	}
	return response.StatusCode, answer, nil
}

func (l *line) request(method, path string, body []byte) []byte {
	out := l.out[:0]
	out = append(out, method...)
	out = append(out, ' ')
	out = append(out, path...)
	out = append(out, " HTTP/1.1\r\nHost: "...)
	out = append(out, l.address...)
	if l.cookie != "" {
		out = append(out, "\r\nCookie: "...)
		out = append(out, l.cookie...)
	}
	out = append(out, "\r\nContent-Type: application/json\r\nContent-Length: "...)
	out = strconv.AppendInt(out, int64(len(body)), 10)
	out = append(out, "\r\n\r\n"...)
	l.out = append(out, body...)
	return l.out
}

func readAnswer(r *http.Response) ([]byte, error) {
	if r.ContentLength < 0 {
		return io.ReadAll(r.Body)
	}
	answer := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, answer)
	return answer, err
}

func (l *line) hangUp() {
	if l.conn != nil {
		l.conn.Close()
	}
	l.conn, l.reader = nil, nil
}
