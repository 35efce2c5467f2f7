import { describe, expect, it } from "vitest";
import { evidenceInSource } from "./source-evidence.js";

const known = new Set(["LIM-1", "LIM-2"]);

function find(file: string, text: string): readonly string[] {
  const { places, problems } = evidenceInSource({ file, text }, known);
  return [
    ...places.map(
      (one) =>
        `${one.kind} ${one.name} ${one.row}-${one.end_row} ${one.requirements.join(" ")}${one.path === undefined ? "" : ` [${one.path.join(" ")}]`}`,
    ),
    ...problems.map(({ place, message }) => `${place?.row}:${place?.col} ${message}`),
  ];
}

type Example = readonly [what: string, text: string, ...expected: string[]];

// @requirement HAR-10
describe("markers in Python", () => {
  it.each<Example>([
    ["a function", "# @requirement LIM-1\ndef f(a):\n    return a\n\nx = 1\n", "code f 2-3 LIM-1"],
    [
      "a docstring",
      'def f():\n    """Claim.\n\n    @requirement LIM-1, LIM-2\n    """\n    return 1\n',
      "code f 1-6 LIM-1 LIM-2",
    ],
    ["a class's docstring", "class A:\n    r'''@requirement LIM-1'''\n    b = 1\n", "code A 1-3 LIM-1"],
    ["a decorated function", '@a\n@b(1)\ndef f():\n    "@requirement LIM-1"\n', "code f 1-4 LIM-1"],
    ["a comment before a decorator", "# @requirement LIM-1\n@a\ndef f():\n    pass\n", "code f 2-4 LIM-1"],
    ["a method", "class A:\n    # @requirement LIM-1\n    async def f(self):\n        pass\n", "code A.f 3-4 LIM-1"],
    ["an assignment", "#: @requirement LIM-1\nLIMIT: int = 3\n"],
    ["an assignment after a plain comment", "# @requirement LIM-1\nLIMIT: int = 3\n", "code LIMIT 2-2 LIM-1"],
    ["CRLF and a byte order mark", "\ufeff# @requirement LIM-1\r\ndef f():\r\n    pass\r\n", "code f 2-3 LIM-1"],
    ["a comment between", "# @requirement LIM-1\n# why\ndef f():\n    pass\n", "code f 3-4 LIM-1"],
    ["ids in any order", "# @requirement LIM-2\n# @requirement LIM-1\ndef f(): pass\n", "code f 3-3 LIM-1 LIM-2"],
    ["astral characters before", 'x = "🔒é"\n# @requirement LIM-1\ndef f(): return "🔒"\n', "code f 3-3 LIM-1"],
  ])("%s", (_, text, ...expected) => {
    expect(find("src/limits.py", text)).toEqual(expected);
  });

  it("takes functions and methods named test in a test's file for tests, and a class for all of them", () => {
    const text = `# @requirement LIM-1
def test_a():
    def test_inner(): pass
# @requirement LIM-1
def helper(): pass
# @requirement LIM-2
class TestB:
    def test_c(self): pass
    @mark
    def test_d(self): pass
`;
    expect(find("tests/test_limits.py", text)).toEqual([
      "test test_a 2-3 LIM-1 [test_a]",
      "code helper 5-5 LIM-1",
      "test TestB.test_c 8-8 LIM-2 [TestB test_c]",
      "test TestB.test_d 9-10 LIM-2 [TestB test_d]",
    ]);
    expect(find("tests/limits.py", text)[0]).toBe("code test_a 2-3 LIM-1");
  });

  it.each<Example>([
    ["a string", 'x = "# @requirement LIM-1"\ny = """\n# @requirement LIM-1\n"""\n'],
    ["a string that documents nothing", 'def f():\n    x = 1\n    """@requirement LIM-1"""\n'],
    ["an import", "# @requirement LIM-1\nimport os\n", "1:3 the marker is followed by no declaration"],
    ["the end", "# @requirement LIM-1", "1:3 the marker is followed by no declaration"],
    [
      "a statement in a function",
      "def f():\n    # @requirement LIM-1\n    return 1\n",
      "2:7 the marker is followed by no declaration",
    ],
    [
      "what stands behind code",
      "x = 1  # @requirement LIM-1\ndef f(): pass\n",
      "1:10 the marker stands behind code: give it a line of its own, before what it speaks for",
    ],
    [
      "what does not parse",
      "# @requirement LIM-1\ndef f(a:\n    return )\n",
      "1:3 what the marker speaks for does not parse",
    ],
  ])("gives nothing for %s", (_, text, ...expected) => {
    expect(find("a.py", text)).toEqual(expected);
  });

  it("gives places in the order of their rows, also where one marker speaks for several", () => {
    const text = `# @requirement LIM-1
class TestA:
    def test_b(self):
        # @requirement LIM-2
        x = 1

        # @requirement LIM-2
        def inner(): pass
        return x

    def test_c(self): pass
`;
    expect(find("test_a.py", text)).toEqual([
      "test TestA.test_b 3-9 LIM-1 [TestA test_b]",
      "code TestA.test_b.x 5-5 LIM-2",
      "code TestA.test_b.inner 8-8 LIM-2",
      "test TestA.test_c 11-11 LIM-1 [TestA test_c]",
    ]);
  });

  it("says where a marker stands that cannot be read", () => {
    expect(find("a.py", "x = 1\n# @requirement lim-1\ndef f(): pass\n")).toEqual(['2:3 "lim-1" is no requirement id']);
  });

  it("says which id may be meant", () => {
    const { problems } = evidenceInSource({ file: "a.py", text: "# @requirement LMI-1\ndef f(): pass\n" }, known);
    expect(problems.map(({ message }) => message)).toEqual([
      "LMI-1 is cited here, and no specification has it: is it LIM-1?",
    ]);
  });
});

