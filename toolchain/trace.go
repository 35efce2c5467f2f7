package main

import (
	"sort"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/topdown"
)

// FiredRule is a rule that an evaluation made true, with the id that METADATA gives it.
type FiredRule struct {
	ID      string `json:"id,omitempty"`
	Package string `json:"package"`
	Rule    string `json:"rule"`
	File    string `json:"file"`
	Row     int    `json:"row"`
	EndRow  int    `json:"end_row"`
}

// TraceEvent is one step of an evaluation. Query and Parent tell which body it belongs to and which
// one called that; Locals are the variables by their names in the source, given where a step fails.
type TraceEvent struct {
	Op      string            `json:"op"`
	Query   uint64            `json:"query"`
	Parent  uint64            `json:"parent"`
	File    string            `json:"file,omitempty"`
	Row     int               `json:"row,omitempty"`
	Text    string            `json:"text,omitempty"`
	Rule    string            `json:"rule,omitempty"`
	Message string            `json:"message,omitempty"`
	Locals  map[string]string `json:"locals,omitempty"`
}

type evalTracer struct {
	places    places
	fired     map[*ast.Rule]struct{}
	events    []TraceEvent
	trace     bool
	limit     int
	truncated bool
}

func newEvalTracer(request *evalRequest) *evalTracer {
	limit := request.TraceLimit
	if limit <= 0 {
		limit = defaultTraceLimit
	}
	return &evalTracer{places: places{}, fired: map[*ast.Rule]struct{}{}, trace: request.Trace, limit: limit}
}

func (*evalTracer) Enabled() bool { return true }

func (t *evalTracer) Config() topdown.TraceConfig {
	return topdown.TraceConfig{PlugLocalVars: t.trace}
}

func (t *evalTracer) TraceEvent(event topdown.Event) {
	t.places.add(&event)
	if rule, ok := event.Node.(*ast.Rule); ok && event.Op == topdown.ExitOp {
		t.fired[rule] = struct{}{}
	}
	if !t.trace || !told(&event) {
		return
	}
	if len(t.events) >= t.limit {
		t.truncated = true
		return
	}
	t.events = append(t.events, describeEvent(&event))
}

// told leaves out what explains nothing: unifications, backtracking, and the query itself, which has
// no file.
func told(event *topdown.Event) bool {
	return event.Op != topdown.UnifyOp && event.Op != topdown.RedoOp && event.Location.HasFile()
}

func describeEvent(event *topdown.Event) TraceEvent {
	out := TraceEvent{
		Op:      strings.ToLower(string(event.Op)),
		Query:   event.QueryID,
		Parent:  event.ParentID,
		Message: event.Message,
	}
	if at := event.Location; at != nil {
		out.File, out.Row, out.Text = at.File, at.Row, string(at.Text)
	}
	if rule, ok := event.Node.(*ast.Rule); ok {
		out.Rule = strings.TrimPrefix(rule.Module.Package.Path.Extend(rule.Head.Ref().GroundPrefix()).String(), "data.")
		// A rule's text is its whole body, which its lines already are.
		out.Text = ""
	}
	if event.Op == topdown.FailOp && event.Locals != nil {
		out.Locals = locals(event)
	}
	return out
}

func locals(event *topdown.Event) map[string]string {
	out := map[string]string{}
	event.Locals.Iter(func(name, value ast.Value) bool {
		variable, ok := name.(ast.Var)
		if !ok {
			return false
		}
		if meta, ok := event.LocalMetadata[variable]; ok && !strings.HasPrefix(string(meta.Name), "__local") && !meta.Name.IsWildcard() {
			out[string(meta.Name)] = value.String()
		}
		return false
	})
	return out
}

func (t *evalTracer) report(into *Evaluation) {
	into.Covered = t.places.lines()
	into.Trace, into.Truncated = t.events, t.truncated
	seen := map[FiredRule]bool{}
	for rule := range t.fired {
		if rule.Location == nil || rule.Location.File == "" {
			continue
		}
		lines := ruleLines(rule)
		fired := FiredRule{
			ID:      ruleID(rule),
			Package: packageName(rule.Module),
			Rule:    ruleName(rule),
			File:    rule.Location.File,
			Row:     lines.Row,
			EndRow:  lines.EndRow,
		}
		if !seen[fired] {
			seen[fired] = true
			into.Fired = append(into.Fired, fired)
		}
	}
	sort.Slice(into.Fired, func(i, j int) bool {
		a, b := into.Fired[i], into.Fired[j]
		return a.File < b.File || (a.File == b.File && (a.Row < b.Row || (a.Row == b.Row && a.Rule < b.Rule)))
	})
}
