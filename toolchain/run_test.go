package main

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestRunsTestsWithTheLinesEachCovers(t *testing.T) {
	answer, _ := must[testAnswer](t, "test", map[string]any{"files": fixtures(), "coverage": true})
	got := map[string]string{}
	for _, one := range answer.Tests {
		got[one.Package+"."+one.Name] = one.Status
	}
	want := map[string]string{
		"gate_test.test_allow_named": "pass", "gate_test.test_deny_other": "fail",
		"gate_test.todo_test_later": "skip", "gate_test.test_each": "fail",
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%v", got)
	}
	if failed := answer.Tests[1].Fail; failed == nil || failed.Row != 10 || failed.File != "gate_test.rego" {
		t.Fatalf("%+v", failed)
	}
	if lines := answer.Tests[0].Covered["lib/text.rego"]; !reflect.DeepEqual(lines, [][2]int{{3, 4}}) {
		t.Fatalf("%v", lines)
	}
	if report := answer.Coverage.Files["lib/text.rego"]; !reflect.DeepEqual(report.NotCovered, [][2]int{{7, 8}}) {
		t.Fatalf("%+v", report)
	}
	if answer.Coverage.Percent >= 100 || answer.Coverage.Percent < 50 {
		t.Fatalf("%v", answer.Coverage.Percent)
	}
}

func TestRunsOnlyWhatIsAskedFor(t *testing.T) {
	answer, _ := must[testAnswer](t, "test", map[string]any{"files": fixtures(), "run": "allow"})
	if len(answer.Tests) != 1 || answer.Tests[0].Name != "test_allow_named" {
		t.Fatalf("%+v", answer.Tests)
	}
	answer, _ = must[testAnswer](t, "test", map[string]any{"files": fixtures(), "packages": []string{"other"}})
	if len(answer.Tests) != 0 {
		t.Fatalf("%+v", answer.Tests)
	}
}

func TestEvaluatesBatches(t *testing.T) {
	handle, _ := must[loadAnswer](t, "load", map[string]any{
		"files": fixtures(), "packages": []string{"gate"}, "data": map[string]any{"names": []string{"ann"}},
	})
	request := evalRequest{
		Handle: handle.Handle, Path: "gate/allow", Coverage: true, Trace: true,
		Inputs: []json.RawMessage{[]byte(`{"name":"Ann"}`), []byte(`{"name":"bob"}`), []byte(`{"name":12345678901234567890}`)},
	}
	answer, _ := must[evalAnswer](t, "eval", request)
	for i, want := range []any{true, false, false} {
		if one := answer.Evaluations[i]; !one.Defined || one.Result != want {
			t.Fatalf("%d: %+v", i, one)
		}
	}
	if fired := answer.Evaluations[1].Fired; len(fired) != 2 || fired[0].ID != "gate/not_granted" {
		t.Fatalf("%+v", fired)
	}
	if fired := answer.Evaluations[0].Fired; len(fired) != 3 {
		t.Fatalf("%+v", fired)
	}
	if locals := failedLocals(answer.Evaluations[1].Trace); !reflect.DeepEqual(locals, map[string]string{"a": `"bob"`, "b": `"ann"`}) {
		t.Fatalf("%v", locals)
	}
	request.Path = "gate/absent"
	answer, _ = must[evalAnswer](t, "eval", request)
	if one := answer.Evaluations[0]; one.Defined || one.Error != nil {
		t.Fatalf("%+v", one)
	}
	if done, _ := must[unloadAnswer](t, "unload", unloadRequest{handle.Handle}); !done.Unloaded {
		t.Fatal("nothing to unload")
	}
	if _, _, failed := ask[evalAnswer](t, "eval", request); failed == nil || failed.Code != "toolchain/handle" {
		t.Fatalf("%+v", failed)
	}
}

func TestAnEvaluationThatBreaksIsAnError(t *testing.T) {
	handle, _ := must[loadAnswer](t, "load", map[string]any{
		"files": []File{{"a.rego", "package a\n\nx := 1 if input.x\n\nx := 2 if input.x\n"}},
	})
	answer, _ := must[evalAnswer](t, "eval", evalRequest{
		Handle: handle.Handle, Path: "a/x", Inputs: []json.RawMessage{[]byte(`{"x":true}`)},
	})
	if broken := answer.Evaluations[0].Error; broken == nil || broken.Code != "eval_conflict_error" || broken.File != "a.rego" {
		t.Fatalf("%+v", broken)
	}
}

func failedLocals(trace []TraceEvent) map[string]string {
	for _, event := range trace {
		if event.Op == "fail" {
			return event.Locals
		}
	}
	return nil
}
