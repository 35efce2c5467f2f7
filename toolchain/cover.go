package main

import (
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/cover"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// places collects the source locations that an evaluation reached, by OPA's own measure: the heads
// of rules that succeeded and the expressions that were tried.
type places map[*ast.Location]struct{}

func (p places) add(event *topdown.Event) {
	switch event.Op {
	case topdown.ExitOp:
		if rule, ok := event.Node.(*ast.Rule); ok {
			p.reach(rule.Head.Location)
		}
	case topdown.EvalOp:
		if expr, ok := event.Node.(*ast.Expr); ok {
			p.reach(expr.Location)
		}
	}
}

func (p places) reach(at *ast.Location) {
	if at.HasFile() { // Generated code stands nowhere.
		p[at] = struct{}{}
	}
}

// lines is what was reached per file, as sorted, disjoint ranges of rows.
func (p places) lines() map[string][][2]int {
	rows := map[string]map[int]bool{}
	for at := range p {
		if rows[at.File] == nil {
			rows[at.File] = map[int]bool{}
		}
		lines := linesOf(at)
		for row := lines.Row; row <= lines.EndRow; row++ {
			rows[at.File][row] = true
		}
	}
	out := make(map[string][][2]int, len(rows))
	for file, set := range rows {
		out[file] = ranges(set)
	}
	return out
}

func ranges(rows map[int]bool) [][2]int {
	sorted := make([]int, 0, len(rows))
	for row := range rows {
		sorted = append(sorted, row)
	}
	sort.Ints(sorted)
	out := [][2]int{}
	for _, row := range sorted {
		if last := len(out) - 1; last >= 0 && out[last][1] == row-1 {
			out[last][1] = row
		} else {
			out = append(out, [2]int{row, row})
		}
	}
	return out
}

// FileCoverage is one file's lines that tests reached, and those that they did not.
type FileCoverage struct {
	Covered    [][2]int `json:"covered"`
	NotCovered [][2]int `json:"not_covered"`
}

// Coverage is OPA's coverage report over everything but tests. Percent is over lines.
type Coverage struct {
	Files   map[string]FileCoverage `json:"files"`
	Percent float64                 `json:"percent"`
}

func reportCoverage(reached places, modules map[string]*ast.Module) *Coverage {
	subject := map[string]*ast.Module{}
	for path, module := range modules {
		if !isTest(path, module) {
			subject[path] = module
		}
	}
	// OPA's reporter only takes events, so each place becomes one.
	reporter := cover.New()
	for at := range reached {
		if _, ok := subject[at.File]; ok {
			reporter.TraceEvent(topdown.Event{Op: topdown.EvalOp, Node: &ast.Expr{Location: at}})
		}
	}
	report := reporter.Report(subject)
	out := &Coverage{Files: map[string]FileCoverage{}, Percent: report.Coverage}
	if report.CoveredLines+report.NotCoveredLines == 0 {
		out.Percent = 100
	}
	for path, file := range report.Files {
		out.Files[path] = FileCoverage{Covered: rowsOf(file.Covered), NotCovered: rowsOf(file.NotCovered)}
	}
	return out
}

func rowsOf(list []cover.Range) [][2]int {
	set := map[int]bool{}
	for _, one := range list {
		for row := one.Start.Row; row <= one.End.Row; row++ {
			set[row] = true
		}
	}
	return ranges(set)
}

func isTest(path string, module *ast.Module) bool {
	return strings.HasSuffix(path, "_test.rego") || strings.HasSuffix(packageName(module), "_test")
}
