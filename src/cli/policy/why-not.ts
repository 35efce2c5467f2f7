import { isJsonObject, type JsonObject, type JsonValue, type Place } from "../../model/index.js";
import type { Evaluation, TraceEvent } from "../../policy/index.js";
import type { Expression, RuleBody, RuleTable } from "./rule-table.js";
import { shownValue, valuesIn } from "./shown-values.js";

/** Something that would have had to be otherwise. */
export type Missing =
  /** A rule is not true: `ways` are its bodies, any of which would do. */
  | { readonly kind: "rule"; readonly rule: string; readonly ways: readonly Way[] }
  /** An expression does not hold; `values` are those of the variables and references in it. */
  | {
      readonly kind: "expression";
      readonly place: Place;
      readonly text: string;
      readonly values: Readonly<Record<string, string>>;
    }
  /** An expression wants no objection, and there are some. */
  | { readonly kind: "objections"; readonly place: Place; readonly text: string; readonly rules: readonly string[] }
  /** An expression wants a rule not to be true, and it is, by the bodies at these places. */
  | { readonly kind: "holds"; readonly place: Place; readonly text: string; readonly by: readonly Place[] };

/** One body of a rule that is not true, and what it misses. */
export type Way = { readonly place: Place; readonly missing: readonly Missing[] };

/** A rule that is true: by which body, and which rules this one asked. */
export type Held = { readonly rule: string; readonly place: Place; readonly asked: readonly Held[] };

/** What an explanation asks of. */
export type Subject = {
  readonly rules: RuleTable;
  readonly input: JsonObject;
  readonly data: JsonObject;
  /** Evaluates a document with its trace, each time afresh, so that nothing in the trace is a remembered answer. */
  evaluate(path: string): Promise<Evaluation>;
  /** Adds the source line. */
  placeAt(file: string, row: number): Place;
};

/** Bounds, so that policies of any size are explained in a second or two. */
const bounds = { depth: 12, evaluations: 300, ways: 50 };

/** Explains one evaluation. A rule that is asked for twice is explained once. */
export class Explanation {
  readonly #subject: Subject;
  readonly #answers = new Map<string, Promise<Evaluation>>();
  readonly #explained = new Set<string>();

  constructor(subject: Subject) {
    this.#subject = subject;
  }

