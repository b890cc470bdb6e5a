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
    -- Selects the newest event of an order once. A second delivery has the same ingest_id, and everything else is the same too.
    row_number() OVER (
      PARTITION BY e.detail.data."order".order_id
      ORDER BY TRY(from_iso8601_timestamp(e.detail.metadata.occurred_at)) DESC NULLS LAST, e.detail.metadata.ingest_id DESC
    ) AS place
  FROM order_placed AS e
) AS placed
WHERE place = 1
