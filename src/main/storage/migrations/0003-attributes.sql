ALTER TABLE annotation ADD COLUMN is_occluded INTEGER NOT NULL DEFAULT 0 CHECK (is_occluded IN (0, 1));
ALTER TABLE annotation ADD COLUMN is_truncated INTEGER NOT NULL DEFAULT 0 CHECK (is_truncated IN (0, 1));
-- A JSON object of text, numbers and booleans.
ALTER TABLE annotation ADD COLUMN attributes TEXT NOT NULL DEFAULT '{}';
-- The higher lies above. The id is the place of what was never moved: what is new lies on top.
ALTER TABLE annotation ADD COLUMN position REAL NOT NULL DEFAULT 0;
UPDATE annotation SET position = id;

-- NULL: the application, or an older Lexmask.
ALTER TABLE change ADD COLUMN made_by TEXT;

INSERT INTO meta (key, value) VALUES ('attributes', '[]');

-- Beside the history. annotation_id 0: none was selected. No foreign key to annotations: what undo
-- brings back took the time that it took.
CREATE TABLE time_spent (
  image_id INTEGER NOT NULL REFERENCES image (id) ON DELETE CASCADE,
  annotation_id INTEGER NOT NULL,
  seconds REAL NOT NULL,
  PRIMARY KEY (image_id, annotation_id)
) STRICT, WITHOUT ROWID;
