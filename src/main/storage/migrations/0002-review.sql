-- How much a proposal needs a person's look, and why. Beside the history: scoring makes it anew, and
-- it stays through accepting and taking that back. NULL until the image is scored with this version.
ALTER TABLE annotation ADD COLUMN uncertainty REAL;
ALTER TABLE annotation ADD COLUMN doubt TEXT CHECK (doubt IN ('threshold', 'rival', 'disagreement'));

DROP INDEX annotation_by_image;
CREATE INDEX annotation_by_image ON annotation (image_id, state);
CREATE INDEX annotation_waiting ON annotation (uncertainty DESC) WHERE state = 'proposed';
CREATE INDEX annotation_waiting_by_class ON annotation (class_id, uncertainty DESC)
  WHERE state = 'proposed';
CREATE INDEX annotation_waiting_by_image ON annotation (image_id, uncertainty)
  WHERE state = 'proposed';

CREATE INDEX image_by_bytes ON image (bytes);
CREATE INDEX image_by_content ON image (sha256) WHERE sha256 IS NOT NULL;

-- What the candidates of an image scored last, before any threshold. calls: one uint32 a detection,
-- 100 * class id + hundredths of the score.
CREATE TABLE image_score (
  image_id INTEGER PRIMARY KEY NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  calls BLOB NOT NULL
) STRICT;

-- The sums of image_score over all images, kept with it: a histogram reads no image. Classes that
-- were removed keep theirs, for when they come back.
CREATE TABLE score_total (
  class_id INTEGER NOT NULL,
  bin INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (class_id, bin)
) STRICT, WITHOUT ROWID;

-- A change of the vocabulary by which one class became part of another, and what it took along.
CREATE TABLE class_merge (
  change_seq INTEGER PRIMARY KEY NOT NULL REFERENCES change (seq) ON DELETE CASCADE,
  from_id INTEGER NOT NULL,
  into_id INTEGER NOT NULL
) STRICT;
CREATE TABLE merged_annotation (
  change_seq INTEGER NOT NULL REFERENCES class_merge (change_seq) ON DELETE CASCADE,
  annotation_id INTEGER NOT NULL,
  PRIMARY KEY (change_seq, annotation_id)
) STRICT, WITHOUT ROWID;
