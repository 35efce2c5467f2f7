package main

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
)

// mutator collects the mutants of one rule.
type mutator struct {
	text  string
	names map[string]bool
	// The extent of the rule: what the parser adds to a rule is placed anywhere.
	from, to int
	found    []Mutant
}

// mutantsOf makes the mutants of one rule, in the order of their places. METADATA is no part of a rule here.
func mutantsOf(text string, rule *ast.Rule, names map[string]bool) []Mutant {
	m := &mutator{text: text, names: names}
	m.from, m.to = ruleExtent(rule)
	for one := rule; one != nil; one = one.Else {
		m.branch(one, one != rule)
	}
	slices.SortStableFunc(m.found, func(a, b Mutant) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Text, b.Text))
	})
	// An else repeats the arguments of the rule it hangs on.
	m.found = slices.CompactFunc(m.found, func(a, b Mutant) bool {
		return a.Start == b.Start && a.End == b.End && a.Text == b.Text
	})
	for i := range m.found {
		m.found[i].place(text)
	}
	return m.found
}

func (m *mutator) add(operator string, start, end int, replacement string) {
	if start < m.from || end > m.to || start > end || m.text[start:end] == replacement {
		return
	}
	m.found = append(m.found, Mutant{Operator: operator, Start: start, End: end, Text: replacement})
}

// branch mutates a rule without what hangs on it, or one else.
func (m *mutator) branch(rule *ast.Rule, isElse bool) {
	m.head(rule.Head)
	written := m.isWritten(rule.Body)
	if written {
		m.body(rule.Body)
	}
	if rule.Default {
		return
	}
	operator := "rule dropped"
	if isElse {
		operator = "else dropped"
	}
	if written {
		start, end := m.bodyExtent(rule.Body)
		m.add(operator, start, end, "false")
		return
	}
	if rule.Else == nil {
		_, end := extentOf(rule.Location)
		m.add(operator, end, end, " if false")
	}
}

// isWritten tells a body in the text from the `true` that the parser puts where there is none.
func (m *mutator) isWritten(body ast.Body) bool {
	if len(body) != 1 {
		return len(body) > 0
	}
	term, ok := body[0].Terms.(*ast.Term)
	if !ok {
		return true
	}
	value, ok := term.Value.(ast.Boolean)
	return !ok || !bool(value) || strings.TrimSpace(string(body[0].Location.Text)) == "true"
}

func (m *mutator) bodyExtent(body ast.Body) (start, end int) {
	start, _ = m.exprExtent(body[0])
	_, end = m.exprExtent(body[len(body)-1])
	return start, end
}

// exprExtent includes the modifiers of an expression, which its own location may leave out.
func (*mutator) exprExtent(expr *ast.Expr) (start, end int) {
	start, end = extentOf(expr.Location)
	for _, with := range expr.With {
		_, last := extentOf(with.Value.Location)
		end = max(end, last)
	}
	return start, end
}

func (m *mutator) head(head *ast.Head) {
	for _, arg := range head.Args {
		m.term(arg)
	}
	for _, term := range head.Reference[1:] {
		m.term(term)
	}
	if head.Key != nil {
		m.term(head.Key)
	}
	if head.Value != nil {
		m.term(head.Value)
	}
}

func (m *mutator) body(body ast.Body) {
	for i, expr := range body {
		m.expr(expr)
		if domain, ok := expr.Terms.(*ast.SomeDecl); ok && i+1 < len(body) {
			m.someToEvery(expr, domain, body[i+1:])
		}
	}
}

func (m *mutator) expr(expr *ast.Expr) {
	start, end := m.exprExtent(expr)
	if !declares(expr) {
		m.add("expression dropped", start, end, "true")
		m.negate(expr, start, end)
	}
	for _, with := range expr.With {
		m.term(with.Value)
	}
	switch terms := expr.Terms.(type) {
	case *ast.Term:
		m.term(terms)
	case []*ast.Term:
		m.call(terms)
	case *ast.SomeDecl:
		for _, symbol := range terms.Symbols {
			if call, ok := symbol.Value.(ast.Call); ok {
				for _, arg := range call[1:] {
					m.term(arg)
				}
			}
		}
	case *ast.Every:
		m.term(terms.Domain)
		m.body(terms.Body)
		m.everyToSome(terms, start, end)
	}
}

