package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/open-policy-agent/opa/v1/topdown"
)

type evalRequest struct {
	Handle int `json:"handle"`
	// Path is the document asked for, such as "main/request".
	Path   string            `json:"path"`
	Inputs []json.RawMessage `json:"inputs"`
	// Coverage asks for the lines that each input reached, and the rules that it made true.
	Coverage bool `json:"coverage"`
	// Trace asks for the events of each evaluation, at most TraceLimit of them.
	Trace      bool `json:"trace"`
	TraceLimit int  `json:"trace_limit"`
}

// Evaluation is the answer to one input. Not defined and no error: the document is undefined.
type Evaluation struct {
	Result    any                 `json:"result"`
	Defined   bool                `json:"defined"`
	Error     *EvalError          `json:"error,omitempty"`
	Output    string              `json:"output,omitempty"`
	Covered   map[string][][2]int `json:"covered,omitempty"`
	Fired     []FiredRule         `json:"fired,omitempty"`
	Trace     []TraceEvent        `json:"trace,omitempty"`
	Truncated bool                `json:"trace_truncated,omitempty"`
}

// EvalError is an evaluation that broke, such as a conflict between two values of one rule.
type EvalError struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Row     int    `json:"row,omitempty"`
	Col     int    `json:"col,omitempty"`
}

type evalAnswer struct {
	Evaluations []Evaluation `json:"evaluations"`
}

type loaded struct {
	program *program
	queries map[string]*query
}

type query struct{ prepared rego.PreparedEvalQuery }

const defaultTraceLimit = 10_000

func evaluate(request *evalRequest) (evalAnswer, *failure) {
	policy, failed := findHandle(request.Handle)
	if failed != nil {
		return evalAnswer{}, failed
	}
	ctx := context.Background()
	q, failed := policy.prepare(ctx, request.Path)
	if failed != nil {
		return evalAnswer{}, failed
	}
	answer := evalAnswer{Evaluations: make([]Evaluation, 0, len(request.Inputs))}
	for _, raw := range request.Inputs {
		input, err := ast.ValueFromReader(bytes.NewReader(raw))
		if err != nil {
			return evalAnswer{}, fail("toolchain/request", "input: %v", err)
		}
		answer.Evaluations = append(answer.Evaluations, policy.evaluate(ctx, q, input, request))
	}
	return answer, nil
}

func (l *loaded) prepare(ctx context.Context, path string) (*query, *failure) {
	if found, ok := l.queries[path]; ok {
		return found, nil
	}
	ref := ast.DefaultRootRef.Copy()
	for part := range strings.SplitSeq(path, "/") {
		ref = ref.Append(ast.StringTerm(part))
	}
	made, err := rego.New(
		rego.ParsedQuery(ast.NewBody(ast.NewExpr(ast.NewTerm(ref)))),
		rego.Compiler(l.program.compiler),
		rego.Store(l.program.store),
		rego.Transaction(l.program.transaction),
	).PrepareForEval(ctx)
	if err != nil {
		return nil, invalid(diagnose(err, ""))
	}
	l.queries[path] = &query{made}
	return l.queries[path], nil
}

// evaluate is deterministic: the clock stands at the epoch and randomness has a constant seed, so
// a policy that reads them against the rules at least answers the same twice.
func (l *loaded) evaluate(ctx context.Context, q *query, input ast.Value, request *evalRequest) Evaluation {
	var printed bytes.Buffer
	options := []rego.EvalOption{
		rego.EvalTransaction(l.program.transaction),
		rego.EvalParsedInput(input),
		rego.EvalTime(time.Unix(0, 0)),
		rego.EvalSeed(zeros{}),
		rego.EvalPrintHook(topdown.NewPrintHook(&printed)),
	}
	var tracer *evalTracer
	if request.Coverage || request.Trace {
		tracer = newEvalTracer(request)
		options = append(options, rego.EvalQueryTracer(tracer))
	}
	results, err := q.prepared.Eval(ctx, options...)
	out := Evaluation{Output: strings.TrimSpace(printed.String())}
	if tracer != nil {
		tracer.report(&out)
	}
	if err != nil {
		out.Error = describeEvalError(err)
	} else if len(results) > 0 {
		out.Result, out.Defined = results[0].Expressions[0].Value, true
	}
	return out
}

func describeEvalError(err error) *EvalError {
	var broken *topdown.Error
	if !errors.As(err, &broken) {
		return &EvalError{Code: "eval_error", Message: err.Error()}
	}
	out := &EvalError{Code: broken.Code, Message: broken.Message}
	if broken.Location != nil {
		out.File, out.Row, out.Col = broken.Location.File, broken.Location.Row, broken.Location.Col
	}
	return out
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
