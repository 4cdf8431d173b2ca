-- Which contents are those of replaced documents, kept as long as LRS_KEEP_REPLACED_DOCUMENTS says so?

ALTER TABLE {tenant}.blob ADD COLUMN kept boolean NOT NULL DEFAULT false;

-- Until now nobody wrote down which they are: of what nothing needs, any could be one.
UPDATE {tenant}.blob AS b SET kept = true
 WHERE NOT EXISTS (SELECT FROM {tenant}.attachment AS a WHERE a.sha2 = b.sha2)
   AND NOT EXISTS (SELECT FROM {tenant}.document AS d WHERE d.sha2 = b.sha2);
