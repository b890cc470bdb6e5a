SELECT
  date_format(occurred_at AT TIME ZONE 'UTC', '%Y-%m') AS month,
  currency,
  count(total) AS orders,
  CAST(sum(total) AS double) / count(total) AS average
FROM orders
GROUP BY 1, 2
ORDER BY 1, 2
