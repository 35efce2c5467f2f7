package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
	"github.com/open-policy-agent/opa/v1/storage/inmem"
	"github.com/open-policy-agent/opa/v1/topdown"
	"github.com/open-policy-agent/opa/v1/util"
)

type mutateRequest struct {
	Sources
	Data json.RawMessage `json:"data"`
	// Trials are what may notice a mutant: tests and cases that hold of the policies as they are.
	Trials []trial `json:"trials"`
	// Mutants are rules' (as the operation mutants lists them) or data's.
	Mutants     []mutantOfRule `json:"mutants"`
	DataMutants []mutantOfData `json:"data_mutants"`
}

type mutantOfRule struct {
	Mutant
	// Stages are places of trials, in the order in which they are asked; of each stage the first that notices ends it.
	Stages [][]int `json:"stages"`
}

// mutantOfData sets a value of the data, or removes it where there is none.
type mutantOfData struct {
	Path   []any           `json:"path"`
	Value  json.RawMessage `json:"value"`
	Stages [][]int         `json:"stages"`
}

// MutantResult is what came of a mutant: killed, survived, invalid (it does not compile; why says so) or equal (it is
// the same rule). KilledBy are places of trials; asked is how many there were.
type MutantResult struct {
	Status   string `json:"status"`
	KilledBy []int  `json:"killed_by"`
	Asked    int    `json:"asked"`
	Why      string `json:"why,omitempty"`
}

type mutateAnswer struct {
	Mutants     []MutantResult `json:"mutants"`
	DataMutants []MutantResult `json:"data_mutants"`
}

// gcPercent lets the heap grow to four times of what lives: thousands of compiled rules live as long as the call, and to
// mark them again and again takes a fifth of it.
const gcPercent = 300

// mutate runs mutants against their trials.
func mutate(request *mutateRequest) (mutateAnswer, *failure) {
	defer debug.SetGCPercent(debug.SetGCPercent(gcPercent))
	w, failed := newWorkbench(request)
	if failed != nil {
		return mutateAnswer{}, failed
	}
	answer := mutateAnswer{Mutants: []MutantResult{}, DataMutants: []MutantResult{}}
	for i, one := range request.Mutants {
		result, err := w.runRule(one, w.hidden[i])
		if err != nil {
			return mutateAnswer{}, fail("toolchain/request", "%v", err)
		}
		answer.Mutants = append(answer.Mutants, result)
	}
	for _, one := range request.DataMutants {
		result, failed := w.runData(one)
		if failed != nil {
			return mutateAnswer{}, failed
		}
		answer.DataMutants = append(answer.DataMutants, result)
	}
	return answer, nil
}

// workbench is the compiled policies with all mutants beside them, and what is known of the trials.
type workbench struct {
	ctx         context.Context
	compiler    *ast.Compiler
	store       storage.Store
	transaction storage.Transaction
	trials      []trial
	hidden      []hiddenRule
	// killers are the trials that noticed an earlier mutant of the same rule, the latest first: they are asked first,
	// because what looks at a rule at all mostly notices its next mutant, too.
	killers map[string][]int
}

func newWorkbench(request *mutateRequest) (*workbench, *failure) {
	sources, failed := request.parse()
	if failed != nil {
		return nil, failed
	}
	capabilities, failed := request.capabilities()
	if failed != nil {
		return nil, failed
	}
	ctx := context.Background()
	store, failed := storeOf(request.Data)
	if failed != nil {
		return nil, failed
	}
	transaction, err := store.NewTransaction(ctx)
	if err != nil {
		return nil, fail("toolchain/panic", "%v", err)
	}
	texts := map[string]string{}
	for _, file := range request.Files {
		texts[file.Path] = file.Text
	}
	mutants := make([]Mutant, len(request.Mutants))
	for i, one := range request.Mutants {
		mutants[i] = one.Mutant
	}
	fresh := func() *ast.Compiler {
		return ast.NewCompiler().WithCapabilities(capabilities).SetErrorLimit(0)
	}
	compiler, hidden, err := compileHidden(fresh, sources, texts, mutants, store, transaction)
	if err != nil {
		return nil, invalid(diagnose(err, ""))
	}
	w := &workbench{ctx, compiler, store, transaction, request.Trials, hidden, map[string][]int{}}
	for i := range w.trials {
		if err := w.trials[i].open(); err != nil {
			return nil, fail("toolchain/request", "trial %d: %v", i, err)
		}
		w.learn(&w.trials[i])
	}
	return w, nil
}

