-- Weights that were learnt from answers: float32, of all classes alike (class_id 0) and a class each.
-- space: what the regions come from; lessons of one kind of regions say nothing of another.
CREATE TABLE lesson (
  space TEXT NOT NULL,
  class_id INTEGER NOT NULL,
  weights BLOB NOT NULL,
  PRIMARY KEY (space, class_id)
) STRICT;

-- Answers from which nothing is learnt any more. No foreign key: undo may bring an annotation back.
CREATE TABLE forgotten_answer (
  annotation_id INTEGER NOT NULL,
  class_id INTEGER NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (annotation_id, class_id, state)
) STRICT, WITHOUT ROWID;

INSERT INTO meta (key, value) VALUES
  ('teaching_weight', '0'),
  ('teaching_learnt', 'null'),
  ('teaching_forgotten_ms', 'null');

-- 64 bits of what an image looks like, as hexadecimal digits; valid for the file of this size and time.
CREATE TABLE image_fingerprint (
  image_id INTEGER PRIMARY KEY NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  hash TEXT NOT NULL
) STRICT;
