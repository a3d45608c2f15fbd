package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"net"
	"time"
)

const (
	opMsg    = 2013    // the one message kind that servers speak since MongoDB 3.6
	headSize = 16      // length, request id, id answered, kind: four int32
	maxReply = 1 << 20 // bytes; a fresh server's answer has a few hundred
)

// askMongo asks for the names of the databases: a ping would be answered
// before the storage behind the protocol is there.
func askMongo(address string) error {
	conn, err := net.DialTimeout("tcp", address, patience)
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	if _, err := conn.Write(question()); err != nil {
		return err
	}
	return readAnswer(conn)
}

// question is the message {listDatabases: 1, nameOnly: true, $db: "admin"}.
func question() []byte {
	elements := []byte("\x10listDatabases\x00\x01\x00\x00\x00" +
		"\x08nameOnly\x00\x01" +
		"\x02$db\x00\x06\x00\x00\x00admin\x00")
	document := binary.LittleEndian.AppendUint32(nil, uint32(4+len(elements)+1))
	document = append(append(document, elements...), 0)

	message := make([]byte, headSize, headSize+5+len(document))
	message = append(message, 0, 0, 0, 0, 0) // no flags; one document follows
	message = append(message, document...)
	binary.LittleEndian.PutUint32(message, uint32(len(message)))
	binary.LittleEndian.PutUint32(message[4:], 1)
	binary.LittleEndian.PutUint32(message[12:], opMsg)
	return message
}

// readAnswer accepts the reply that says {ok: 1}.
func readAnswer(r io.Reader) error {
	var head [headSize]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return err
	}
	size := binary.LittleEndian.Uint32(head[:])
	if binary.LittleEndian.Uint32(head[12:]) != opMsg || size < headSize || size > maxReply {
		return errors.New("this is not MongoDB's protocol")
	}
	body := make([]byte, size-headSize)
	if _, err := io.ReadFull(r, body); err != nil {
		return err
	}
	ok := binary.LittleEndian.AppendUint64([]byte("\x01ok\x00"), math.Float64bits(1))
	if !bytes.Contains(body, ok) {
		return errors.New("the server refused")
	}
	return nil
}