var stores = newCache[storage.Store](4)

func storeOf(data json.RawMessage) (storage.Store, *failure) {
	document := map[string]any{}
	if len(data) > 0 {
		if err := util.NewJSONDecoder(bytes.NewReader(data)).Decode(&document); err != nil {
			return nil, fail("toolchain/request", "data: %v", err)
		}
	}
	sum := sha256.Sum256(data)
	return stores.get(hex.EncodeToString(sum[:]), func() storage.Store {
		return inmem.NewFromObjectWithOpts(document, inmem.OptRoundTripOnWrite(false), inmem.OptReturnASTValuesOnRead(true))
	}), nil
}

func (w *workbench) runRule(one mutantOfRule, hidden hiddenRule) (MutantResult, error) {
	switch {
	case hidden.rule == nil:
		return MutantResult{Status: "invalid", KilledBy: []int{}, Why: hidden.why}, nil
	case hidden.equal:
		return MutantResult{Status: "equal", KilledBy: []int{}}, nil
	}
	restore, err := swap(w.compiler, w.compiler.Modules[one.File].Rules[one.Rule], hidden.rule)
	if err != nil {
		return MutantResult{}, err
	}
	defer restore()
	return w.ask(one.Stages, fmt.Sprintf("%s#%d", one.File, one.Rule)), nil
}

// runData sets a value in a transaction that nobody commits.
func (w *workbench) runData(one mutantOfData) (MutantResult, *failure) {
	reading := w.transaction
	w.store.Abort(w.ctx, reading)
	writing, err := w.store.NewTransaction(w.ctx, storage.WriteParams)
	if err != nil {
		return MutantResult{}, fail("toolchain/panic", "%v", err)
	}
	defer func() {
		w.store.Abort(w.ctx, writing)
		w.transaction, _ = w.store.NewTransaction(w.ctx)
	}()
	path := storage.Path{}
	for _, part := range one.Path {
		path = append(path, fmt.Sprint(part))
	}
	op := storage.PatchOp(storage.ReplaceOp)
	var value any
	if len(one.Value) == 0 {
		op = storage.RemoveOp
	} else if err := util.NewJSONDecoder(bytes.NewReader(one.Value)).Decode(&value); err != nil {
		return MutantResult{}, fail("toolchain/request", "value: %v", err)
	}
	if err := w.store.Write(w.ctx, writing, op, path, value); err != nil {
		return MutantResult{}, fail("toolchain/request", "%v", err)
	}
	w.transaction = writing
	return w.ask(one.Stages, fmt.Sprint(path)), nil
}

func (w *workbench) ask(stages [][]int, subject string) MutantResult {
	result := MutantResult{Status: "survived", KilledBy: []int{}}
	asked := map[int]bool{}
	for _, stage := range stages {
		if slices.ContainsFunc(result.KilledBy, func(i int) bool { return slices.Contains(stage, i) }) {
			continue
		}
		for _, i := range first(stage, w.killers[subject]) {
			noticed, known := asked[i]
			if !known {
				noticed = !w.holds(&w.trials[i])
				asked[i] = noticed
				if noticed {
					result.KilledBy = append(result.KilledBy, i)
				}
			}
			if noticed {
				break
			}
		}
	}
	result.Asked = len(asked)
	w.killers[subject] = append(slices.Clone(result.KilledBy), w.killers[subject]...)
	if len(w.killers[subject]) > maxKillers {
		w.killers[subject] = w.killers[subject][:maxKillers]
	}
	if len(result.KilledBy) > 0 {
		result.Status = "killed"
	}
	return result
}

const maxKillers = 20

// first puts those of a stage that are preferred before the others.
func first(stage, preferred []int) []int {
	if len(stage) < 3 || len(preferred) == 0 {
		return stage
	}
	in := make(map[int]bool, len(stage))
	for _, i := range stage {
		in[i] = true
	}
	out := make([]int, 0, len(stage))
	for _, i := range preferred {
		if in[i] {
			out, in[i] = append(out, i), false
		}
	}
	for _, i := range stage {
		if in[i] {
			out = append(out, i)
		}
	}
	return out
}

func (w *workbench) query(body ast.Body) *topdown.Query {
	return topdown.NewQuery(body).
		WithCompiler(w.compiler).
		WithStore(w.store).
		WithTransaction(w.transaction).
		WithTime(time.Unix(0, 0)).
		WithSeed(zeros{})
}

