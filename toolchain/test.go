package main

import (
	"bytes"
	"context"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"encoding/json"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/tester"
	"github.com/open-policy-agent/opa/v1/topdown"
)

type testRequest struct {
	Sources
	Data json.RawMessage `json:"data"`
	// Run is a regular expression over "data.<package>.<test>"; only matching tests run.
	Run string `json:"run"`
	// Coverage asks for the report over all tests, besides the lines of each.
	Coverage bool `json:"coverage"`
	// NoLines leaves out the lines that each test reached, which halves the time. A test that fails runs
	// again with them, to say where.
	NoLines bool `json:"no_lines"`
}

// TestFailure is where a test stopped being true: the expression that got furthest and failed.
type TestFailure struct {
	File string `json:"file"`
	Row  int    `json:"row"`
	Expr string `json:"expr"`
}

// TestCase is one named case of a test that has several.
type TestCase struct {
	Name   []string `json:"name"`
	Status string   `json:"status"`
}

// TestResult is one test. Status is pass, fail, error or skip.
type TestResult struct {
	Package    string              `json:"package"`
	Name       string              `json:"name"`
	File       string              `json:"file"`
	Row        int                 `json:"row"`
	EndRow     int                 `json:"end_row"`
	Status     string              `json:"status"`
	DurationNs int64               `json:"duration_ns"`
	Fail       *TestFailure        `json:"fail"`
	Error      string              `json:"error,omitempty"`
	Output     string              `json:"output,omitempty"`
	Cases      []TestCase          `json:"cases,omitempty"`
	Covered    map[string][][2]int `json:"covered"`
}

type testAnswer struct {
	Tests    []TestResult `json:"tests"`
	Coverage *Coverage    `json:"coverage,omitempty"`
}

func runTests(request *testRequest) (testAnswer, *failure) {
	filter, err := regexp.Compile(request.Run)
	if err != nil {
		return testAnswer{}, fail("toolchain/request", "run: %v", err)
	}
	made, failed := prepare(&request.Sources, request.Data, forTests)
	if failed != nil {
		return testAnswer{}, failed
	}
	answer := testAnswer{Tests: []TestResult{}}
	all := places{}
	ctx := context.Background()
	for _, test := range made.tests(request.Packages) {
		if !filter.MatchString(test.ref.String()) {
			continue
		}
		tracer := &testTracer{places: places{}, queries: map[uint64]bool{}, test: test}
		results := made.runTest(ctx, test, tracer, request.NoLines && !request.Coverage)
		for _, result := range results {
			answer.Tests = append(answer.Tests, describeTest(result, test, tracer))
		}
		for at := range tracer.places {
			all[at] = struct{}{}
		}
	}
	if request.Coverage {
		answer.Coverage = reportCoverage(all, made.modules)
	}
	return answer, nil
}

// testRule is a test as compiled: OPA renames tests of the same name, and so does this ref.
type testRule struct {
	ref    ast.Ref
	rule   *ast.Rule
	module *ast.Module
}

// tests lists the tests of the packages (of all, if none is named) in file and row order.
func (p *program) tests(packages []string) []testRule {
	wanted := map[string]bool{}
	for _, name := range packages {
		name = strings.TrimPrefix(name, "data.")
		wanted[name], wanted[name+"_test"] = true, true
	}
	var list []testRule
	for _, path := range sortedKeys(p.compiler.Modules) {
		module := p.compiler.Modules[path]
		if len(wanted) > 0 && !wanted[packageName(module)] {
			continue
		}
		seen := map[string]bool{}
		for _, rule := range module.Rules {
			ref, ok := testRef(rule)
			if !ok || seen[ref.String()] {
				continue
			}
			seen[ref.String()] = true
			list = append(list, testRule{ref, rule, module})
		}
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, b := list[i].rule.Location, list[j].rule.Location
		return a.File < b.File || (a.File == b.File && a.Row < b.Row)
	})
	return list
}

func testRef(rule *ast.Rule) (ast.Ref, bool) {
	ref := rule.Head.Ref().GroundPrefix()
	for i, term := range ref {
		name := strings.Trim(term.Value.String(), `"`)
		if strings.HasPrefix(name, tester.TestPrefix) || strings.HasPrefix(name, tester.SkipTestPrefix) {
			return rule.Module.Package.Path.Extend(ref[:i+1]), true
		}
	}
	return nil, false
}