func (m *mutator) negate(expr *ast.Expr, start, end int) {
	// Rego has no `not every`; swapping it with some says as much.
	if expr.IsEvery() {
		return
	}
	if !expr.Negated {
		m.add("expression negated", start, start, "not ")
		return
	}
	inner := strings.TrimLeft(strings.TrimPrefix(m.text[start:end], "not"), " \t\r\n")
	m.add("expression negated", start, end-len(inner), "")
}

// declares tells whether names would be missing without an expression.
func declares(expr *ast.Expr) bool {
	if _, ok := expr.Terms.(*ast.SomeDecl); ok {
		return true
	}
	return expr.IsAssignment()
}

func (m *mutator) call(terms []*ast.Term) {
	m.operator(terms[0])
	for _, arg := range terms[1:] {
		m.term(arg)
	}
}

// swaps lists what stands for an operator, each the nearest neighbour that a slip of the hand would give.
var swaps = map[string][]string{
	"==": {"!="}, "!=": {"=="},
	"<": {"<="}, "<=": {"<"}, ">": {">="}, ">=": {">"},
	"+": {"-"}, "-": {"+"}, "*": {"/"}, "/": {"*"}, "%": {"*"},
	"&": {"|"}, "|": {"&"},
}

func (m *mutator) operator(term *ast.Term) {
	if term.Location == nil {
		return
	}
	start, end := extentOf(term.Location)
	name := strings.TrimSpace(m.text[start:min(end, len(m.text))])
	for _, other := range swaps[name] {
		kind := "operator swapped"
		if strings.ContainsAny(name, "<>=") {
			kind = "comparison swapped"
		}
		m.add(kind, start, start+len(name), other)
	}
}

func (m *mutator) term(term *ast.Term) {
	if term == nil || term.Location == nil {
		return
	}
	switch value := term.Value.(type) {
	case ast.Ref:
		m.ref(term, value)
	case ast.Call:
		m.call(value)
	case *ast.Array:
		m.members(term, slicesOf(value.Foreach))
	case ast.Set:
		m.members(term, slicesOf(value.Foreach))
	case ast.Object:
		m.object(term, value)
	case *ast.ArrayComprehension:
		m.term(value.Term)
		m.body(value.Body)
	case *ast.SetComprehension:
		m.term(value.Term)
		m.body(value.Body)
	case *ast.ObjectComprehension:
		m.term(value.Key)
		m.term(value.Value)
		m.body(value.Body)
	default:
		m.constant(term)
	}
}

func slicesOf(each func(func(*ast.Term))) []*ast.Term {
	var list []*ast.Term
	each(func(term *ast.Term) { list = append(list, term) })
	return list
}

func (m *mutator) constant(term *ast.Term) {
	start, end := extentOf(term.Location)
	text := m.text[start:end]
	switch value := term.Value.(type) {
	case ast.Boolean:
		if text == "true" || text == "false" {
			m.add("constant changed", start, end, strconv.FormatBool(!bool(value)))
		}
	case ast.Number:
		if number, ok := value.Int64(); ok && text == strconv.FormatInt(number, 10) {
			m.add("constant changed", start, end, strconv.FormatInt(number+1, 10))
			m.add("constant changed", start, end, strconv.FormatInt(number-1, 10))
		}
	case ast.String:
		if strings.HasPrefix(text, `"`) || strings.HasPrefix(text, "`") {
			other := "mutated"
			if value != "" {
				other = ""
			}
			quoted, _ := json.Marshal(other)
			m.add("constant changed", start, end, string(quoted))
		}
	case ast.Null:
		if text == "null" {
			m.add("constant changed", start, end, "false")
		}
	}
}

