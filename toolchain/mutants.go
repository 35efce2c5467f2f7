package main

import (
	"slices"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Mutant is one small change of a rule's text: Text stands for the bytes from Start to End of the file.
// Rows and columns count from 1, columns in UTF-16 units, the end excluded.
type Mutant struct {
	File string `json:"file"`
	// Rule is the place of the rule among the rules of its file.
	Rule     int    `json:"rule"`
	Operator string `json:"operator"`
	Start    int    `json:"start"`
	End      int    `json:"end"`
	Row      int    `json:"row"`
	Col      int    `json:"col"`
	EndRow   int    `json:"end_row"`
	EndCol   int    `json:"end_col"`
	Text     string `json:"text"`
}

// MutatedRule is a rule that has mutants: where it stands, what it cites, and the documents that it reads.
type MutatedRule struct {
	File         string   `json:"file"`
	Rule         int      `json:"rule"`
	Name         string   `json:"name"`
	Package      string   `json:"package"`
	Row          int      `json:"row"`
	EndRow       int      `json:"end_row"`
	Requirements []string `json:"requirements"`
	// Text is the rule with the METADATA that speaks of it.
	Text string `json:"text"`
	// Reads are the rules that it refers to, by their paths.
	Reads []string `json:"reads"`
}

type mutantsAnswer struct {
	Rules   []MutatedRule `json:"rules"`
	Mutants []Mutant      `json:"mutants"`
	// Tests are what tests cite, by the path of the test.
	Tests map[string][]string `json:"tests"`
}

// listMutants answers every mutant of every module that is no test, in the order of files and places.
func listMutants(request *Sources) (mutantsAnswer, *failure) {
	sources, failed := request.parse()
	if failed != nil {
		return mutantsAnswer{}, failed
	}
	names := documentPrefixes(sources)
	answer := mutantsAnswer{Rules: []MutatedRule{}, Mutants: []Mutant{}, Tests: map[string][]string{}}
	texts := map[string]string{}
	for _, file := range request.Files {
		texts[file.Path] = file.Text
	}
	for _, one := range sources {
		if isTest(one.path, one.module) {
			citedByTests(one, answer.Tests)
			continue
		}
		text := texts[one.path]
		for index, rule := range one.module.Rules {
			mutants := mutantsOf(text, rule, names)
			if len(mutants) == 0 {
				continue
			}
			for _, mutant := range mutants {
				mutant.File, mutant.Rule = one.path, index
				answer.Mutants = append(answer.Mutants, mutant)
			}
			answer.Rules = append(answer.Rules, describeRule(one, text, index, rule))
		}
	}
	return answer, nil
}

func describeRule(one *source, text string, index int, rule *ast.Rule) MutatedRule {
	lines := ruleLines(rule)
	start, end := ruleExtent(rule)
	return MutatedRule{
		File: one.path, Rule: index, Name: ruleName(rule), Package: packageName(one.module),
		Row: lines.Row, EndRow: lines.EndRow,
		Requirements: citedBy(one, rule),
		Text:         metadataOf(one, text, rule) + text[start:end],
		Reads:        readsOf(one.module, rule),
	}
}

// readsOf lists the documents that a rule names, with imports and the package's own names spelt out.
func readsOf(module *ast.Module, rule *ast.Rule) []string {
	imported := map[ast.Var]ast.Ref{}
	for _, one := range module.Imports {
		if path, ok := one.Path.Value.(ast.Ref); ok {
			imported[one.Name()] = path
		}
	}
	found := map[string]bool{}
	add := func(ref ast.Ref) {
		head, ok := ref[0].Value.(ast.Var)
		if !ok {
			return
		}
		ground := ref.GroundPrefix()
		switch path, ok := imported[head]; {
		case head == ast.DefaultRootDocument.Value:
			found[ground.String()] = true
		case ok && path[0].Equal(ast.DefaultRootDocument):
			found[append(slices.Clone(path), ground[1:]...).String()] = true
		default:
			found[module.Package.Path.String()+"."+string(head)] = true
		}
	}
	ast.WalkRefs(rule, func(ref ast.Ref) bool { add(ref); return false })
	ast.WalkVars(rule, func(name ast.Var) bool { add(ast.Ref{ast.NewTerm(name)}); return false })
	return sortedKeys(found)
}

// documentPrefixes are the paths of all packages and rules and whatever leads to them: a reference that is cut to one of
// these reads rules that it did not read before, perhaps itself.
func documentPrefixes(sources []*source) map[string]bool {
	names := map[string]bool{}
	for _, one := range sources {
		path := one.module.Package.Path
		for n := range path {
			names[path[:n+1].String()] = true
		}
		for _, rule := range one.module.Rules {
			names[append(slices.Clone(path), rule.Head.Ref().GroundPrefix()[1:]...).String()] = true
		}
	}
	return names
}

func citedBy(one *source, rule *ast.Rule) []string {
	cited := map[string]bool{}
	for _, annotation := range one.module.Annotations {
		if of := ast.NewAnnotationsRef(annotation).GetRule(); of == rule || (of != nil && annotation.Scope == "document" && ruleName(of) == ruleName(rule)) {
			addCited(cited, annotation)
		}
	}
	return sortedKeys(cited)
}

// citedByTests records what the METADATA of each test cites, or that of the tests' package.
func citedByTests(one *source, tests map[string][]string) {
	shared := map[string]bool{}
	for _, annotation := range one.module.Annotations {
		if annotation.Scope == "package" {
			addCited(shared, annotation)
		}
	}
	for _, rule := range one.module.Rules {
		cited := map[string]bool{}
		for _, id := range citedBy(one, rule) {
			cited[id] = true
		}
		for id := range shared {
			cited[id] = true
		}
		if len(cited) > 0 {
			tests[one.module.Package.Path.String()+"."+ruleName(rule)] = sortedKeys(cited)
		}
	}
}

func addCited(cited map[string]bool, annotation *ast.Annotations) {
	list, _ := annotation.Custom["requirements"].([]any)
	for _, one := range list {
		if id, ok := one.(string); ok {
			cited[id] = true
		}
	}
}

// metadataOf is the text of the METADATA blocks that speak of a rule.
func metadataOf(one *source, text string, rule *ast.Rule) string {
	lines := strings.SplitAfter(text, "\n")
	var out strings.Builder
	for _, annotation := range one.module.Annotations {
		of := ast.NewAnnotationsRef(annotation).GetRule()
		if of == nil || (of != rule && (annotation.Scope != "document" || ruleName(of) != ruleName(rule))) {
			continue
		}
		for row := annotation.Location.Row; row <= annotation.EndLoc().Row && row <= len(lines); row++ {
			out.WriteString(lines[row-1])
		}
	}
	return out.String()
}

// ruleExtent is where a rule's text begins and ends, in bytes.
func ruleExtent(rule *ast.Rule) (start, end int) {
	start, end = extentOf(rule.Location)
	if rule.Default {
		_, end = extentOf(rule.Head.Value.Location)
	}
	return start, end
}

func extentOf(at *ast.Location) (start, end int) {
	return at.Offset, at.Offset + len(strings.TrimRight(string(at.Text), " \t\r\n"))
}

// place gives a mutant its rows and columns.
func (m *Mutant) place(text string) {
	m.Row, m.Col = positionOf(text, m.Start)
	m.EndRow, m.EndCol = positionOf(text, m.End)
}

func positionOf(text string, offset int) (row, col int) {
	before := text[:offset]
	begin := strings.LastIndexByte(before, '\n') + 1
	col = 1
	for _, char := range before[begin:] {
		col++
		if char > 0xffff {
			col++
		}
	}
	return strings.Count(before, "\n") + 1, col
}
