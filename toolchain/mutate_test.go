package main

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

const shelfRego = `package shelf

import data.lib.text

default level := 0

level := 3 if {
	input.size > 10
} else := 2 if {
	input.size >= data.middle
	not blocked
} else := 1

blocked if text.same(input.name, "none")

# METADATA
# title: Too many
# custom: {id: shelf/too_many, requirements: [REQ-1]}
violations contains {"id": rego.metadata.rule().custom.id, "key": key} if {
	some key, value in input.items
	value in {"a", "b"}
	every one in input.others {
		one != value
	}
}

counts[name] := count(list) if {
	some name, list in input.lists
}

doubled(x) := x * 2 if x > 0

doubled(x) := 0 if x == 0

redundant if not not_there

not_there if input.not_there == true
`

const shelfTestRego = `package shelf_test

import data.shelf

test_levels if {
	shelf.level == 3 with input as {"size": 11}
	shelf.level == 2 with input as {"size": 10} with data.middle as 5
	shelf.level == 1 with input as {"size": 4} with data.middle as 5
	shelf.level == 1 with input as {"size": 6, "name": "NONE"} with data.middle as 5
}

# METADATA
# custom: {requirements: [REQ-1]}
test_violations if {
	shelf.violations == {{"id": "shelf/too_many", "key": "y"}} with input as {
		"items": {"x": "c", "y": "a"},
		"others": ["b"],
	}
}

test_each[name] if {
	some name, want in {"two": 2, "none": 0}
	shelf.counts[name] == want with input as {"lists": {"two": ["a", "b"], "none": []}}
}

test_doubled if {
	shelf.doubled(2) == 4
	shelf.doubled(0) == 0
}

test_redundant if shelf.redundant with input as {}
`

func shelf() Sources {
	return Sources{Files: []File{
		{"shelf.rego", shelfRego}, {"lib/text.rego", textRego}, {"shelf_test.rego", shelfTestRego},
	}}
}

// requestFor asks every trial of every mutant.
func requestFor(t *testing.T, sources Sources, data json.RawMessage, trials []trial) (mutateRequest, mutantsAnswer) {
	t.Helper()
	list, failed := listMutants(&sources)
	if failed != nil {
		t.Fatal(failed)
	}
	request := mutateRequest{Sources: sources, Data: data, Trials: trials}
	stage := []int{}
	for i := range trials {
		stage = append(stage, i)
	}
	for _, mutant := range list.Mutants {
		request.Mutants = append(request.Mutants, mutantOfRule{mutant, [][]int{stage}})
	}
	return request, list
}

func testsOf(t *testing.T, sources Sources, data json.RawMessage) []trial {
	t.Helper()
	run, failed := runTests(&testRequest{Sources: sources, Data: data, NoLines: true})
	if failed != nil {
		t.Fatal(failed)
	}
	var trials []trial
	for _, one := range run.Tests {
		if one.Status != "pass" {
			t.Fatalf("%s: %s", one.Name, one.Status)
		}
		trials = append(trials, trial{Path: "data." + one.Package + "." + one.Name})
	}
	return trials
}

// spliced is the same policy with a mutant written into its file.
func spliced(sources Sources, mutant Mutant) Sources {
	out := Sources{}
	for _, file := range sources.Files {
		if file.Path == mutant.File {
			file.Text = file.Text[:mutant.Start] + mutant.Text + file.Text[mutant.End:]
		}
		out.Files = append(out.Files, file)
	}
	return out
}

// compareWithRecompiled runs each n-th mutant a second time, written into its file and compiled from scratch.
func compareWithRecompiled(t *testing.T, request mutateRequest, step int) map[string]int {
	t.Helper()
	answer, failed := mutate(&request)
	if failed != nil {
		t.Fatalf("%+v", failed)
	}
	original, failed := newWorkbench(&mutateRequest{Sources: request.Sources, Data: request.Data, Trials: request.Trials})
	if failed != nil {
		t.Fatal(failed)
	}
	counts := map[string]int{}
	for i, result := range answer.Mutants {
		counts[result.Status]++
		if i%step != 0 {
			continue
		}
		mutant := request.Mutants[i].Mutant
		again, failed := newWorkbench(&mutateRequest{Sources: spliced(request.Sources, mutant), Data: request.Data})
		if failed != nil {
			// A rule of another type can break its callers; beside them it does not.
			counts["only beside"] += map[bool]int{true: 0, false: 1}[result.Status == "invalid"]
			continue
		}
		again.trials = original.trials
		want := again.ask(request.Mutants[i].Stages, "")
		if result.Status == "invalid" || (want.Status == "killed") != (result.Status == "killed") {
			t.Errorf("%s:%d %s %q: %s (%s), recompiled %s", mutant.File, mutant.Row, mutant.Operator, mutant.Text, result.Status, result.Why, want.Status)
		}
	}
	return counts
}

