/**
 * The schema, one step a version, in order. A step that has been released is never changed; a change is a new step. Text in a
 * module, and not files beside it, so that building copies nothing.
 *
 * Keys are compared byte by byte (COLLATE "C"): locks are taken in the order of keys, which must be the same everywhere.
 */
export const migrations: readonly string[] = [
  `
CREATE TABLE lockkeeper.store (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  since_s bigint NOT NULL
);

-- One row a process start. The number is what the living process holds an advisory lock on.
CREATE TABLE lockkeeper.writers (
  writer text COLLATE "C" PRIMARY KEY,
  number integer GENERATED ALWAYS AS IDENTITY UNIQUE
);

-- line is what was hashed. What stands beside it is taken from it, for the view and for finding it again.
CREATE TABLE lockkeeper.audit_entries (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  writer text COLLATE "C" NOT NULL,
  seq bigint NOT NULL,
  line text NOT NULL,
  kind text NOT NULL,
  created_at timestamptz NOT NULL,
  about text COLLATE "C",
  approval_id text COLLATE "C",
  actor text,
  command text,
  decision text,
  outcome text,
  reason text,
  exit_code integer,
  duration_ms bigint,
  output_bytes bigint,
  UNIQUE (writer, seq)
);
CREATE INDEX audit_entries_newest ON lockkeeper.audit_entries (created_at, id);
CREATE INDEX audit_entries_about ON lockkeeper.audit_entries (about) WHERE about IS NOT NULL;
CREATE INDEX audit_entries_approval ON lockkeeper.audit_entries (approval_id) WHERE approval_id IS NOT NULL;

CREATE TABLE lockkeeper.audit_checkpoints (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  note text NOT NULL
);

-- Also the tables' owner is refused, unless it takes the trigger away first, which shows in the schema. The archivist may
-- delete, but not the head of a chain: what is appended next must hold its hash.
CREATE FUNCTION lockkeeper.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME = 'audit_entries' AND current_user = 'lockkeeper_archivist' THEN
    IF EXISTS (SELECT FROM lockkeeper.audit_entries WHERE writer = OLD.writer AND seq > OLD.seq) THEN
      RETURN OLD;
    END IF;
  END IF;
  RAISE EXCEPTION 'the audit is append-only';
END $$;
CREATE TRIGGER never_change BEFORE UPDATE OR DELETE ON lockkeeper.audit_entries
  FOR EACH ROW EXECUTE FUNCTION lockkeeper.refuse_change();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON lockkeeper.audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper.refuse_change();
CREATE TRIGGER never_change BEFORE UPDATE OR DELETE ON lockkeeper.audit_checkpoints
  FOR EACH ROW EXECUTE FUNCTION lockkeeper.refuse_change();
CREATE TRIGGER never_truncate BEFORE TRUNCATE ON lockkeeper.audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION lockkeeper.refuse_change();

-- One row an attempt. What was allowed but did not start, because somebody else was first, was refused in the end.
CREATE VIEW public.execution_audit AS
SELECT
  intent.about AS execution_id,
  intent.approval_id,
  intent.command,
  intent.actor,
  CASE WHEN ended.outcome = 'not_started' THEN 'deny' ELSE intent.decision END AS decision,
  coalesce(ended.reason, intent.reason) AS reason,
  intent.created_at,
  ended.created_at AS ended_at,
  ended.outcome,
  ended.exit_code,
  ended.duration_ms,
  ended.output_bytes,
  intent.writer,
  intent.seq
FROM lockkeeper.audit_entries intent
LEFT JOIN LATERAL (
  SELECT * FROM lockkeeper.audit_entries e
  WHERE e.about = intent.about AND e.kind = 'end' ORDER BY e.id LIMIT 1
) ended ON true
WHERE intent.kind = 'intent';

CREATE TABLE lockkeeper.nonces (nonce text COLLATE "C" PRIMARY KEY, taken_ms bigint NOT NULL);
CREATE TABLE lockkeeper.approval_uses (approval_id text COLLATE "C" PRIMARY KEY, execution_id text NOT NULL);

-- Executions without an end. holds: [[key, at_ms, amount], ...]
CREATE TABLE lockkeeper.executions (
  execution_id text COLLATE "C" PRIMARY KEY,
  writer text COLLATE "C" NOT NULL,
  is_orphan boolean NOT NULL DEFAULT false,
  holds text NOT NULL
);
CREATE INDEX executions_writer ON lockkeeper.executions (writer);

-- total: the sum of the uses after gone_ms. Half of each page is left free, so that a row changes within its page.
CREATE TABLE lockkeeper.quotas (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  key text COLLATE "C" NOT NULL UNIQUE,
  window_ms bigint NOT NULL DEFAULT 0,
  total bigint NOT NULL DEFAULT 0,
  gone_ms bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
CREATE TABLE lockkeeper.uses (
  quota bigint NOT NULL,
  at_ms bigint NOT NULL,
  amount bigint NOT NULL,
  PRIMARY KEY (quota, at_ms)
) WITH (fillfactor = 50);

CREATE TABLE lockkeeper.approvals (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  state text NOT NULL,
  requested_by text NOT NULL,
  requested_at_ms bigint NOT NULL,
  task text,
  is_review_due boolean NOT NULL,
  record text NOT NULL
);
CREATE INDEX approvals_newest ON lockkeeper.approvals (requested_at_ms DESC, id);

CREATE TABLE lockkeeper.kill_switch (
  only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
  state text NOT NULL
);

-- Locks what calls need, quotas in the order of their keys, and tells it. Each statement sees what was committed before it.
CREATE FUNCTION lockkeeper.lock_state(
  _nonces text[], _approvals text[], _executions text[], _keys text[], _horizons bigint[]
) RETURNS json LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO lockkeeper.quotas (key)
    SELECT k FROM unnest(_keys) k WHERE NOT EXISTS (SELECT FROM lockkeeper.quotas WHERE key = k COLLATE "C")
    ON CONFLICT DO NOTHING;
  PERFORM FROM lockkeeper.quotas WHERE key = ANY (_keys) ORDER BY key FOR UPDATE;
  RETURN json_build_object(
    'nonces', (SELECT json_agg(nonce) FROM lockkeeper.nonces WHERE nonce = ANY (_nonces)),
    'approvals', (SELECT json_agg(approval_id) FROM lockkeeper.approval_uses WHERE approval_id = ANY (_approvals)),
    'open', (SELECT json_agg(json_build_array(execution_id, holds)) FROM lockkeeper.executions
      WHERE execution_id = ANY (_executions)),
    'quotas', (SELECT json_agg(json_build_array(q.key, q.total, q.gone_ms,
        (SELECT json_agg(json_build_array(u.at_ms, u.amount) ORDER BY u.at_ms) FROM lockkeeper.uses u
          WHERE u.quota = q.id AND u.at_ms <= asked.horizon)))
      FROM unnest(_keys, _horizons) AS asked (key, horizon)
      JOIN lockkeeper.quotas q ON q.key = asked.key COLLATE "C"));
END $$;

-- Writes what calls changed. Whoever lost a race for a nonce, an approval or an execution's id begins anew: LK001.
CREATE FUNCTION lockkeeper.write_state(
  _writer text,
  _nonces text[], _taken_ms bigint[],
  _approvals text[], _approval_executions text[],
  _opened text[], _holds text[],
  _ended text[],
  _keys text[], _windows bigint[], _totals bigint[], _gone bigint[],
  _use_keys text[], _use_at bigint[], _use_amounts bigint[]
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE written bigint;
BEGIN
  IF cardinality(_nonces) > 0 THEN
    INSERT INTO lockkeeper.nonces SELECT * FROM unnest(_nonces, _taken_ms) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> cardinality(_nonces) THEN RAISE EXCEPTION 'lost a race' USING ERRCODE = 'LK001'; END IF;
  END IF;
  IF cardinality(_approvals) > 0 THEN
    INSERT INTO lockkeeper.approval_uses SELECT * FROM unnest(_approvals, _approval_executions) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> cardinality(_approvals) THEN RAISE EXCEPTION 'lost a race' USING ERRCODE = 'LK001'; END IF;
  END IF;
  IF cardinality(_opened) > 0 THEN
    INSERT INTO lockkeeper.executions (execution_id, writer, holds)
      SELECT id, _writer, holds FROM unnest(_opened, _holds) AS opened (id, holds) ON CONFLICT DO NOTHING;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written <> cardinality(_opened) THEN RAISE EXCEPTION 'lost a race' USING ERRCODE = 'LK001'; END IF;
  END IF;
  IF cardinality(_ended) > 0 THEN
    DELETE FROM lockkeeper.executions WHERE execution_id = ANY (_ended);
  END IF;
  IF cardinality(_keys) > 0 THEN
    UPDATE lockkeeper.quotas q SET window_ms = coalesce(s.window_ms, q.window_ms), total = s.total, gone_ms = s.gone_ms
      FROM unnest(_keys, _windows, _totals, _gone) AS s (key, window_ms, total, gone_ms) WHERE q.key = s.key COLLATE "C";
    INSERT INTO lockkeeper.uses (quota, at_ms, amount)
      SELECT q.id, u.at_ms, u.amount FROM unnest(_use_keys, _use_at, _use_amounts) AS u (key, at_ms, amount)
      JOIN lockkeeper.quotas q ON q.key = u.key COLLATE "C"
      ON CONFLICT (quota, at_ms) DO UPDATE SET amount = uses.amount + excluded.amount;
    DELETE FROM lockkeeper.uses u
      USING unnest(_keys, _gone) AS s (key, gone_ms), lockkeeper.quotas q
      WHERE q.key = s.key COLLATE "C" AND s.gone_ms > 0 AND u.quota = q.id AND u.at_ms <= s.gone_ms;
  END IF;
END $$;

-- Roles belong to the whole cluster, so another database may have made them, or this user may not. Without them the triggers
-- stand alone.
DO $$
DECLARE name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['lockkeeper_gateway', 'lockkeeper_archivist'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', name);
      EXCEPTION WHEN duplicate_object OR unique_violation OR insufficient_privilege THEN NULL;
      END;
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lockkeeper_gateway') THEN
    GRANT USAGE ON SCHEMA lockkeeper TO lockkeeper_gateway;
    GRANT SELECT, INSERT ON lockkeeper.audit_entries, lockkeeper.audit_checkpoints, lockkeeper.writers, lockkeeper.store,
      lockkeeper.nonces, lockkeeper.approval_uses TO lockkeeper_gateway;
    GRANT SELECT ON public.execution_audit, lockkeeper.migrations TO lockkeeper_gateway;
    GRANT SELECT, INSERT, UPDATE ON lockkeeper.approvals, lockkeeper.kill_switch, lockkeeper.quotas TO lockkeeper_gateway;
    GRANT SELECT, INSERT, UPDATE, DELETE ON lockkeeper.executions, lockkeeper.uses TO lockkeeper_gateway;
  END IF;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lockkeeper_archivist') THEN
    GRANT USAGE ON SCHEMA lockkeeper TO lockkeeper_archivist;
    GRANT SELECT, DELETE ON lockkeeper.audit_entries TO lockkeeper_archivist;
    GRANT SELECT, INSERT ON lockkeeper.audit_checkpoints TO lockkeeper_archivist;
    GRANT SELECT ON public.execution_audit, lockkeeper.migrations, lockkeeper.writers TO lockkeeper_archivist;
  END IF;
END $$;
`,
  `
CREATE INDEX nonces_oldest ON lockkeeper.nonces (taken_ms);

-- Forgets nonces taken before a moment, the oldest first. In the same transaction the store remembers since later: a minute,
-- by which clocks may differ, after the newest of them was taken. No token that one of them can be of is as young, so that
-- whoever calls this, with whatever moment, makes no used token good again. That is why the gateway's role may call this and may
-- not delete.
CREATE FUNCTION lockkeeper.prune_nonces(_before_ms bigint, _limit integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE gone integer; newest_ms bigint;
BEGIN
  WITH old AS (
    SELECT nonce FROM lockkeeper.nonces WHERE taken_ms < _before_ms ORDER BY taken_ms LIMIT _limit FOR UPDATE SKIP LOCKED
  ), deleted AS (
    DELETE FROM lockkeeper.nonces n USING old WHERE n.nonce = old.nonce RETURNING n.taken_ms
  )
  SELECT count(*), max(taken_ms) INTO gone, newest_ms FROM deleted;
  IF gone > 0 THEN
    UPDATE lockkeeper.store SET since_s = greatest(since_s, newest_ms / 1000 + 61) WHERE only_row;
  END IF;
  RETURN gone;
END $$;

-- Forgets quotas whose uses had all left their window before a moment, of the next so many after an id. One that is being
-- taken from is left alone, and one that an open execution has reserved of. Locked first and then looked at: a statement
-- sees what was committed before it.
CREATE FUNCTION lockkeeper.prune_quotas(
  _before_ms bigint, _after bigint, _limit integer, OUT last bigint, OUT looked integer, OUT gone integer
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE page bigint[]; locked bigint[]; held text[]; idle bigint[];
BEGIN
  page := ARRAY(SELECT id FROM lockkeeper.quotas WHERE id > _after ORDER BY id LIMIT _limit);
  looked := cardinality(page);
  last := coalesce(page[looked], _after);
  locked := ARRAY(SELECT id FROM lockkeeper.quotas WHERE id = ANY (page) FOR UPDATE SKIP LOCKED);
  held := ARRAY(SELECT DISTINCT h ->> 0 FROM lockkeeper.executions e, json_array_elements(e.holds::json) h);
  idle := ARRAY(SELECT q.id FROM lockkeeper.quotas q WHERE q.id = ANY (locked) AND q.key <> ALL (held)
    AND NOT EXISTS (SELECT FROM lockkeeper.uses u WHERE u.quota = q.id AND u.at_ms + q.window_ms > _before_ms));
  DELETE FROM lockkeeper.uses WHERE quota = ANY (idle);
  DELETE FROM lockkeeper.quotas WHERE id = ANY (idle);
  gone := cardinality(idle);
END $$;

-- As before, and whoever waited for a quota that was forgotten meanwhile begins anew: LK001.
CREATE OR REPLACE FUNCTION lockkeeper.lock_state(
  _nonces text[], _approvals text[], _executions text[], _keys text[], _horizons bigint[]
) RETURNS json LANGUAGE plpgsql AS $$
DECLARE locked bigint;
BEGIN
  INSERT INTO lockkeeper.quotas (key)
    SELECT k FROM unnest(_keys) k WHERE NOT EXISTS (SELECT FROM lockkeeper.quotas WHERE key = k COLLATE "C")
    ON CONFLICT DO NOTHING;
  PERFORM FROM lockkeeper.quotas WHERE key = ANY (_keys) ORDER BY key FOR UPDATE;
  GET DIAGNOSTICS locked = ROW_COUNT;
  IF locked <> cardinality(_keys) THEN RAISE EXCEPTION 'lost a race' USING ERRCODE = 'LK001'; END IF;
  RETURN json_build_object(
    'nonces', (SELECT json_agg(nonce) FROM lockkeeper.nonces WHERE nonce = ANY (_nonces)),
    'approvals', (SELECT json_agg(approval_id) FROM lockkeeper.approval_uses WHERE approval_id = ANY (_approvals)),
    'open', (SELECT json_agg(json_build_array(execution_id, holds)) FROM lockkeeper.executions
      WHERE execution_id = ANY (_executions)),
    'quotas', (SELECT json_agg(json_build_array(q.key, q.total, q.gone_ms,
        (SELECT json_agg(json_build_array(u.at_ms, u.amount) ORDER BY u.at_ms) FROM lockkeeper.uses u
          WHERE u.quota = q.id AND u.at_ms <= asked.horizon)))
      FROM unnest(_keys, _horizons) AS asked (key, horizon)
      JOIN lockkeeper.quotas q ON q.key = asked.key COLLATE "C"));
END $$;

REVOKE EXECUTE ON FUNCTION lockkeeper.prune_nonces, lockkeeper.prune_quotas FROM PUBLIC;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'lockkeeper_gateway') THEN
    GRANT EXECUTE ON FUNCTION lockkeeper.prune_nonces, lockkeeper.prune_quotas TO lockkeeper_gateway;
  END IF;
END $$;
`,
];