  /** What a rule misses to be true, or, where it has a value that refuses, to have another one. */
  async whyNot(name: string, depth = 0): Promise<Missing[]> {
    const rule = this.#subject.rules.get(name);
    if (rule === undefined || this.#explained.has(name) || depth > bounds.depth) return [];
    this.#explained.add(name);
    const evaluation = await this.#ask(name);
    const ways: Way[] = [];
    for (const body of rule.bodies.slice(0, bounds.ways)) {
      for (const one of [body, ...body.otherwise]) {
        const frame = frameOf(evaluation, name, one);
        if (frame?.exited === true) break;
        const missing = await this.#missingIn(one, frame, depth);
        // Every expression holds, so it is the value that cannot be made.
        if (missing.length === 0) missing.push(...(await this.#missingParts(rule.mentions, depth)));
        ways.push({ place: this.#place(one.file, one.row), missing });
      }
    }
    if (ways.length > 0) return [{ kind: "rule", rule: name, ways }];
    // It has a value, and that refuses: what the value is made of is asked instead.
    return this.#missingParts(rule.mentions, depth);
  }

  /** By which bodies a rule is true, and the rules that these asked for by name. */
  async whyHeld(name: string, depth = 0): Promise<Held[]> {
    const rule = this.#subject.rules.get(name);
    if (rule === undefined || this.#explained.has(name) || depth > bounds.depth) return [];
    this.#explained.add(name);
    const evaluation = await this.#ask(name);
    const held: Held[] = [];
    for (const body of rule.bodies.flatMap((one) => [one, ...one.otherwise])) {
      if (frameOf(evaluation, name, body)?.exited !== true) continue;
      const asked: Held[] = [];
      for (const { asks, negated } of body.expressions) {
        if (asks !== undefined && !negated) asked.push(...(await this.whyHeld(asks, depth + 1)));
      }
      held.push({ rule: name, place: this.#place(body.file, body.row), asked });
    }
    return held;
  }

  async #missingParts(names: readonly string[], depth: number): Promise<Missing[]> {
    const parts: Missing[] = [];
    for (const name of names) {
      if (this.#subject.rules.get(name)?.kind !== "value") continue;
      const answer = await this.#ask(name);
      // A part that is null is there and says that there is nothing.
      if (!holds(answer) || answer.result === null) {
        parts.push(...(await this.whyNot(name, depth + 1)));
      }
    }
    return parts;
  }

  async #missingIn(body: RuleBody, frame: Frame | undefined, depth: number): Promise<Missing[]> {
    const missing: Missing[] = [];
    const stopped = frame === undefined ? undefined : stopOf(body, frame);
    for (const [index, expression] of body.expressions.entries()) {
      const asked = expression.asks === undefined ? undefined : this.#subject.rules.get(expression.asks);
      if (asked?.kind === "value") missing.push(...(await this.#missingRule(body, expression, asked.name, depth)));
      else if (frame === undefined ? mayBeFalse(expression, this.#subject.input) : stopped?.index === index) {
        missing.push(await this.#missingExpression(body, expression, stopped?.event));
      }
    }
    return missing;
  }

  async #missingRule(body: RuleBody, expression: Expression, name: string, depth: number): Promise<Missing[]> {
    const answer = await this.#ask(name);
    if (holds(answer) !== expression.negated) return [];
    if (!expression.negated) {
      const why = await this.whyNot(name, depth + 1);
      return why.length > 0 ? why : [{ kind: "rule", rule: name, ways: [] }];
    }
    const by = (answer.fired ?? []).filter((one) => `${one.package}.${one.rule}` === name);
    return [
      {
        kind: "holds",
        place: this.#place(body.file, expression.row),
        text: expression.text,
        by: by.map(({ file, row }) => this.#place(file, row)),
      },
    ];
  }

  async #missingExpression(body: RuleBody, expression: Expression, event: TraceEvent | undefined): Promise<Missing> {
    const place = this.#place(body.file, expression.row);
    const { text } = expression;
    const values = valuesIn(text, {
      locals: event?.locals ?? {},
      input: this.#subject.input,
      data: this.#subject.data,
    });
    for (const name of expression.mentions) {
      const kind = this.#subject.rules.get(name)?.kind;
      if (kind === undefined || kind === "function") continue;
      const { result, defined } = await this.#ask(name);
      const rules = kind === "set" ? objectionsIn(result) : [];
      if (rules.length > 0) return { kind: "objections", place, text, rules };
      values[name] = defined ? shownValue(result) : "undefined";
    }
    return { kind: "expression", place, text, values };
  }

  #ask(name: string): Promise<Evaluation> {
    const known = this.#answers.get(name);
    if (known !== undefined) return known;
    if (this.#answers.size >= bounds.evaluations) return Promise.resolve({ result: null, defined: true });
    const answer = this.#subject.evaluate(name.replaceAll(".", "/"));
    this.#answers.set(name, answer);
    return answer;
  }

  #place(file: string, row: number): Place {
    return this.#subject.placeAt(file, row);
  }
}

/** Whether an answer counts as true: it has a value, and that is not `false` and does not refuse. */
export function holds({ defined, result }: Pick<Evaluation, "defined" | "result">): boolean {
  if (!defined || result === false) return false;
  return !(typeof result === "object" && result !== null && "allow" in result && result.allow === false);
}

type Frame = { readonly exited: boolean; readonly events: readonly TraceEvent[] };

/** The steps of one body, as it was tried for the question itself; undefined where OPA's rule index ruled it out. */
function frameOf({ trace = [] }: Evaluation, rule: string, body: RuleBody): Frame | undefined {
  const isBody = (event: TraceEvent) => event.rule === rule && event.file === body.file && event.row === body.row;
  const entered = trace.find((event) => event.op === "enter" && isBody(event));
  if (entered === undefined) return undefined;
  const events = trace.filter(({ query }) => query === entered.query);
  return { exited: events.some((event) => event.op === "exit" && isBody(event)), events };
}

/**
 * Where a body stopped: the expression that got furthest and failed, and the step that says so; undefined where that
 * was the rule's value.
 */
function stopOf(body: RuleBody, frame: Frame): { index: number; event: TraceEvent } | undefined {
  let stopped: { index: number; event: TraceEvent } | undefined;
  for (const event of frame.events) {
    if (event.op !== "fail" || event.row === undefined) continue;
    const { row, text = "" } = event;
    const index = body.expressions.findIndex(
      (one) => one.row <= row && row < one.row + one.text.split("\n").length && one.text.includes(text),
    );
    if (index !== -1 && (stopped === undefined || index > stopped.index)) stopped = { index, event };
  }
  return stopped;
}

/** Of a body that was not tried, the comparisons that may be why; one that plainly holds is not among them. */
function mayBeFalse({ text }: Expression, input: JsonObject): boolean {
  const compared = /^input\.([\w.]+) == (.+)$/.exec(text);
  if (compared?.[1] === undefined || compared[2] === undefined) return /==|\bin\b/.test(text);
  let value: JsonValue | undefined = input;
  for (const part of compared[1].split(".")) {
    value = isJsonObject(value) ? value[part] : undefined;
  }
  return JSON.stringify(value) !== compared[2];
}

function objectionsIn(result: unknown): readonly string[] {
  if (!Array.isArray(result)) return [];
  const items: readonly unknown[] = result;
  return [
    ...new Set(
      items.flatMap((one) =>
        typeof one === "object" && one !== null && "rule" in one && typeof one.rule === "string" ? [one.rule] : [],
      ),
    ),
  ].sort();
}
