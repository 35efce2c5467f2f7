package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/open-policy-agent/opa/v1/version"
)

// A message, in both directions, is a frame: the header's length as 32 bits, little endian, the
// header as JSON, and the bytes that follow. Of a request these are the operation's body, again
// JSON; of an answer only compile has any, the WebAssembly module.
const frameHead = 4

// operation answers one request. The second result is the bytes that follow the header.
type operation func(body []byte) (any, []byte, *failure)

// operations is filled by init, because an operation may one day want to list them.
var operations map[string]operation

func init() {
	operations = map[string]operation{
		"version":     answerVersion,
		"check":       with(check),
		"compile":     compileWasm,
		"format":      with(formatFiles),
		"test":        with(runTests),
		"load":        with(load),
		"eval":        with(evaluate),
		"unload":      with(unload),
		"annotations": with(listAnnotations),
		"ast":         with(dumpAst),
		"closure":     with(listClosure),
		"mutants":     with(listMutants),
		"mutate":      with(mutate),
	}
}

// failure is an expected bad outcome: a code that callers switch on, and for policies that do not
// compile the list of what is wrong with them.
type failure struct {
	Code        string       `json:"code"`
	Message     string       `json:"message"`
	Diagnostics []Diagnostic `json:"diagnostics,omitempty"`
}

func fail(code, format string, args ...any) *failure {
	return &failure{Code: code, Message: fmt.Sprintf(format, args...)}
}

type requestHeader struct {
	Op string `json:"op"`
}

type answerHeader struct {
	OK     bool     `json:"ok"`
	Result any      `json:"result,omitempty"`
	Error  *failure `json:"error,omitempty"`
}

// handle answers one framed request with one framed answer. It never panics: a bug in an operation
// must cost one answer, not the warm instance.
func handle(message []byte) (answer []byte) {
	defer func() {
		if r := recover(); r != nil {
			answer = frame(answerHeader{Error: fail("toolchain/panic", "%v\n%s", r, debug.Stack())}, nil)
		}
	}()
	header, body, failed := unframe(message)
	if failed != nil {
		return frame(answerHeader{Error: failed}, nil)
	}
	var request requestHeader
	if failed := decode(header, &request); failed != nil {
		return frame(answerHeader{Error: failed}, nil)
	}
	run, ok := operations[request.Op]
	if !ok {
		return frame(answerHeader{Error: fail("toolchain/request", "unknown operation %q", request.Op)}, nil)
	}
	result, blob, failed := run(body)
	if failed != nil {
		return frame(answerHeader{Error: failed}, nil)
	}
	return frame(answerHeader{OK: true, Result: result}, blob)
}

func unframe(message []byte) (header, body []byte, failed *failure) {
	if len(message) < frameHead {
		return nil, nil, fail("toolchain/request", "message of %d bytes has no header", len(message))
	}
	length := binary.LittleEndian.Uint32(message)
	if uint64(length) > uint64(len(message)-frameHead) {
		return nil, nil, fail("toolchain/request", "header of %d bytes in a message of %d", length, len(message))
	}
	return message[frameHead : frameHead+length], message[frameHead+length:], nil
}

func frame(header answerHeader, blob []byte) []byte {
	var buffer bytes.Buffer
	buffer.Write(make([]byte, frameHead))
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(header); err != nil {
		return frame(answerHeader{Error: fail("toolchain/panic", "answer cannot be encoded: %v", err)}, nil)
	}
	message := buffer.Bytes()
	binary.LittleEndian.PutUint32(message, uint32(len(message)-frameHead))
	return append(message, blob...)
}

// with adapts an operation over typed requests; unknown keys are refused, as everywhere.
func with[Q, A any](run func(*Q) (A, *failure)) operation {
	return func(body []byte) (any, []byte, *failure) {
		var request Q
		if failed := decode(body, &request); failed != nil {
			return nil, nil, failed
		}
		answer, failed := run(&request)
		return answer, nil, failed
	}
}

func decode(body []byte, into any) *failure {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return fail("toolchain/request", "%v", err)
	}
	return nil
}

type versionAnswer struct {
	Opa string `json:"opa"`
	Go  string `json:"go"`
}

func answerVersion([]byte) (any, []byte, *failure) {
	return versionAnswer{Opa: version.Version, Go: runtime.Version()}, nil, nil
}
