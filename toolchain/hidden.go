package main

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/storage"
)

// A mutant is compiled beside what it changes, as a rule of a hidden name in a module of its own, so that hundreds share
// one compilation. To run it, it takes the place of the rule that it changes (see swap), and gives it back.

const hiddenPrefix = "__mutant_"

// hiddenRule is a compiled mutant; why says that it does not compile, or that it changes nothing.
type hiddenRule struct {
	rule  *ast.Rule
	why   string
	equal bool
}

var headName = regexp.MustCompile(`^(default[ \t]+)?[A-Za-z_][A-Za-z0-9_]*`)

// hiddenText is the module of one mutant: the package, its imports, and the changed rule under the hidden name.
func hiddenText(one *source, text string, mutant *Mutant, name string) (string, error) {
	if mutant.Rule < 0 || mutant.Rule >= len(one.module.Rules) {
		return "", fmt.Errorf("%s has no rule %d", one.path, mutant.Rule)
	}
	rule := one.module.Rules[mutant.Rule]
	start, end := ruleExtent(rule)
	if mutant.Start < start || mutant.End > end || mutant.Start > mutant.End {
		return "", fmt.Errorf("a mutant of %s reaches beyond its rule", one.path)
	}
	changed := text[start:mutant.Start] + mutant.Text + text[mutant.End:end]
	found := headName.FindStringSubmatchIndex(changed)
	if found == nil {
		return "", fmt.Errorf("a rule of %s has no plain name", one.path)
	}
	prefix := ""
	if found[3] > 0 {
		prefix = changed[found[2]:found[3]]
	}
	var out strings.Builder
	out.WriteString(one.module.Package.String() + "\n")
	for _, imported := range one.module.Imports {
		out.WriteString(imported.String() + "\n")
	}
	out.WriteString("\n" + metadataOf(one, text, rule) + prefix + name + changed[found[1]:] + "\n")
	return out.String(), nil
}

// compileHidden compiles modules with mutants beside them. Mutants that do not compile are left out, the others are tried
// again, until what is left compiles.
func compileHidden(fresh func() *ast.Compiler, sources []*source, texts map[string]string, mutants []Mutant, store storage.Store, txn storage.Transaction) (*ast.Compiler, []hiddenRule, error) {
	originals := modulesOf(sources)
	byPath := map[string]*source{}
	for _, one := range sources {
		byPath[one.path] = one
	}
	out := make([]hiddenRule, len(mutants))
	modules := map[string]*ast.Module{}
	numbers := map[string]int{}
	for i := range mutants {
		one := byPath[mutants[i].File]
		if one == nil {
			return nil, nil, fmt.Errorf("no file %q", mutants[i].File)
		}
		text, err := hiddenText(one, texts[one.path], &mutants[i], hiddenPrefix+strconv.Itoa(i))
		if err != nil {
			return nil, nil, err
		}
		path := fmt.Sprintf("%s#%d", one.path, i)
		module, err := ast.ParseModuleWithOpts(path, text, parserOptions())
		switch {
		case err != nil:
			out[i].why = firstMessage(err)
		case len(module.Rules) != 1:
			out[i].why = "the text is no longer one rule"
		default:
			modules[path], numbers[path] = module, i
		}
	}
	for {
		all := maps.Clone(originals)
		maps.Copy(all, modules)
		compiler := fresh()
		err := compileForTests(compiler, all, store, txn)
		if err == nil {
			takeHidden(compiler, numbers, modules, out, mutants)
			return compiler, out, nil
		}
		if !dropBroken(err, numbers, modules, out) {
			return nil, nil, err
		}
	}
}

func firstMessage(err error) string {
	var list ast.Errors
	if errors.As(err, &list) && len(list) > 0 {
		return list[0].Message
	}
	message, _, _ := strings.Cut(err.Error(), "\n")
	return message
}

// dropBroken leaves out the mutants that errors speak of; false where none does.
func dropBroken(err error, numbers map[string]int, modules map[string]*ast.Module, out []hiddenRule) bool {
	var list ast.Errors
	if !errors.As(err, &list) {
		return false
	}
	dropped := false
	for _, one := range list {
		if one.Location == nil {
			continue
		}
		if _, ok := modules[one.Location.File]; ok {
			out[numbers[one.Location.File]].why = strings.ReplaceAll(one.Message, hiddenPrefix+strconv.Itoa(numbers[one.Location.File]), "the rule")
			delete(modules, one.Location.File)
			dropped = true
		}
	}
	return dropped
}

// takeHidden takes the compiled mutants out of the tree of rules, gives them the names of the rules that they change, and
// finds those that are the same rule.
func takeHidden(compiler *ast.Compiler, numbers map[string]int, modules map[string]*ast.Module, out []hiddenRule, mutants []Mutant) {
	for path := range modules {
		i := numbers[path]
		compiled := compiler.Modules[path]
		rule := compiled.Rules[0]
		original := compiler.Modules[mutants[i].File].Rules[mutants[i].Rule]
		key := ast.String(hiddenPrefix + strconv.Itoa(i))
		node := compiler.RuleTree.Find(compiled.Package.Path)
		delete(node.Children, key)
		node.Sorted = slices.DeleteFunc(node.Sorted, func(one ast.Value) bool { return one.Compare(key) == 0 })
		for one, as := rule, original; one != nil; one = one.Else {
			one.Head.Name = as.Head.Name
			if len(one.Head.Reference) > 0 {
				one.Head.Reference[0] = as.Head.Reference[0]
			}
		}
		if !sameShape(rule, original) {
			out[i].why = "the rule would be of another kind"
			continue
		}
		out[i].rule = rule
		out[i].equal = normalised(rule) == normalised(original)
	}
}

