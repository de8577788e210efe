-- The tables that packages of the platform use in the schema of an owner. Their statements are described with these, because
-- no owner has to be in this repository. A test compares them with the tables of the owners.
CREATE SCHEMA sample;

CREATE TABLE sample.outbox (
  position bigserial PRIMARY KEY,
  id bigint NOT NULL,
  type text NOT NULL,
  subject text NOT NULL,
  data jsonb NOT NULL,
  traceparent text,
  occurred_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  published_at timestamptz(3),
  stream_sequence bigint
);

CREATE TABLE sample.relay_state (
  stream text PRIMARY KEY,
  stream_created timestamptz(6) NOT NULL,
  last_sequence bigint NOT NULL DEFAULT 0,
  updated_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  checkpoint bigint NOT NULL DEFAULT 0
);

CREATE TABLE sample.erased_person (
  user_id bigint PRIMARY KEY,
  erased_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TABLE sample.idempotency_key (
  key bytea PRIMARY KEY,
  user_id bigint NOT NULL,
  input_hash bytea NOT NULL,
  written text[],
  created_at timestamptz(3) NOT NULL DEFAULT CURRENT_TIMESTAMP
);
