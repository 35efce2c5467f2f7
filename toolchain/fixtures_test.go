package main

import (
	"encoding/binary"
	"encoding/json"
	"testing"
)

const gateRego = `package gate

import data.lib.text
import rego.v1

# METADATA
# title: Not granted
# description: A command needs a grant
# custom: {id: gate/not_granted, severity: high, requirements: [EXE-15]}
violations contains rego.metadata.rule().custom.id if {
	not granted
}

granted if {
	text.same(input.name, data.names[_])
}

# METADATA
# entrypoint: true
allow := false if {
	count(violations) > 0
} else := true
`

const textRego = `package lib.text

same(a, b) if {
	lower(a) == lower(b)
}

never if {
	input.never
}
`

const gateTestRego = `package gate_test

import data.gate

test_allow_named if {
	gate.allow with input as {"name": "ANN"} with data.names as ["ann"]
}

test_deny_other if {
	gate.violations == {"other"} with input as {"name": "bob"} with data.names as ["ann"]
}

todo_test_later if {
	false
}

test_each[name] if {
	some name, want in {"ann": true, "bob": true}
	print("name", name)
	gate.allow == want with input as {"name": name} with data.names as ["ann"]
}
`

const otherRego = `package other

x := 1
`

func fixtures() []File {
	return []File{
		{"gate.rego", gateRego}, {"lib/text.rego", textRego},
		{"gate_test.rego", gateTestRego}, {"other.rego", otherRego},
	}
}

func frameRequest(t *testing.T, op string, body any) []byte {
	t.Helper()
	header, err := json.Marshal(requestHeader{Op: op})
	if err != nil {
		t.Fatal(err)
	}
	content, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	message := binary.LittleEndian.AppendUint32(nil, uint32(len(header)))
	return append(append(message, header...), content...)
}

type reply[A any] struct {
	OK     bool     `json:"ok"`
	Result A        `json:"result"`
	Error  *failure `json:"error"`
}

func ask[A any](t *testing.T, op string, body any) (A, []byte, *failure) {
	t.Helper()
	answer := handle(frameRequest(t, op, body))
	length := binary.LittleEndian.Uint32(answer)
	var decoded reply[A]
	if err := json.Unmarshal(answer[frameHead:frameHead+length], &decoded); err != nil {
		t.Fatalf("%v in %s", err, answer)
	}
	if decoded.OK == (decoded.Error != nil) {
		t.Fatalf("neither an answer nor an error: %s", answer)
	}
	return decoded.Result, answer[frameHead+length:], decoded.Error
}

func must[A any](t *testing.T, op string, body any) (A, []byte) {
	t.Helper()
	result, blob, failed := ask[A](t, op, body)
	if failed != nil {
		t.Fatalf("%s: %+v", op, failed)
	}
	return result, blob
}
