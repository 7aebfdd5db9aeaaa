-- What names are searched by: single characters and pairs of them, folded in width and case. pg_trgm sees no Chinese
-- where LC_CTYPE is C, and built-in full text takes an unbroken run of Chinese as one word.
CREATE FUNCTION search_words(VARIADIC parts text[]) RETURNS text[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(DISTINCT piece), '{}')
  FROM (
    SELECT substr(folded, i, n) AS piece
    FROM (SELECT lower(normalize(left(part, 500), NFKC)) AS folded FROM unnest(parts) AS part WHERE part IS NOT NULL) AS texts,
      generate_series(1, length(folded)) AS i,
      generate_series(1, 2) AS n
    WHERE i + n - 1 <= length(folded)
  ) AS pieces
  WHERE piece !~ '\s'
$$;