// @requirement HAR-10
describe("markers in Go", () => {
  it.each<Example>([
    ["a function", "package a\n\n// F is it.\n//\n// @requirement LIM-1\nfunc F() {\n}\n", "code F 6-7 LIM-1"],
    ["a method", "package a\n/* @requirement LIM-1 */\nfunc (s *Set[T]) F() {}\n", "code Set.F 3-3 LIM-1"],
    ["a constant in a group", "package a\nconst (\n\t// @requirement LIM-1\n\tA = 1\n)\n", "code A 4-4 LIM-1"],
    ["a type", "package a\n// @requirement LIM-1\ntype S struct {\n\tA int\n}\n", "code type_declaration 3-5 LIM-1"],
    ["a raw string", "package a\nvar x = `\n// @requirement LIM-1\n`\n"],
    [
      "a statement",
      "package a\nfunc f() {\n\t// @requirement LIM-1\n\tg()\n}\n",
      "3:5 the marker is followed by no declaration",
    ],
  ])("%s", (_, text, ...expected) => {
    expect(find("limits/limits.go", text)).toEqual(expected);
  });

  it("takes what go test runs for tests", () => {
    const text =
      "package a\n// @requirement LIM-1\nfunc TestA(t *testing.T) {}\n// @requirement LIM-2\nfunc Testing() {}\n";
    expect(find("a/a_test.go", text)).toEqual(["test TestA 3-3 LIM-1 [TestA]", "code Testing 5-5 LIM-2"]);
  });
});

// @requirement HAR-10
describe("markers in Rust", () => {
  it.each<Example>([
    ["a doc comment", "/// Claim.\n/// @requirement LIM-1\npub fn f() {\n}\n", "code f 3-4 LIM-1"],
    ["attributes", "/// @requirement LIM-1\n#[inline]\n#[must_use]\nfn f() {}\n", "code f 2-4 LIM-1"],
    ["a comment after an attribute", "#[inline]\n// @requirement LIM-1\nfn f() {}\n", "code f 1-3 LIM-1"],
    [
      "a method",
      "impl<T> Set<T> {\n    /** @requirement LIM-1 */\n    fn f(&self) {}\n}\n",
      "code Set<T>::f 3-3 LIM-1",
    ],
    ["a raw string", 'const A: &str = r#"\n// @requirement LIM-1\n"#;\n'],
    ["a lifetime is no string", "// @requirement LIM-1\nfn f<'a>(a: &'a str) -> &'a str { a }\n", "code f 2-2 LIM-1"],
  ])("%s", (_, text, ...expected) => {
    expect(find("src/limits.rs", text)).toEqual(expected);
  });

  it("takes what carries a test attribute for tests, and a module under cfg(test) for all of them", () => {
    const text = `// @requirement LIM-1
#[cfg(test)]
mod tests {
    // @requirement LIM-2
    #[tokio::test(flavor = "x")]
    async fn a() {}
    #[test]
    #[ignore]
    fn b() {}
    fn helper() {}
}
`;
    expect(find("src/limits.rs", text)).toEqual([
      "test tests::a 5-6 LIM-1 LIM-2 [tests a]",
      "test tests::b 7-9 LIM-1 [tests b]",
    ]);
  });
});