// runTest has OPA's own runner run one test. One at a time, because a tracer cannot tell tests apart.
func (p *program) runTest(ctx context.Context, test testRule, tracer *testTracer, quick bool) []*tester.Result {
	if quick {
		list := p.runTraced(ctx, test, nil)
		if !slices.ContainsFunc(list, func(r *tester.Result) bool { return r.Fail && r.Error == nil }) {
			return list
		}
	}
	return p.runTraced(ctx, test, tracer)
}

func (p *program) runTraced(ctx context.Context, test testRule, tracer *testTracer) []*tester.Result {
	runner := tester.NewRunner().
		SetCompiler(p.compiler).
		SetStore(p.store).
		SetParallel(1).
		CapturePrintOutput(true).
		SetPrefixMatchers(test.ref).
		// A timer never fires while WASI code runs; the host ends a test that takes too long.
		SetTimeout(24 * time.Hour)
	if tracer != nil {
		runner = runner.SetCoverageQueryTracer(tracer)
	}
	results, err := runner.RunTests(ctx, p.transaction)
	if err != nil {
		return []*tester.Result{{
			Location: test.rule.Location, Package: test.module.Package.Path.String(),
			Name: test.ref[len(test.ref)-1].String(), Error: err,
		}}
	}
	var list []*tester.Result
	for result := range results {
		list = append(list, result)
	}
	return list
}

// compileForTests lets OPA's runner compile, because it adds stages of its own (names for tests of
// the same name, cases inside a test); the prefix matches no test, so nothing runs yet.
func compileForTests(compiler *ast.Compiler, modules map[string]*ast.Module, store storage.Store, txn storage.Transaction) error {
	results, err := tester.NewRunner().
		SetCompiler(compiler).
		SetModules(modules).
		SetStore(store).
		SetPrefixMatchers(ast.MustParseRef("data[\"\"][\"\"]")).
		RunTests(context.Background(), txn)
	if err != nil {
		return err
	}
	for range results { //nolint:revive // Draining is the point.
	}
	return nil
}

func describeTest(result *tester.Result, test testRule, tracer *testTracer) TestResult {
	lines := ruleLines(test.rule)
	out := TestResult{
		Package:    strings.TrimPrefix(result.Package, "data."),
		Name:       result.Name,
		File:       result.Location.File,
		Row:        lines.Row,
		EndRow:     lines.EndRow,
		Status:     "pass",
		DurationNs: result.Duration.Nanoseconds(),
		Output:     string(bytes.TrimSpace(result.Output)),
		Covered:    tracer.places.lines(),
	}
	for name, sub := range result.SubResults.Iter {
		status := "pass"
		if sub.Fail {
			status = "fail"
		}
		out.Cases = append(out.Cases, TestCase{Name: name, Status: status})
	}
	switch {
	case result.Error != nil:
		out.Status, out.Error = "error", result.Error.Error()
	case result.Skip:
		out.Status = "skip"
	case result.Fail:
		out.Status, out.Fail = "fail", tracer.failure(test.rule)
	}
	return out
}

// testTracer follows one test: what it reaches, and the expression of its own body that fails last
// after getting furthest.
type testTracer struct {
	places  places
	test    testRule
	queries map[uint64]bool
	failed  *ast.Expr
}

func (*testTracer) Enabled() bool               { return true }
func (*testTracer) Config() topdown.TraceConfig { return topdown.TraceConfig{} }

func (t *testTracer) TraceEvent(event topdown.Event) {
	t.places.add(&event)
	switch event.Op {
	case topdown.EnterOp:
		if event.Node == ast.Node(t.test.rule) {
			t.queries[event.QueryID] = true
		}
	case topdown.FailOp:
		expr, ok := event.Node.(*ast.Expr)
		if ok && t.queries[event.QueryID] && (t.failed == nil || expr.Index >= t.failed.Index) {
			t.failed = expr
		}
	}
}

func (t *testTracer) failure(rule *ast.Rule) *TestFailure {
	if t.failed == nil {
		return &TestFailure{File: rule.Location.File, Row: rule.Location.Row, Expr: rule.Head.Ref().String()}
	}
	at := t.failed.Location
	expr := string(at.Text)
	if expr == "" {
		expr = t.failed.String()
	}
	return &TestFailure{File: at.File, Row: at.Row, Expr: expr}
}
