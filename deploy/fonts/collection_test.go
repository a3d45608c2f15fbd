package main

import (
	"bytes"
	"encoding/binary"
	"testing"
)

// aCollection holds one font of two tables: "cmap" of 5 bytes and "head" of 54.
func aCollection() (data, cmap, head []byte) {
	cmap, head = []byte("12345"), bytes.Repeat([]byte{7}, 54)
	var b bytes.Buffer
	b.WriteString("ttcf")
	for _, part := range []any{
		uint32(0x10000), uint32(1), uint32(16), // one font, whose directory is at 16
		uint32(0x10000), uint16(2), [3]uint16{32, 1, 0},
		entry{[4]byte([]byte("cmap")), 1, 60, 5}, entry{[4]byte([]byte("head")), 2, 65, 54},
	} {
		_ = binary.Write(&b, binary.BigEndian, part)
	}
	b.Write(cmap)
	b.Write(head)
	return b.Bytes(), cmap, head
}

func TestFirstFont(t *testing.T) {
	data, cmap, head := aCollection()
	font, err := firstFont(data)
	if err != nil {
		t.Fatal(err)
	}
	var sum uint32
	for i := 0; i < len(font); i += 4 {
		sum += binary.BigEndian.Uint32(font[i:])
	}
	if sum != 0xB1B0AFBA {
		t.Errorf("the file's checksum is %#x", sum)
	}
	at := func(row int) []byte {
		var e entry
		_ = binary.Read(bytes.NewReader(font[12+16*row:]), binary.BigEndian, &e)
		return font[e.Offset : e.Offset+e.Length]
	}
	if !bytes.Equal(at(0), cmap) {
		t.Errorf("cmap became %q", at(0))
	}
	if got := at(1); !bytes.Equal(got[:8], head[:8]) || !bytes.Equal(got[12:], head[12:]) {
		t.Errorf("head became %v", got)
	}
}

func TestWhatIsNoCollection(t *testing.T) {
	whole, _, _ := aCollection()
	for n := range len(whole) {
		if _, err := firstFont(whole[:n]); err == nil {
			t.Fatalf("a collection cut after %d bytes was taken", n)
		}
	}
	if _, err := firstFont(append([]byte("OTTO"), whole[4:]...)); err == nil {
		t.Error("another format was taken")
	}
}

func FuzzFirstFont(f *testing.F) {
	whole, _, _ := aCollection()
	f.Add(whole)
	f.Fuzz(func(t *testing.T, data []byte) { _, _ = firstFont(data) })
}
