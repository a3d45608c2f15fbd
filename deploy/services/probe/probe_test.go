package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
)

// reply is a message with one document, as a server would send it.
func reply(kind uint32, document string) []byte {
	body := append([]byte{0, 0, 0, 0, 0}, document...)
	message := binary.LittleEndian.AppendUint32(nil, uint32(headSize+len(body)))
	message = binary.LittleEndian.AppendUint64(message, 0)
	message = binary.LittleEndian.AppendUint32(message, kind)
	return append(message, body...)
}

const (
	fine    = "\x11\x00\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\xf0\x3f\x00"
	refused = "\x11\x00\x00\x00\x01ok\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
)

// server answers the first message of every connection, and keeps what was asked.
func server(t *testing.T, answer []byte) (address string, asked chan []byte) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	asked = make(chan []byte, 1)
	go func() {
		conn, err := listener.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		message := make([]byte, len(question()))
		io.ReadFull(conn, message)
		asked <- message
		conn.Write(answer)
	}()
	return listener.Addr().String(), asked
}

func TestAServerThatAnswersIsReady(t *testing.T) {
	address, asked := server(t, reply(opMsg, fine))
	if err := answer([]string{"mongo", address}); err != nil {
		t.Fatal(err)
	}
	message := <-asked
	if size := binary.LittleEndian.Uint32(message); int(size) != len(message) {
		t.Errorf("the question says it has %d bytes, it has %d", size, len(message))
	}
	document := message[headSize+5:]
	if size := binary.LittleEndian.Uint32(document); int(size) != len(document) {
		t.Errorf("its document says it has %d bytes, it has %d", size, len(document))
	}
}

func TestWhatIsNoAnswer(t *testing.T) {
	for name, message := range map[string][]byte{
		"nothing":       nil,
		"half a head":   reply(opMsg, fine)[:9],
		"half a reply":  reply(opMsg, fine)[:headSize+9],
		"a refusal":     reply(opMsg, refused),
		"another kind":  reply(1, fine),
		"HTTP":          []byte("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"),
		"a short frame": bytes.Repeat([]byte{0}, headSize),
	} {
		if readAnswer(bytes.NewReader(message)) == nil {
			t.Errorf("%s is taken for an answer", name)
		}
	}
}

func TestNobodyListens(t *testing.T) {
	port, err := freePort()
	if err != nil {
		t.Fatal(err)
	}
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	if answer([]string{"mongo", address}) == nil || answer([]string{"http", "http://" + address}) == nil {
		t.Error("a port where nobody listens is taken for a server")
	}
}

func TestHTTPIsReadyWith200Only(t *testing.T) {
	status := http.StatusServiceUnavailable
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer web.Close()
	if answer([]string{"http", web.URL}) == nil {
		t.Error("503 is taken for ready")
	}
	status = http.StatusOK
	if err := answer([]string{"http", web.URL}); err != nil {
		t.Error(err)
	}
}

func TestUnknownQuestionsAreRefused(t *testing.T) {
	for _, args := range [][]string{nil, {"mongo"}, {"port", "1"}, {"tcp", "x"}} {
		if answer(args) == nil {
			t.Errorf("%q is understood", args)
		}
	}
}
