SELECT card_brand, country, region, currency, count(*) AS orders, sum(total) AS revenue
FROM orders
GROUP BY card_brand, country, region, currency
ORDER BY currency, revenue DESC, card_brand, country, region
