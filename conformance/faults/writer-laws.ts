import type { Nodes } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { gfm } from "micromark-extension-gfm";
import { parserOf, Report, type Status, statuses } from "../../src/index.js";
import {
  canonicalJson,
  failing,
  githubAnnotations,
  htmlReport,
  junitReport,
  markdownReport,
  sarifReport,
  stepSummary,
  terminalSummary,
} from "../report/index.js";
import { mark, written } from "./written-reports.js";

/** A writer of reports: the real one, or one with a fault in it. */
export type Write = (report: Report) => string;

/** A writer, and how to read what it writes. */
export type Writer = {
  readonly write: Write;
  /** A failed run, and no other. */
  readonly failed: RegExp;
  /** Something that has this status, where the format tells it. */
  status(status: Status): RegExp;
  /** A text from outside became something else than text. */
  unsafe(text: string): boolean;
};

/** Whether a text from outside became markup: HTML where the format is HTML, and where Markdown is read as it. */
const isMarkup = (text: string) => /<img/.test(text);
const isMarkupInMarkdown = (text: string) => {
  const isHtml = (node: Nodes): boolean =>
    node.type === "html" ? isMarkup(node.value) : "children" in node && node.children.some(isHtml);
  return isHtml(fromMarkdown(text, { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }));
};
const isNoJson = (text: string) => {
  try {
    JSON.parse(text);
    return false;
  } catch {
    // That it cannot be read is the answer.
    return true;
  }
};

/** What formats that tell findings alone say of a status. */
const words: Readonly<Partial<Record<Status, string>>> = {
  fail: "failed",
  xpass: "passes though it is expected to fail",
  unverified: "has no result|is not verified",
  stale: "is stale|has a stale proof",
};
const inWords = (status: Status) => new RegExp(words[status] ?? `\\b${status}\\b`);
const inMarkdown = (status: Status) => new RegExp(`\\*\\*${status}\\*\\*|\\| ${status} \\|`);
const isCommand = /^\s*(?:::|##\[)/m;

/** Every format that a run is told in. */
export const writers = {
  json: {
    write: canonicalJson,
    failed: /^ {2}"verdict": "FAIL"/m,
    status: (status) => new RegExp(`"status": "${status}"`),
    unsafe: isNoJson,
  },
  markdown: { write: markdownReport, failed: /^# FAIL/, status: inMarkdown, unsafe: isMarkupInMarkdown },
  html: {
    write: (report) => htmlReport(report, new Map()),
    failed: /<title>FAIL/,
    status: (status) => new RegExp(`class="pill ${status}"`),
    unsafe: isMarkup,
  },
  junit: {
    write: junitReport,
    failed: / failures="[1-9]/,
    status: (status) => new RegExp(`<failure type="${status}"|<skipped>${status}: `),
    unsafe: (text) => /<img|\]\]>/.test(text),
  },
  sarif: {
    write: (report) => sarifReport(report, new Map()),
    failed: /"level": "error"/,
    status: inWords,
    unsafe: isNoJson,
  },
  annotations: {
    write: (report) => githubAnnotations(report, new Map()),
    failed: /^::error /m,
    status: inWords,
    // Each line is a command of its own finding.
    unsafe: (text) => /^(?!::(?:error|warning|notice) (?:file|title)=|$)/m.test(text),
  },
  summary: { write: stepSummary, failed: /^## ❌ FAIL/, status: inMarkdown, unsafe: isMarkupInMarkdown },
  terminal: {
    write: (report) => terminalSummary(report, new Map(), { colour: false }),
    failed: /^(?:FAIL|error) /m,
    status: inWords,
    // A job's log takes such lines for commands, also behind blanks.
    unsafe: (text) => isCommand.test(text),
  },
} as const satisfies Readonly<Record<string, Writer>>;

/** What holds of every right writer. */
export type WriterLaw = { readonly id: string; readonly title: string; holds(writer: Writer): boolean };

function tells(id: string, title: string, report: Report, ...words: readonly string[]): WriterLaw {
  const holds = ({ write, failed }: Writer) => {
    const text = write(report);
    return failed.test(text) && words.every((word) => text.includes(word));
  };
  return { id, title, holds };
}

function isCalm(id: string, title: string, report: Report): WriterLaw {
  const holds = ({ write, failed, status }: Writer) => {
    const text = write(report);
    return !failed.test(text) && !status("fail").test(text);
  };
  return { id, title, holds };
}

/** A check that speaks for no requirement is told with its status and what came, or, where it is no failure, is not. */
function checkLaw(status: Status): WriterLaw {
  const id = `check-${status}`;
  const report = written.checkIs(status);
  if (!failing.has(status)) return isCalm(id, `a check that is ${status} is not told as failed`, report);
  const { holds } = tells(id, "", report, "extra-4713", mark);
  const title = `a check that is ${status} is told as that`;
  return { id, title, holds: (writer) => holds(writer) && writer.status(status).test(writer.write(report)) };
}

const parseReport = parserOf(Report);

/** What a writer makes of each status, each exit code and each kind of gap. */
export const writerLaws: readonly WriterLaw[] = [
  isCalm("sound", "a sound run is not told as failed", written.sound),
  isCalm("waived", "a gap that is waived is not told as failed", written.waived),
  isCalm("planned", "what is planned is not told as failed", written.planned),
  isCalm("should", "a gap of a SHOULD is not told as failed", written.should),
  tells(
    "failure",
    "a failing case is told with its place and what came",
    written.failed,
    "sound-001",
    "specs/attacks",
    mark,
  ),
  tells("several", "several failing cases are all told", written.severalFailed, "extra-1", "extra-2", "extra-3"),
  tells(
    "gap",
    "what is missing for a requirement is told",
    written.uncited,
    "SND-1",
    "no case, attack or test cites it",
  ),
  tells(
    "second",
    "the requirement that fails is told, wherever it stands",
    written.secondUncited,
    "SND-2",
    "no rule and no code cites it",
  ),
  tells("exit-3", "a mutant that survived is told", written.survived, "SND-1", "a mutant of the cited lines survived"),
  tells("exit-5-stale", "a stale proof is told", written.stale, "SND-1", "the recorded proof is of other lines"),
  tells("exit-5-regression", "a regression is told", written.regressed, "lost-4714"),
  tells("exit-6", "an expired waiver is told", written.expired, "waiver-4712", "2025-12-31"),
  tells("exit-7-unverified", "what nobody looked at is told", written.unverified, "SND-1", "no proof is recorded"),
  tells("exit-7-empty", "an empty run is told", written.empty, "the run proves nothing"),
  ...statuses.map(checkLaw),
  {
    id: "hostile",
    title: "texts from outside can be no markup, no command, no terminal's code and no change of direction",
    holds: ({ write, failed, unsafe }) => {
      const text = write(written.hostile);
      return failed.test(text) && text.includes("planted") && !unsafe(text) && !/[^\P{C}\n]|[\u2028\u2029]/u.test(text);
    },
  },
];

/** What holds of the writers of JSON besides: what is written is what was meant, in full. */
export const jsonLaws: readonly WriterLaw[] = [
  {
    id: "whole",
    title: "the canonical report is the whole report, by its schema, with its keys in order",
    holds: ({ write }) =>
      [written.failed, written.hostile, written.waived].every((report) => {
        const text = write(report);
        if (isNoJson(text)) return false;
        const read = parseReport(JSON.parse(text));
        return read.ok && canonicalJson(read.value) === text && canonicalJson(report) === text;
      }),
  },
];
