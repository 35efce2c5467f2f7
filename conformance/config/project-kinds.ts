/** A language's usual project: how it is recognised, where its code stands, what its tools write, and how to cite in it. */
export type ProjectKind = {
  readonly language: string;
  /** Files of which one tells that the language is used. */
  readonly manifests: readonly string[];
  /** Folders that usually hold code and tests. */
  readonly folders: readonly string[];
  /** Folders of what is built. */
  readonly built: readonly string[];
  readonly results: string;
  readonly coverage: string;
  /** Commands that write them. */
  readonly commands: readonly string[];
  /** How code cites a requirement. */
  readonly marker: string;
};

/** The projects that `lockkeeper init` knows. */
export const projectKinds: readonly ProjectKind[] = [
  {
    language: "TypeScript or JavaScript",
    manifests: ["package.json", "tsconfig.json", "deno.json"],
    folders: ["src", "lib", "test", "tests"],
    built: ["dist/**", "coverage/**"],
    results: "reports/junit.xml",
    coverage: "coverage/lcov.info",
    commands: [
      "npx vitest run --coverage --coverage.reporter=lcov --reporter=junit --outputFile.junit=reports/junit.xml",
    ],
    marker: "/** … @requirement ID */ before a declaration, // @requirement ID before it(…) or describe(…)",
  },
  {
    language: "Python",
    manifests: ["pyproject.toml", "setup.py", "setup.cfg", "requirements.txt"],
    folders: ["src", "tests", "test"],
    built: ["build/**", "**/.venv/**", "**/venv/**"],
    results: "build/junit.xml",
    coverage: "build/coverage.lcov",
    commands: ["coverage run -m pytest --junit-xml=build/junit.xml", "coverage lcov -o build/coverage.lcov"],
    marker: "# @requirement ID before a def or class, or a line of its docstring",
  },
  {
    language: "Go",
    manifests: ["go.mod"],
    folders: [],
    built: ["build/**", "**/vendor/**"],
    results: "build/junit.xml",
    coverage: "build/cobertura.xml",
    commands: [
      "gotestsum --junitfile build/junit.xml -- -coverprofile=build/cover.out ./...",
      "gocover-cobertura < build/cover.out > build/cobertura.xml",
    ],
    marker: "// @requirement ID as a line of the comment before a func, type, const or var",
  },
  {
    language: "Rust",
    manifests: ["Cargo.toml"],
    folders: ["src", "tests", "crates"],
    built: ["**/target/**"],
    results: "target/nextest/ci/junit.xml",
    coverage: "target/lcov.info",
    commands: [
      'cargo llvm-cov nextest --profile ci --lcov --output-path target/lcov.info  # .config/nextest.toml: [profile.ci.junit] path = "junit.xml"',
    ],
    marker: "/// @requirement ID as a line of the doc comment",
  },
  {
    language: "Java",
    manifests: ["pom.xml", "build.gradle", "build.gradle.kts"],
    folders: ["src"],
    built: ["target/**", "build/**"],
    results: "target/surefire-reports/*.xml",
    coverage: "target/cobertura.xml",
    commands: ["mvn test"],
    marker: "/** … @requirement ID */ before a class, a method or a field",
  },
];

/** For whatever else. */
export const otherKind: ProjectKind = {
  language: "any",
  manifests: [],
  folders: ["src", "lib", "test", "tests"],
  built: ["build/**"],
  results: "build/junit.xml",
  coverage: "build/lcov.info",
  commands: ["your test runner, writing JUnit XML or CTRF JSON to build/"],
  marker: "@requirement ID on a line of its own in the comment before a declaration",
};