// sameShape tells whether one rule can stand where another is called.
func sameShape(rule, original *ast.Rule) bool {
	for ; rule != nil; rule = rule.Else {
		a, b := rule.Head, original.Head
		if len(a.Args) != len(b.Args) || a.DocKind() != b.DocKind() || (a.Value == nil) != (b.Value == nil) {
			return false
		}
	}
	return true
}

var generatedName = regexp.MustCompile(`__local\d+__`)

// normalised is a compiled rule's text with the names that the compiler made up counted anew.
func normalised(rule *ast.Rule) string {
	names := map[string]string{}
	return generatedName.ReplaceAllStringFunc(rule.String(), func(name string) string {
		if _, ok := names[name]; !ok {
			names[name] = fmt.Sprintf("__local%d__", len(names))
		}
		return names[name]
	})
}

// swap puts a mutant into the place of the rule that it changes, until the function it returns is called.
//
// What the index of a rule's document knows comes from the bodies it was built from, so for as long as the mutant stands
// there, the document is evaluated without one.
func swap(compiler *ast.Compiler, original, mutant *ast.Rule) (restore func(), err error) {
	node := compiler.RuleTree.Find(original.Ref().GroundPrefix())
	if node == nil {
		return nil, fmt.Errorf("the rule %s is not in the tree", original.Ref())
	}
	at := slices.Index(node.Values, original)
	if at < 0 {
		return nil, fmt.Errorf("the rule %s is not in its node", original.Ref())
	}
	// A document of dynamic keys is indexed at every node above its rules, too.
	var above []*ast.TreeNode
	path := original.Ref().GroundPrefix()
	for n := 1; n < len(path); n++ {
		if parent := compiler.RuleTree.Find(path[:n]); parent != nil && parent.Index != nil {
			above = append(above, parent)
		}
	}
	nodes := append(above, node)
	indices := make([]ast.RuleIndex, len(nodes))
	node.Values[at] = mutant
	for i, one := range nodes {
		indices[i] = one.Index
		one.Index = newPlainIndex(one)
	}
	return func() {
		node.Values[at] = original
		for i, one := range nodes {
			one.Index = indices[i]
		}
	}, nil
}

// plainIndex finds every rule of a document, as OPA's index does when it is asked for all.
type plainIndex struct {
	rules      []*ast.Rule
	fallback   *ast.Rule
	kind       ast.RuleKind
	groundRefs bool
	earlyExit  bool
}

func newPlainIndex(node *ast.TreeNode) *plainIndex {
	rules := node.Values
	if slices.ContainsFunc(rules, func(rule *ast.Rule) bool { return !rule.Head.Ref().IsGround() }) {
		rules = nil
		node.DepthFirst(func(one *ast.TreeNode) bool {
			rules = append(rules, one.Values...)
			return false
		})
	}
	index := &plainIndex{groundRefs: true}
	index.Build(rules)
	return index
}

// Build implements ast.RuleIndex.
func (p *plainIndex) Build(rules []*ast.Rule) bool {
	var value ast.Value
	p.kind, p.earlyExit = rules[0].Head.RuleKind(), true
	for _, rule := range rules {
		if rule.Default {
			p.fallback = rule
			continue
		}
		p.rules = append(p.rules, rule)
		for one := rule; one != nil; one = one.Else {
			p.groundRefs = p.groundRefs && one.Head.Reference.IsGround()
			p.earlyExit = p.earlyExit && agrees(one.Head, &value)
		}
	}
	return true
}

// agrees tells whether the first rule of a document that holds settles its value.
func agrees(head *ast.Head, value *ast.Value) bool {
	if head.DocKind() != ast.CompleteDoc {
		return false
	}
	if head.Value == nil {
		return true
	}
	if !head.Value.IsGround() || (*value != nil && (*value).Compare(head.Value.Value) != 0) {
		return false
	}
	*value = head.Value.Value
	return true
}

// Lookup implements ast.RuleIndex.
func (p *plainIndex) Lookup(resolver ast.ValueResolver) (*ast.IndexResult, error) {
	return p.AllRules(resolver)
}

// AllRules implements ast.RuleIndex. The result is the caller's, which gives it to OPA's pool.
func (p *plainIndex) AllRules(ast.ValueResolver) (*ast.IndexResult, error) {
	result := ast.NewIndexResult(p.kind)
	result.Default, result.OnlyGroundRefs, result.EarlyExit = p.fallback, p.groundRefs, p.earlyExit
	result.Rules = slices.Clone(p.rules)
	for _, rule := range p.rules {
		for one := rule.Else; one != nil; one = one.Else {
			if result.Else == nil {
				result.Else = map[*ast.Rule][]*ast.Rule{}
			}
			result.Else[rule] = append(result.Else[rule], one)
		}
	}
	return result, nil
}