// trial is a test, by its path, or a question with what its answer has to be.
type trial struct {
	Path  string          `json:"path"`
	Input json.RawMessage `json:"input"`
	// Expect is what a case asserts of a decision; without it, the trial is a test.
	Expect *expectation `json:"expect"`

	ref      ast.Ref
	input    *ast.Term
	body     ast.Body
	baseline *ast.Term
}

type expectation struct {
	Allow bool `json:"allow"`
	// Rules are the ids of the violations, sorted, each once; null where the case does not say.
	Rules     []string `json:"rules"`
	Treatment *string  `json:"treatment"`
}

var answerVar = ast.VarTerm("answer")

func (t *trial) open() error {
	var ref ast.Ref
	if t.Expect == nil {
		parsed, err := ast.ParseRef(t.Path)
		if err != nil {
			return err
		}
		ref = parsed
	} else {
		ref = ast.DefaultRootRef.Copy()
		for part := range strings.SplitSeq(t.Path, "/") {
			ref = ref.Append(ast.StringTerm(part))
		}
		value, err := ast.ValueFromReader(bytes.NewReader(t.Input))
		if err != nil {
			return err
		}
		t.input = ast.NewTerm(value)
	}
	t.ref = ref
	t.body = ast.NewBody(ast.Equality.Expr(ast.NewTerm(ref), answerVar))
	return nil
}

// learn asks a test that has several named cases which these are.
func (w *workbench) learn(t *trial) {
	if t.Expect != nil {
		return
	}
	rules := w.compiler.GetRulesExact(t.ref)
	if len(rules) > 0 && rules[0].Head.DocKind() == ast.CompleteDoc {
		t.baseline = ast.BooleanTerm(true)
		return
	}
	if results, err := w.query(t.body).Run(w.ctx); err == nil && len(results) == 1 {
		t.baseline = results[0][answerVar.Value.(ast.Var)]
	}
}

// holds tells whether a trial is content.
func (w *workbench) holds(t *trial) bool {
	results, err := w.query(t.body).WithInput(t.input).Run(w.ctx)
	if err != nil || len(results) != 1 {
		return false
	}
	answer := results[0][answerVar.Value.(ast.Var)]
	if t.Expect != nil {
		return t.Expect.accepts(answer)
	}
	return t.baseline != nil && passes(t.baseline, answer)
}

// passes tells whether a test's answer is as good as the answer before: true, or every named case of it still true.
func passes(before, after *ast.Term) bool {
	switch was := before.Value.(type) {
	case ast.Boolean:
		return bool(was) && after.Value.Compare(before.Value) == 0
	case ast.Set:
		is, ok := after.Value.(ast.Set)
		return ok && was.Diff(is).Len() == 0 && was.Len() > 0
	case ast.Object:
		is, ok := after.Value.(ast.Object)
		if !ok || was.Len() == 0 {
			return false
		}
		return was.Until(func(name, value *ast.Term) bool {
			now := is.Get(name)
			return now == nil || !passes(value, now)
		}) == false
	}
	return false
}

// accepts compares a decision with what a case asserts; what is no decision contents nobody.
func (e *expectation) accepts(answer *ast.Term) bool {
	decision, ok := answer.Value.(ast.Object)
	if !ok {
		return false
	}
	allow, ok := member(decision, "allow").(ast.Boolean)
	rules, shaped := rulesOf(member(decision, "violations"))
	obligations, owes := member(decision, "obligations").(ast.Object)
	if !ok || !shaped || !owes || bool(allow) != e.Allow {
		return false
	}
	if e.Rules != nil && strings.Join(sortedKeys(rules), "\n") != strings.Join(e.Rules, "\n") {
		return false
	}
	if e.Treatment == nil {
		return true
	}
	filter, ok := member(obligations, "filter").(ast.Object)
	if !ok {
		return false
	}
	treatment, ok := member(filter, "treatment").(ast.String)
	return ok && string(treatment) == *e.Treatment
}

func member(object ast.Object, name string) ast.Value {
	if found := object.Get(ast.StringTerm(name)); found != nil {
		return found.Value
	}
	return nil
}

func rulesOf(value ast.Value) (map[string]bool, bool) {
	list, ok := value.(*ast.Array)
	if !ok {
		return nil, false
	}
	rules := map[string]bool{}
	list.Foreach(func(one *ast.Term) {
		violation, isObject := one.Value.(ast.Object)
		if !isObject {
			ok = false
			return
		}
		id, isText := member(violation, "rule").(ast.String)
		rules[string(id)] = true
		ok = ok && isText
	})
	return rules, ok
}
