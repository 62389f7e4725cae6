-- Ids are AUTOINCREMENT: windows, histories and exports name rows by id, so no id is used twice.

CREATE TABLE meta (
  key TEXT PRIMARY KEY NOT NULL,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES
  ('revision', '0'),
  ('vocabulary_revision', '0'),
  ('vocabulary_negatives', '[]');

CREATE TABLE image (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  path TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  -- File systems give fractions of a millisecond.
  modified_ms REAL NOT NULL,
  sha256 TEXT,
  width INTEGER,
  height INTEGER,
  status TEXT NOT NULL CHECK (status IN ('new', 'labelled', 'reviewed', 'failed')),
  error TEXT
) STRICT;
CREATE INDEX image_by_name ON image (name, id);
CREATE INDEX image_by_status ON image (status, name, id);

CREATE TABLE class (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE,
  synonyms TEXT NOT NULL,
  prompts TEXT NOT NULL,
  negatives TEXT NOT NULL,
  threshold REAL,
  colour TEXT NOT NULL,
  position INTEGER NOT NULL
) STRICT;

-- counts stands last: lists read size, box and area without touching the pages that it overflows to.
CREATE TABLE mask (
  hash TEXT PRIMARY KEY NOT NULL,
  height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  area INTEGER NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  w INTEGER NOT NULL,
  h INTEGER NOT NULL,
  counts TEXT NOT NULL
) STRICT;

CREATE TABLE run (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  recipe TEXT NOT NULL,
  parameters TEXT NOT NULL,
  packs TEXT NOT NULL,
  vocabulary TEXT NOT NULL,
  vocabulary_revision INTEGER NOT NULL,
  created_ms INTEGER NOT NULL
) STRICT;

CREATE TABLE job (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  run_id INTEGER REFERENCES run (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'cancelled', 'failed')),
  error TEXT,
  created_ms INTEGER NOT NULL,
  finished_ms INTEGER
) STRICT;
CREATE INDEX job_by_state ON job (state, id);
CREATE INDEX job_by_run ON job (run_id);

CREATE TABLE job_item (
  job_id INTEGER NOT NULL REFERENCES job (id) ON DELETE CASCADE,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  error TEXT,
  PRIMARY KEY (job_id, image_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_item_by_state ON job_item (job_id, state, position);
CREATE INDEX job_item_by_image ON job_item (image_id);

-- posterior: [k] uint16 class indices, then [k] float32 probabilities; vector: float16 bits.
CREATE TABLE candidate (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  run_id INTEGER NOT NULL REFERENCES run (id),
  x1 REAL NOT NULL,
  y1 REAL NOT NULL,
  x2 REAL NOT NULL,
  y2 REAL NOT NULL,
  mask_hash TEXT NOT NULL REFERENCES mask (hash),
  objectness REAL NOT NULL,
  detector_class INTEGER,
  posterior BLOB NOT NULL,
  vector BLOB
) STRICT;
CREATE INDEX candidate_by_image ON candidate (image_id);
CREATE INDEX candidate_by_mask ON candidate (mask_hash);
CREATE INDEX candidate_by_run ON candidate (run_id);

-- bbox and area are those of the mask and stand there only.
CREATE TABLE annotation (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  class_id INTEGER NOT NULL REFERENCES class (id),
  mask_hash TEXT NOT NULL REFERENCES mask (hash),
  is_crowd INTEGER NOT NULL CHECK (is_crowd IN (0, 1)),
  score REAL,
  state TEXT NOT NULL CHECK (state IN ('proposed', 'accepted', 'edited', 'rejected')),
  origin TEXT NOT NULL CHECK (origin IN ('run', 'person', 'import')),
  -- No foreign key: a new run replaces candidates, and the histories of annotations still name them.
  candidate_id INTEGER,
  provenance TEXT
) STRICT;
CREATE INDEX annotation_by_image ON annotation (image_id);
CREATE INDEX annotation_by_class ON annotation (class_id, state, image_id);
CREATE INDEX annotation_by_mask ON annotation (mask_hash);

-- vector: float32.
CREATE TABLE text_embedding (
  encoder TEXT NOT NULL,
  prompt TEXT NOT NULL,
  vector BLOB NOT NULL,
  PRIMARY KEY (encoder, prompt)
) STRICT, WITHOUT ROWID;

-- Of an image, the undone changes are always the newest ones: a new change discards them.
CREATE TABLE change (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  -- NULL: a change of the vocabulary.
  image_id INTEGER REFERENCES image (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  diff TEXT NOT NULL,
  job_id INTEGER REFERENCES job (id),
  created_ms INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  -- The later change that took this one back with its whole job.
  reverted_by INTEGER REFERENCES change (seq) ON DELETE SET NULL
) STRICT;
CREATE INDEX change_by_image ON change (image_id, undone, seq);
CREATE INDEX change_by_job ON change (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX change_by_revert ON change (reverted_by);

-- Rows from the start, so that ids can be reserved before the first insert.
INSERT INTO sqlite_sequence (name, seq) VALUES ('annotation', 0), ('class', 0);
