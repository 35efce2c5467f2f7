package main

import (
	"bytes"
	"slices"

	"github.com/open-policy-agent/opa/v1/ast"
)

// Lines is a range of rows, both included.
type Lines struct {
	Row    int `json:"row"`
	EndRow int `json:"end_row"`
}

// Annotation is one METADATA block and what it speaks of. Targets are the rules (for the scope
// "document" all rules of that name in the file), or the package clause.
type Annotation struct {
	Scope       string         `json:"scope"`
	Package     string         `json:"package"`
	Rule        string         `json:"rule,omitempty"`
	Title       string         `json:"title,omitempty"`
	Description string         `json:"description,omitempty"`
	Entrypoint  bool           `json:"entrypoint,omitempty"`
	Custom      map[string]any `json:"custom,omitempty"`
	// Document is the whole block as OPA writes it, for what has no field of its own here.
	Document *ast.Annotations `json:"document"`
	File     string           `json:"file"`
	Row      int              `json:"row"`
	EndRow   int              `json:"end_row"`
	Targets  []Lines          `json:"targets"`
}

type annotationsAnswer struct {
	Annotations []Annotation `json:"annotations"`
}

func listAnnotations(request *Sources) (annotationsAnswer, *failure) {
	sources, failed := request.parse()
	if failed != nil {
		return annotationsAnswer{}, failed
	}
	return annotationsAnswer{Annotations: annotationsOf(sources)}, nil
}

func annotationsOf(sources []*source) []Annotation {
	out := []Annotation{}
	for _, one := range sources {
		for _, found := range one.module.Annotations {
			out = append(out, describe(one, found))
		}
	}
	return out
}

func describe(one *source, found *ast.Annotations) Annotation {
	annotation := Annotation{
		Scope:       found.Scope,
		Package:     packageName(one.module),
		Title:       found.Title,
		Description: found.Description,
		Entrypoint:  found.Entrypoint,
		Custom:      found.Custom,
		Document:    found,
		File:        one.path,
		Row:         found.Location.Row,
		EndRow:      found.EndLoc().Row,
	}
	rule := ast.NewAnnotationsRef(found).GetRule()
	if rule == nil {
		annotation.Targets = []Lines{linesOf(one.module.Package.Location)}
		return annotation
	}
	annotation.Rule = ruleName(rule)
	if found.Scope != "document" {
		annotation.Targets = []Lines{ruleLines(rule)}
		return annotation
	}
	for _, other := range one.module.Rules {
		if ruleName(other) == annotation.Rule {
			annotation.Targets = append(annotation.Targets, ruleLines(other))
		}
	}
	return annotation
}

func ruleName(rule *ast.Rule) string {
	return rule.Head.Ref().GroundPrefix().String()
}

// ruleLines covers the rule's head, body and every else that hangs on it.
func ruleLines(rule *ast.Rule) Lines {
	lines := linesOf(rule.Location)
	for next := rule; next != nil; next = next.Else {
		widen(&lines, next.Location)
		widen(&lines, next.Head.Location)
		for _, expr := range next.Body {
			// Compiled rules hold expressions that OPA generated and that stand nowhere.
			if at := expr.Location; at != nil && at.File == rule.Location.File {
				widen(&lines, at)
			}
		}
	}
	return lines
}

func widen(lines *Lines, at *ast.Location) {
	if at == nil || at.Row < lines.Row {
		return
	}
	lines.EndRow = max(lines.EndRow, linesOf(at).EndRow)
}

func linesOf(at *ast.Location) Lines {
	text := bytes.TrimRight(at.Text, " \t\r\n")
	return Lines{Row: at.Row, EndRow: at.Row + bytes.Count(text, []byte("\n"))}
}

// ruleID is the id that METADATA gives a rule, or empty.
func ruleID(rule *ast.Rule) string {
	for _, annotation := range slices.Backward(rule.Annotations) {
		if id, ok := annotation.Custom["id"].(string); ok {
			return id
		}
	}
	return ""
}