func TestAMutantBesideItsRuleIsTheRecompiledOne(t *testing.T) {
	request, list := requestFor(t, shelf(), json.RawMessage(`{"middle": 5}`), nil)
	request.Trials = testsOf(t, shelf(), request.Data)
	for i := range request.Mutants {
		request.Mutants[i].Stages = [][]int{{0, 1, 2, 3, 4}}
	}
	counts := compareWithRecompiled(t, request, 1)
	if counts["killed"] < 50 || counts["survived"] == 0 || counts["invalid"] == 0 {
		t.Errorf("%v", counts)
	}
	operators := map[string]bool{}
	for _, one := range list.Mutants {
		operators[one.Operator] = true
	}
	for _, want := range []string{
		"comparison swapped", "constant changed", "else dropped", "every and some swapped", "expression dropped",
		"expression negated", "member dropped", "operator swapped", "reference shortened", "rule dropped",
	} {
		if !operators[want] {
			t.Errorf("no mutant by %q", want)
		}
	}
	if cited := list.Tests["data.shelf_test.test_violations"]; len(cited) != 1 || cited[0] != "REQ-1" {
		t.Errorf("%v", list.Tests)
	}
}

// The policies of this repository, all mutants: minutes, so only where it is asked for. The file holds files, data and
// trials as the operation mutate takes them.
func TestEveryMutantOfAPolicyIsTheRecompiledOne(t *testing.T) {
	path := os.Getenv("MUTATE_REQUEST")
	if path == "" {
		t.Skip("set MUTATE_REQUEST to a request of mutate")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var request mutateRequest
	if err := json.Unmarshal(text, &request); err != nil {
		t.Fatal(err)
	}
	t.Log(compareWithRecompiled(t, request, 7))
}

func TestDataMutantsAreUndone(t *testing.T) {
	request := mutateRequest{
		Sources: shelf(), Data: json.RawMessage(`{"middle": 5, "kept": {"a": [1, 2]}}`),
		Trials: []trial{{Path: "data.data_test.test_middle"}, {Path: "data.data_test.test_list"}},
	}
	request.Files = append(request.Files, File{"data_test.rego", `package data_test

test_middle if data.middle == 5

test_list if data.kept.a == [1, 2]
`})
	stages := [][]int{{0}, {1}}
	for _, one := range []string{`["middle"]`, `["kept", "a", 1]`, `["kept"]`} {
		var path []any
		if err := json.Unmarshal([]byte(one), &path); err != nil {
			t.Fatal(err)
		}
		request.DataMutants = append(request.DataMutants, mutantOfData{Path: path, Value: json.RawMessage(`6`), Stages: stages})
		request.DataMutants = append(request.DataMutants, mutantOfData{Path: path, Stages: stages})
	}
	request.DataMutants = append(request.DataMutants, mutantOfData{Path: []any{"middle"}, Value: json.RawMessage(`5`), Stages: stages})
	answer, failed := mutate(&request)
	if failed != nil {
		t.Fatalf("%+v", failed)
	}
	var got []string
	for _, one := range answer.DataMutants {
		names := []string{}
		for _, i := range one.KilledBy {
			names = append(names, strings.TrimPrefix(request.Trials[i].Path, "data.data_test."))
		}
		got = append(got, one.Status+" "+strings.Join(names, ","))
	}
	want := "killed test_middle;killed test_middle;killed test_list;killed test_list;killed test_list;killed test_list;survived "
	if strings.Join(got, ";") != want {
		t.Errorf("%v", got)
	}
}

func TestAMutantThatReachesBeyondItsRuleIsRefused(t *testing.T) {
	request := mutateRequest{Sources: shelf(), Mutants: []mutantOfRule{{Mutant: Mutant{File: "shelf.rego", Rule: 0, Start: 0, End: 5}}}}
	if _, failed := mutate(&request); failed == nil {
		t.Error("taken")
	}
	request.Mutants[0].Mutant = Mutant{File: "shelf.rego", Rule: 400}
	if _, failed := mutate(&request); failed == nil {
		t.Error("taken")
	}
}
