package main

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestCheckReportsEveryError(t *testing.T) {
	answer, _ := must[checkAnswer](t, "check", map[string]any{
		"files":    []File{{"a.rego", "package a\n\nx if {\n\ta := \"ü\"; input.nme == a\n\ty := 1\n}\n\nz := http.send({})\n\nq := nope\n"}},
		"builtins": []string{"eq", "assign", "equal"},
		"schemas": map[string]any{"schema": map[string]any{
			"type": "object", "additionalProperties": false,
			"properties": map[string]any{"name": map[string]any{"type": "string"}},
		}},
	})
	want := []Diagnostic{
		{Code: "rego_compile_error", Message: "assigned var y unused", File: "a.rego", Row: 5, Col: 2, EndCol: 8},
		{
			Code: "rego_type_error", Message: "undefined function http.send", File: "a.rego", Row: 8, Col: 6, EndCol: 19,
			Hint: "http.send is a builtin that the capabilities do not allow",
		},
	}
	if !reflect.DeepEqual(answer.Diagnostics, want) {
		t.Fatalf("%+v", answer.Diagnostics)
	}
}

func TestCheckUsesSchemasNamedInMetadata(t *testing.T) {
	request := map[string]any{
		"files": []File{{"a.rego", "# METADATA\n# schemas:\n# - input: schema.input\npackage a\n\nx if input.nme == 1\n"}},
		"schemas": map[string]any{"schema.input": map[string]any{
			"type": "object", "additionalProperties": false,
			"properties": map[string]any{"name": map[string]any{"type": "string"}},
		}},
	}
	answer, _ := must[checkAnswer](t, "check", request)
	if len(answer.Diagnostics) != 1 || answer.Diagnostics[0].Row != 6 || answer.Diagnostics[0].Col != 6 {
		t.Fatalf("%+v", answer.Diagnostics)
	}
	if !strings.Contains(answer.Diagnostics[0].Hint, `want (one of): ["name"]`) {
		t.Fatalf("%+v", answer.Diagnostics[0])
	}
	ok, _ := must[checkAnswer](t, "check", Sources{Files: fixtures()})
	if len(ok.Diagnostics) != 0 {
		t.Fatalf("%+v", ok.Diagnostics)
	}
}

func TestCheckReportsParseErrorsOfAllFiles(t *testing.T) {
	answer, _ := must[checkAnswer](t, "check", Sources{Files: []File{{"a.rego", "package a\n\nx {"}, {"b.rego", ""}}})
	if len(answer.Diagnostics) < 2 {
		t.Fatalf("%+v", answer.Diagnostics)
	}
}

func TestCompileAnswersWasmAndRules(t *testing.T) {
	answer, wasm := must[compileAnswer](t, "compile", map[string]any{
		"files": []File{{"gate.rego", gateRego}, {"lib/text.rego", textRego}},
	})
	if !bytes.HasPrefix(wasm, []byte("\x00asm")) {
		t.Fatalf("%d bytes", len(wasm))
	}
	if !slices.Equal(answer.Entrypoints, []string{"gate/allow"}) {
		t.Fatalf("%v", answer.Entrypoints)
	}
	want := []RuleEntry{{
		ID: "gate/not_granted", Requirements: json.RawMessage(`["EXE-15"]`), Severity: json.RawMessage(`"high"`),
		Title: "Not granted", Description: "A command needs a grant",
		Package: "gate", Rule: "violations", File: "gate.rego", Row: 10, EndRow: 12,
	}}
	if !reflect.DeepEqual(answer.Rules, want) {
		t.Fatalf("%+v", answer.Rules)
	}
	_, again := must[compileAnswer](t, "compile", map[string]any{
		"files": []File{{"gate.rego", gateRego}, {"lib/text.rego", textRego}},
	})
	if !bytes.Equal(wasm, again) {
		t.Fatal("the second compile differs")
	}
}

func TestFormat(t *testing.T) {
	answer, _ := must[formatAnswer](t, "format", formatRequest{Files: []File{{"a.rego", "package a\nx:=1"}}})
	if answer.Files[0].Text != "package a\n\nx := 1\n" || !answer.Files[0].Changed {
		t.Fatalf("%+v", answer)
	}
	if _, _, failed := ask[formatAnswer](t, "format", formatRequest{Files: []File{{"a.rego", "package"}}}); failed == nil {
		t.Fatal("formatted a broken file")
	}
}

func TestClosure(t *testing.T) {
	answer, _ := must[closureAnswer](t, "closure", Sources{Files: fixtures(), Packages: []string{"lib.text"}})
	if !slices.Equal(answer.Files, []string{"lib/text.rego"}) || !slices.Equal(answer.Dependents, []string{"gate", "gate_test"}) {
		t.Fatalf("%+v", answer)
	}
	answer, _ = must[closureAnswer](t, "closure", Sources{Files: fixtures(), Packages: []string{"data.gate"}})
	if !slices.Equal(answer.Files, []string{"gate.rego", "gate_test.rego", "lib/text.rego"}) {
		t.Fatalf("%+v", answer)
	}
}

func TestAnnotationsHaveLineRanges(t *testing.T) {
	answer, _ := must[annotationsAnswer](t, "annotations", Sources{Files: fixtures()})
	if len(answer.Annotations) != 2 {
		t.Fatalf("%+v", answer)
	}
	allow := answer.Annotations[1]
	if allow.Scope != "document" || !allow.Entrypoint || allow.Row != 18 || allow.EndRow != 19 || !reflect.DeepEqual(allow.Targets, []Lines{{20, 22}}) {
		t.Fatalf("%+v", allow)
	}
}

func TestAstHasLocations(t *testing.T) {
	answer, _ := must[astAnswer](t, "ast", astRequest{File: File{"gate.rego", gateRego}})
	if !strings.Contains(string(answer.Module), `"file":"gate.rego"`) {
		t.Fatalf("%s", answer.Module)
	}
}
