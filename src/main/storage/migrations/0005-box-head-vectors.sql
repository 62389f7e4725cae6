-- float16 bits as vector: what the box head says of a region beside what CLIP says of it.
ALTER TABLE candidate ADD COLUMN box_head_vector BLOB;