func (m *mutator) members(term *ast.Term, list []*ast.Term) {
	byPlace(list)
	starts, ends := make([]int, len(list)), make([]int, len(list))
	for i, member := range list {
		m.term(member)
		starts[i], ends[i] = extentOf(member.Location)
	}
	empty := "[]"
	if _, ok := term.Value.(ast.Set); ok {
		empty = "set()"
	}
	m.dropEach(term, starts, ends, empty)
}

func (m *mutator) object(term *ast.Term, object ast.Object) {
	var keys []*ast.Term
	values := map[*ast.Term]*ast.Term{}
	object.Foreach(func(key, value *ast.Term) {
		keys = append(keys, key)
		values[key] = value
	})
	byPlace(keys)
	starts, ends := make([]int, len(keys)), make([]int, len(keys))
	for i, key := range keys {
		m.term(values[key])
		starts[i], _ = extentOf(key.Location)
		_, ends[i] = extentOf(values[key].Location)
	}
	m.dropEach(term, starts, ends, "{}")
}

func byPlace(list []*ast.Term) {
	slices.SortFunc(list, func(a, b *ast.Term) int { return cmp.Compare(a.Location.Offset, b.Location.Offset) })
}

// dropEach drops each member with the comma that goes with it.
func (m *mutator) dropEach(term *ast.Term, starts, ends []int, empty string) {
	for i := range starts {
		switch {
		case len(starts) == 1:
			start, end := extentOf(term.Location)
			m.add("member dropped", start, end, empty)
		case i+1 < len(starts):
			m.add("member dropped", starts[i], starts[i+1], "")
		default:
			m.add("member dropped", ends[i-1], ends[i], "")
		}
	}
}

// ref mutates the keys of a reference, and drops the last one where something is left that is no rule.
func (m *mutator) ref(term *ast.Term, ref ast.Ref) {
	for _, key := range ref[1:] {
		m.term(key)
	}
	start, end := extentOf(term.Location)
	text := m.text[start:end]
	if len(ref) < 3 || m.names[ref[:len(ref)-1].String()] {
		return
	}
	if cut := lastKey(text); cut > 0 {
		m.add("reference shortened", start+cut, end, "")
	}
}

// lastKey is where the last `.name` or `[…]` of a reference begins, or 0.
func lastKey(text string) int {
	if !strings.HasSuffix(text, "]") {
		return max(0, strings.LastIndexByte(text, '.'))
	}
	depth := 0
	for i := len(text) - 1; i > 0; i-- {
		switch text[i] {
		case '"', '`':
			// What brackets in a string mean is not worth finding out.
			if depth > 1 {
				return 0
			}
		case ']':
			depth++
		case '[':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

func (m *mutator) everyToSome(every *ast.Every, start, end int) {
	text := m.text[start:end]
	open := strings.IndexByte(m.text[m.termEnd(every.Domain):end], '{')
	if !strings.HasPrefix(text, "every") || open < 0 || !strings.HasSuffix(text, "}") {
		return
	}
	head := m.text[start+len("every") : m.termEnd(every.Domain)]
	from, to := m.bodyExtent(every.Body)
	m.add("every and some swapped", start, end, "some"+head+"\n"+m.text[from:to])
}

func (m *mutator) someToEvery(expr *ast.Expr, some *ast.SomeDecl, rest ast.Body) {
	if len(some.Symbols) != 1 {
		return
	}
	if _, ok := some.Symbols[0].Value.(ast.Call); !ok || len(expr.With) > 0 {
		return
	}
	start, end := m.exprExtent(expr)
	from, to := m.bodyExtent(rest)
	text := m.text[start:end]
	if strings.HasPrefix(text, "some") {
		m.add("every and some swapped", start, to, "every"+strings.TrimPrefix(text, "some")+" {\n"+m.text[from:to]+"\n}")
	}
}

func (*mutator) termEnd(term *ast.Term) int {
	_, end := extentOf(term.Location)
	return end
}
