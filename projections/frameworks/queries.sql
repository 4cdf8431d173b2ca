-- newest --
-- Which package is each framework's newest?
SELECT DISTINCT ON (framework) framework, position
  FROM {tenant}.{projection}_package
 WHERE position <= %(position)s
 ORDER BY framework, position DESC

-- package --
SELECT package FROM {tenant}.{projection}_package WHERE position = %(of)s

-- documents --
-- The documents of these packages.
SELECT framework, document FROM {tenant}.{projection}_package WHERE position = ANY(%(of)s)

-- node --
-- A node of one of these packages, and of which; several may have it.
SELECT position, body FROM {tenant}.{projection}_node
 WHERE identifier = %(identifier)s AND kind = %(kind)s AND position = ANY(%(of)s)

-- associations --
-- The associations of these packages that an item is an end of.
SELECT n.body
  FROM {tenant}.{projection}_end AS e
  JOIN {tenant}.{projection}_node AS n USING (position, number)
 WHERE e.identifier = %(identifier)s AND e.position = ANY(%(of)s) AND n.kind = 'CFAssociation'
 ORDER BY e.position, e.number
