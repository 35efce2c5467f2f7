package main

import (
	"strings"
	"testing"
)

func TestRefusesMessagesItCannotRead(t *testing.T) {
	for name, message := range map[string][]byte{
		"nothing":          nil,
		"short header":     {9, 0, 0, 0, 'x'},
		"no JSON":          {1, 0, 0, 0, 'x'},
		"unknown":          frameRequest(t, "nonsense", nil),
		"unknown key":      frameRequest(t, "check", map[string]any{"fils": []File{}}),
		"file given twice": frameRequest(t, "check", Sources{Files: []File{{"a", ""}, {"a", ""}}}),
	} {
		answer := string(handle(message))
		if !strings.Contains(answer, `"code":"toolchain/request"`) && !strings.Contains(answer, `"rego_parse_error"`) {
			t.Errorf("%s: %s", name, answer)
		}
	}
}

func TestAnswersAPanicAndStaysAlive(t *testing.T) {
	operations["panic"] = func([]byte) (any, []byte, *failure) { panic("on purpose") }
	defer delete(operations, "panic")
	_, _, failed := ask[any](t, "panic", nil)
	if failed == nil || failed.Code != "toolchain/panic" || !strings.HasPrefix(failed.Message, "on purpose") {
		t.Fatalf("%+v", failed)
	}
	if _, _, failed = ask[any](t, "version", nil); failed != nil {
		t.Fatalf("%+v", failed)
	}
}
