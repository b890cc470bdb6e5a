SELECT times AS orders_placed, count(*) AS customers
FROM (SELECT email, count(*) AS times FROM orders WHERE email IS NOT NULL GROUP BY email) AS customers
WHERE times > 1
GROUP BY times
ORDER BY times
