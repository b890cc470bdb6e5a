SELECT
  date_format(date_trunc('week', from_iso8601_timestamp(arrived) AT TIME ZONE 'UTC'), '%Y-%m-%d') AS week,
  code,
  event_type,
  schema_version,
  regexp_replace(regexp_replace(path, '/[0-9]+', '/*'), '/[0-9]+', '/*') AS path,
  count(DISTINCT refused) AS records
FROM (
  SELECT
    e.detail.metadata.ingested_at AS arrived,
    e.detail.metadata.ingest_id AS refused,
    e.detail.data.refusal.code AS code,
    e.detail.data.refusal.event_type AS event_type,
    e.detail.data.refusal.schema_version AS schema_version,
    e.detail.data.refusal.paths AS paths,
    -- Of several contents of one ingest_id, the first that was published counts.
    row_number() OVER (PARTITION BY e.detail.metadata.ingest_id ORDER BY e.time ASC) AS place
  FROM order_refused AS e
) AS refusals
LEFT JOIN UNNEST(paths) AS wrong(path) ON TRUE
WHERE place = 1
GROUP BY 1, 2, 3, 4, 5
ORDER BY week DESC, records DESC, code, event_type, schema_version, path
