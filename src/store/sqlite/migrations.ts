/**
 * The schema, one step a version, in order. A step that has been released is never changed; a change is a new step. Text in a
 * module, and not files beside it, so that building copies nothing.
 */
export const migrations: readonly string[] = [
  `
CREATE TABLE store (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  since_s INTEGER NOT NULL
) STRICT;

-- One row a process start: whose chains there are, without reading the entries.
CREATE TABLE writers (writer TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
  id INTEGER PRIMARY KEY,
  writer TEXT NOT NULL,
  seq INTEGER NOT NULL,
  line TEXT NOT NULL,
  about TEXT,
  approval_id TEXT
) STRICT;
CREATE UNIQUE INDEX entries_chain ON entries (writer, seq);
CREATE INDEX entries_about ON entries (about) WHERE about IS NOT NULL;
CREATE INDEX entries_approval ON entries (approval_id) WHERE approval_id IS NOT NULL;

CREATE TRIGGER entries_never_change BEFORE UPDATE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER entries_never_go BEFORE DELETE ON entries
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
-- INSERT OR REPLACE deletes without asking the trigger above. A chain has no gaps, either.
CREATE TRIGGER entries_only_continue BEFORE INSERT ON entries
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM entries WHERE writer = NEW.writer), 0)
  OR EXISTS (SELECT 1 FROM entries WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE TABLE checkpoints (id INTEGER PRIMARY KEY, note TEXT NOT NULL) STRICT;
CREATE TRIGGER checkpoints_never_change BEFORE UPDATE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER checkpoints_never_go BEFORE DELETE ON checkpoints
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER checkpoints_only_continue BEFORE INSERT ON checkpoints
WHEN EXISTS (SELECT 1 FROM checkpoints WHERE id = NEW.id)
BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;

CREATE TABLE nonces (nonce TEXT PRIMARY KEY, taken_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE approval_uses (
  approval_id TEXT PRIMARY KEY,
  execution_id TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Executions without an end. holds: [[key, at_ms, amount], ...]
CREATE TABLE executions (
  execution_id TEXT PRIMARY KEY,
  writer TEXT NOT NULL,
  is_orphan INTEGER NOT NULL DEFAULT 0,
  holds TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- total: the sum of the uses after gone_ms.
CREATE TABLE quotas (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  window_ms INTEGER NOT NULL,
  total INTEGER NOT NULL,
  gone_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE uses (
  quota INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (quota, at_ms)
) STRICT, WITHOUT ROWID;

CREATE TABLE approvals (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  state TEXT NOT NULL,
  requested_by TEXT NOT NULL,
  requested_at_ms INTEGER NOT NULL,
  task TEXT,
  is_review_due INTEGER NOT NULL,
  record TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX approvals_newest ON approvals (requested_at_ms DESC, id);

CREATE TABLE kill_switch (
  only_row INTEGER PRIMARY KEY CHECK (only_row = 1),
  state TEXT NOT NULL
) STRICT;
`,
  "CREATE INDEX nonces_oldest ON nonces (taken_ms);",
];
