SELECT order_id, occurred_at, currency, total, customer_id, email, card_brand, country, region
FROM (
  SELECT
    e.detail.data."order".order_id AS order_id,
    TRY(from_iso8601_timestamp(e.detail.metadata.occurred_at)) AS occurred_at,
    e.detail.data."order".currency AS currency,
    TRY_CAST(e.detail.data."order".total AS decimal(38, 6)) AS total,
    e.detail.data."order".customer.customer_id AS customer_id,
    nullif(e.detail.data."order".customer.email, '') AS email,
    e.detail.data."order".payment.card.number_brand AS card_brand,
    e.detail.data."order".shipping_address.country AS country,
    e.detail.data."order".shipping_address.region AS region,
    -- Selects the newest event of an order once. It counts as at most five minutes younger than its arrival, since a
    -- producer can write any time. Of several contents of one ingest_id, the first that was published counts.
    row_number() OVER (
      PARTITION BY e.detail.data."order".order_id
      ORDER BY
        least(
          coalesce(
            TRY(from_iso8601_timestamp(e.detail.metadata.occurred_at)),
            from_iso8601_timestamp(e.detail.metadata.ingested_at)
          ),
          from_iso8601_timestamp(e.detail.metadata.ingested_at) + INTERVAL '5' MINUTE
        ) DESC,
        e.detail.metadata.ingest_id DESC,
        e.time ASC
    ) AS place
  FROM order_placed AS e
) AS placed
WHERE place = 1