// @requirement HAR-10
describe("markers in Java", () => {
  const text = `package com.example;

/** Claim.
 * @requirement LIM-1
 */
@Deprecated
class Limits {
    // @requirement LIM-2
    static final int LIMIT = 3, OTHER = 4;
    String text = "// @requirement LIM-1";
}
`;
  it("finds classes, fields and methods", () => {
    expect(find("src/Limits.java", text)).toEqual(["code Limits 6-11 LIM-1", "code Limits.LIMIT 9-9 LIM-2"]);
  });

  it("takes annotated methods for tests, by package and class, and a class for all of its own", () => {
    const tests = `package com.example;
/** @requirement LIM-1 */
class LimitsTest {
    @org.junit.Test public void a() {}
    /* @requirement LIM-2 */
    @ParameterizedTest(name = "x") void b(int c) {}
    void helper() {}
}
`;
    expect(find("src/LimitsTest.java", tests)).toEqual([
      "test LimitsTest.a 4-4 LIM-1 [com example LimitsTest a]",
      "test LimitsTest.b 6-6 LIM-1 LIM-2 [com example LimitsTest b]",
    ]);
  });
});

// @requirement HAR-10
describe("markers in SQL", () => {
  it.each<Example>([
    [
      "a statement",
      "select 1;\n-- @requirement LIM-1\ncreate table a (\n  b int\n);\nselect 2;\n",
      "code create table a ( 3-5 LIM-1",
    ],
    [
      "quotes that hold a semicolon",
      "/* @requirement LIM-1 */\ninsert into a values ('it''s; \\', \";\");\nselect 2;",
      "code insert into a values ('it''s; \\', \";\"); 2-2 LIM-1",
    ],
    [
      "a function's body",
      "-- @requirement LIM-1\ncreate function f() returns int as $body$\nbegin; -- ;\n$$;$$\nend;\n$body$ language sql;\nselect 2;",
      "code create function f() returns int as $body$ 2-6 LIM-1",
    ],
    ["escapes", "-- @requirement LIM-1\nselect E'a\\';b';\nselect 2;", "code select E'a\\';b'; 2-2 LIM-1"],
    ["no end", "-- @requirement LIM-1\nselect 1\n\n", "code select 1 2-2 LIM-1"],
    ["a string", "select '\n-- @requirement LIM-1\n';"],
    ["nothing", "select 1; -- a\n-- @requirement LIM-1\n", "2:4 the marker is followed by no declaration"],
  ])("%s", (_, text, ...expected) => {
    expect(find("db/a.sql", text)).toEqual(expected);
  });
});

// @requirement HAR-10
describe("markers in YAML", () => {
  it.each<Example>([
    ["a key", "# @requirement LIM-1\nlimits:\n  a: 1\n\n  b: 2\nother: 1\n", "code limits 2-5 LIM-1"],
    ["a key inside", "limits:\n  # @requirement LIM-1\n  a: {b: 1,\n    c: 2}\n", "code limits.a 3-4 LIM-1"],
    ["an item", "jobs:\n  # @requirement LIM-1\n  - run: a\n    with: b\n  - run: c\n", "code jobs.0 3-4 LIM-1"],
    ["a second document", "a: 1\n---\n# @requirement LIM-1\nb: 2\n", "code b 4-4 LIM-1"],
    ["a block scalar", "a: |\n  # @requirement LIM-1\n  b: 1\n"],
    ["a quoted string", 'a: "\n  # @requirement LIM-1\n  b"\n'],
    ["what does not parse", "# @requirement LIM-1\na: [1\n", "1:3 what the marker speaks for does not parse"],
    [
      "behind a value",
      "a: 1 # @requirement LIM-1\nb: 1\n",
      "1:8 the marker stands behind code: give it a line of its own, before what it speaks for",
    ],
  ])("%s", (_, text, ...expected) => {
    expect(find("deploy/a.yaml", text)).toEqual(expected);
  });
});

// @requirement HAR-10
describe("markers in languages read by the look of them", () => {
  it.each<readonly [file: string, what: string, text: string, ...expected: string[]]>([
    [
      "a.rego",
      "a rule",
      "package a\n\n# @requirement LIM-1\nallow if {\n\tx\n\n\ty == `}\n`\n}\n\nb := 1\n",
      "code allow if { 4-9 LIM-1",
    ],
    ["a.rego", "a raw string", "a := `\n# @requirement LIM-1\n`\n"],
    [
      "a.c",
      "a brace on its own line",
      "// @requirement LIM-1\nint f(void)\n{\n  return '}';\n}\nint b;\n",
      "code int f(void) 2-5 LIM-1",
    ],
    [
      "a.kt",
      "a triple string",
      '/** @requirement LIM-1 */\nfun f() = """\n}\n"""\nval b = 1\n',
      'code fun f() = """ 2-4 LIM-1',
    ],
    [
      "a.rb",
      "an end",
      "class A\n  # @requirement LIM-1\n  def f\n    1\n  end\n\n  def g\n  end\nend\n",
      "code def f 3-5 LIM-1",
    ],
    ["run.sh", "a function", "x=$#\n# @requirement LIM-1\nf() {\n  echo '}'\n}\ng\n", "code f() { 3-5 LIM-1"],
    ["run.sh", "a string of lines", "x='\n# @requirement LIM-1\n'\n"],
    [
      "a.lua",
      "a block comment",
      "--[[\n@requirement LIM-1\n]]\nfunction f()\n  return 1\nend\n",
      "code function f() 4-6 LIM-1",
    ],
    ["a.clj", "a form", "; @requirement LIM-1\n(defn f [a]\n  (g a))\n(h)\n", "code (defn f [a] 2-3 LIM-1"],
    ["a.hs", "an indented body", "-- @requirement LIM-1\nf x =\n  x + 1\n\ng = 2\n", "code f x = 2-3 LIM-1"],
    ["Makefile", "a target", "# @requirement LIM-1\ncheck:\n\tmake\n\nall:\n", "code check: 2-3 LIM-1"],
    ["a.unknown", "an unknown ending", "# @requirement LIM-1\na\n"],
  ])("%s: %s", (file, _, text, ...expected) => {
    expect(find(file, text)).toEqual(expected);
  });

  it.each(["a.ts", "a.jsx"])("leaves script to its own reader: %s", (file) => {
    expect(find(file, "/** @requirement LIM-1 */\nexport const a = 1;\n")).toEqual(["code a 2-2 LIM-1"]);
  });

  it("does not parse a file without the marker's word", () => {
    expect(find("a.ts", "(".repeat(5000))).toEqual([]);
  });

  it.each(["(".repeat(5000), "[{(".repeat(400), `x = ${"!".repeat(200_000)}1`, `x = ${"a=>\n".repeat(50_000)}1`])(
    "refuses script that would end its parser: %.10j",
    (text) => {
      const [problem] = find("a.ts", `/** @requirement LIM-1 */\nconst a = 1;\n${text}`);
      expect(problem).toMatch(/(?:deeper|longer) than .* so the file's markers cannot be resolved/);
    },
  );
});

describe("large and hostile files", () => {
  it("reads script with a long list, a long text and many statements", () => {
    const text = `const list = [${"1, ".repeat(50_000)}];\nconst text = "${"a b ".repeat(50_000)}";\n${"f(a);\n".repeat(20_000)}`;
    expect(find("a.ts", `/** @requirement LIM-1 */\nconst a = 1;\n${text}`)).toEqual(["code a 2-2 LIM-1"]);
  });

  it("stays linear in a comment of stars or blanks", () => {
    expect(find("a.c", `/*${" ".repeat(1_000_000)}x @requirements */`)).toEqual([]);
    expect(find("a.c", `/${"*".repeat(1_000_000)} @requirements ${"*".repeat(1_000_000)}x`)).toEqual([]);
  });

  it("stays linear on hostile text", () => {
    for (const text of ["/*".repeat(200_000), "$a$".repeat(100_000), "(".repeat(400_000), "#\n".repeat(200_000)]) {
      for (const file of ["a.sql", "a.c", "a.rego", "a.sh"]) {
        expect(find(file, `${text}\n@requirements`)).toEqual([]);
      }
    }
  });
});
